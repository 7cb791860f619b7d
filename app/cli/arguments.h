// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/enum_text.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI
{
class App;
class Option;
} // namespace CLI

namespace headroom::cli
{

/// Declares options so that every mistake in their values is one sentence of ours, and so that 010 is ten. The last one
/// counts where an option is given twice. Returned options belong to \a app.

/// Calls \a take with the text that was given; what it throws as std::invalid_argument is the sentence.
CLI::Option* addText(CLI::App& app, const std::string& name, const std::string& type,
                     std::function<void(const std::string&)> take, const std::string& help);

CLI::Option* addText(CLI::App& app, const std::string& name, const std::string& type, std::string& target,
                     const std::string& help);

/// All words that are left.
CLI::Option* addTexts(CLI::App& app, const std::string& name, std::vector<std::string>& target,
                      const std::string& help);

CLI::Option* addNumber(CLI::App& app, const std::string& name, std::int64_t& target, const std::string& help);
CLI::Option* addNumber(CLI::App& app, const std::string& name, std::uint64_t& target, const std::string& help);
CLI::Option* addNumber(CLI::App& app, const std::string& name, std::optional<std::int64_t>& target,
                       const std::string& help);
CLI::Option* addNumber(CLI::App& app, const std::string& name, double& target, const std::string& help);
CLI::Option* addNumber(CLI::App& app, const std::string& name, std::optional<double>& target, const std::string& help);

/// Numbers with commas between them.
CLI::Option* addNumbers(CLI::App& app, const std::string& name, std::vector<std::int64_t>& target,
                        const std::string& help);

/// One of an enum's names.
template <NamedEnum E>
CLI::Option* addChoice(CLI::App& app, const std::string& name, E& target, const std::string& help)
{
    return addText(
        app, name, namesOf<E>("|"), [&target](const std::string& text) { target = parseEnum<E>(text); }, help);
}

/// The same where it may be left out.
template <NamedEnum E>
CLI::Option* addChoice(CLI::App& app, const std::string& name, std::optional<E>& target, const std::string& help)
{
    return addText(
        app, name, namesOf<E>("|"), [&target](const std::string& text) { target = parseEnum<E>(text); }, help);
}

CLI::Option* addSwitch(CLI::App& app, const std::string& name, bool& target, const std::string& help);

/// Puts \a option under the heading \a group of the help, with \a shownDefault behind its text.
void present(CLI::Option* option, const std::string& group, const std::string& shownDefault = {});

/// The whole number or number that \a text is. \throws std::invalid_argument with a sentence.
std::int64_t wholeNumber(std::string_view text);
double number(std::string_view text);

} // namespace headroom::cli
