// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/arguments.h"

#include <charconv>
#include <cmath>
#include <stdexcept>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kWhole = "N";
constexpr const char* kReal = "X";

template <typename T> T parsed(std::string_view text, std::string_view what)
{
    T value{};
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc::result_out_of_range)
    {
        throw std::invalid_argument(fmt::format("'{}' is too large a number", text));
    }
    if (error != std::errc{} || stopped != end)
    {
        throw std::invalid_argument(fmt::format("'{}' is not {}", text, what));
    }
    return value;
}

} // namespace

std::int64_t wholeNumber(std::string_view text)
{
    return parsed<std::int64_t>(text, "a whole number");
}

double number(std::string_view text)
{
    const double value = parsed<double>(text, "a number");
    if (!std::isfinite(value))
    {
        throw std::invalid_argument(fmt::format("'{}' is not a number that can be worked with", text));
    }
    return value;
}

CLI::Option* addText(CLI::App& app, const std::string& name, const std::string& type,
                     std::function<void(const std::string&)> take, const std::string& help)
{
    auto* option = app.add_option_function<std::string>(
        name,
        [name, take = std::move(take)](const std::string& text)
        {
            try
            {
                take(text);
            }
            catch (const std::invalid_argument& error)
            {
                throw CLI::ValidationError(fmt::format("{}: {}.", name, error.what()));
            }
        },
        help);
    return option->type_name(type)->take_last();
}

CLI::Option* addText(CLI::App& app, const std::string& name, const std::string& type, std::string& target,
                     const std::string& help)
{
    return addText(
        app, name, type, [&target](const std::string& text) { target = text; }, help);
}

CLI::Option* addTexts(CLI::App& app, const std::string& name, std::vector<std::string>& target, const std::string& help)
{
    return app.add_option(name, target, help)->type_name("");
}

CLI::Option* addNumber(CLI::App& app, const std::string& name, std::int64_t& target, const std::string& help)
{
    return addText(
        app, name, kWhole, [&target](const std::string& text) { target = wholeNumber(text); }, help);
}

CLI::Option* addNumber(CLI::App& app, const std::string& name, std::uint64_t& target, const std::string& help)
{
    return addText(
        app, name, kWhole,
        [&target](const std::string& text) { target = parsed<std::uint64_t>(text, "a whole number from 0 on"); }, help);
}

CLI::Option* addNumber(CLI::App& app, const std::string& name, std::optional<std::int64_t>& target,
                       const std::string& help)
{
    return addText(
        app, name, kWhole, [&target](const std::string& text) { target = wholeNumber(text); }, help);
}

CLI::Option* addNumber(CLI::App& app, const std::string& name, double& target, const std::string& help)
{
    return addText(
        app, name, kReal, [&target](const std::string& text) { target = number(text); }, help);
}

CLI::Option* addNumber(CLI::App& app, const std::string& name, std::optional<double>& target, const std::string& help)
{
    return addText(
        app, name, kReal, [&target](const std::string& text) { target = number(text); }, help);
}

CLI::Option* addNumbers(CLI::App& app, const std::string& name, std::vector<std::int64_t>& target,
                        const std::string& help)
{
    return addText(
        app, name, "N,N,...",
        [&target](const std::string& text)
        {
            target.clear();
            for (std::size_t at = 0; at <= text.size();)
            {
                const auto end = std::min(text.find(',', at), text.size());
                target.push_back(wholeNumber(std::string_view(text).substr(at, end - at)));
                at = end + 1;
            }
        },
        help);
}

CLI::Option* addSwitch(CLI::App& app, const std::string& name, bool& target, const std::string& help)
{
    return app.add_flag(name, target, help);
}

void present(CLI::Option* option, const std::string& group, const std::string& shownDefault)
{
    option->group(group);
    if (!shownDefault.empty())
    {
        option->default_str(shownDefault);
    }
}

} // namespace headroom::cli
