// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/usage.h"

#include "app/cli/command.h"
#include "core/report/format.h"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <vector>

#include <fmt/format.h>

namespace headroom::cli
{
namespace
{

/// The innermost of the commands that were given.
const CLI::App& chosenCommand(const CLI::App& program)
{
    const auto chosen = program.get_subcommands();
    return chosen.empty() ? program : chosenCommand(*chosen.front());
}

std::string nameOf(const CLI::App& app)
{
    return app.get_parent() == nullptr ? app.get_name() : nameOf(*app.get_parent()) + " " + app.get_name();
}

/// The words that no option of \a app, or of a command around or in it, took.
std::vector<std::string> leftOver(const CLI::App& app)
{
    std::vector<std::string> words = app.remaining();
    for (const CLI::App* inner : app.get_subcommands())
    {
        const auto more = leftOver(*inner);
        words.insert(words.end(), more.begin(), more.end());
    }
    return words;
}

/// Letters that must be changed, put in or left out to make \a left of \a right (Levenshtein).
std::size_t distance(const std::string& left, const std::string& right)
{
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= left.size(); ++i)
    {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= right.size(); ++j)
        {
            const std::size_t changed = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

/// " Did you mean --seq-len?" when one of \a known is near enough to \a word, or is the only one that begins with it.
std::string suggestion(const std::string& word, const std::vector<std::string>& known)
{
    const auto begins = [&](const std::string& name) { return word.size() > 3 && name.starts_with(word); };
    if (std::ranges::count_if(known, begins) == 1)
    {
        return fmt::format(" Did you mean {}?", *std::ranges::find_if(known, begins));
    }
    const auto nearest = std::min_element(known.begin(), known.end(),
                                          [&](const auto& left, const auto& right)
                                          { return distance(word, left) < distance(word, right); });
    if (nearest == known.end() || distance(word, *nearest) > std::max<std::size_t>(2, word.size() / 3))
    {
        return {};
    }
    return fmt::format(" Did you mean {}?", *nearest);
}

std::vector<std::string> optionNames(const CLI::App& app)
{
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
    {
        for (const std::string& name : option->get_lnames())
        {
            names.push_back("--" + name);
        }
    }
    return names;
}

std::vector<std::string> commandNames(const CLI::App& program)
{
    std::vector<std::string> names;
    for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; }))
    {
        names.push_back(command->get_name());
    }
    return names;
}

} // namespace

std::string sentenceFor(const CLI::App& program, const CLI::ParseError& error)
{
    const CLI::App& command = chosenCommand(program);
    const std::string help = fmt::format(" See {} --help.", nameOf(command));
    std::string text = error.what();
    if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr)
    {
        return text + help; // a sentence of ours
    }
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr)
    {
        return fmt::format("{} needs a {}.{}", nameOf(command), text.substr(0, text.find(' ')), help);
    }
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr)
    {
        return fmt::format("{} needs a value.{}", text.substr(0, text.find(':')), help);
    }
    return text + (text.ends_with('.') ? "" : ".") + help;
}

std::string misuse(const CLI::App& program)
{
    const CLI::App& command = chosenCommand(program);
    std::vector<std::string> words = leftOver(program);
    std::erase(words, "--");
    if (words.empty())
    {
        return {};
    }
    const std::string& word = words.front();
    if (const auto commands = commandNames(command); !word.starts_with('-') && !commands.empty())
    {
        return fmt::format("There is no command '{}'.{} See {} --help.", word, suggestion(word, commands),
                           nameOf(command));
    }
    const std::string name = word.substr(0, word.find('='));
    return fmt::format("{} does not take '{}'.{} See {} --help.", nameOf(command), word,
                       word.starts_with('-') ? suggestion(name, optionNames(command)) : "", nameOf(command));
}

int complain(const std::string& text)
{
    std::size_t at = 0;
    do
    {
        const auto end = std::min(text.find('\n', at), text.size());
        fmt::print(stderr, "headroom-cli: {}\n", printable(text.substr(at, end - at)));
        at = end + 1;
    } while (at < text.size());
    return kSetUpFailed;
}

} // namespace headroom::cli
