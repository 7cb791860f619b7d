// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/help_formatter.h"

#include "core/report/table.h"

#include <sstream>

#include <fmt/format.h>

namespace headroom::cli
{
namespace
{

constexpr std::size_t kWidth = 100;
constexpr std::size_t kFirstColumn = 34;

/// \a name, and \a text wrapped beside it; below it where the name is too long.
std::string twoColumns(const std::string& name, const std::string& text)
{
    std::string out = "  " + name;
    std::size_t column = out.size();
    if (column + 2 > kFirstColumn && !text.empty())
    {
        out += "\n";
        column = 0;
    }
    for (const auto& line : wrapped(text, kWidth - kFirstColumn))
    {
        out += std::string(kFirstColumn - column, ' ') + line + "\n";
        column = 0;
    }
    return text.empty() ? out + "\n" : out;
}

std::string wrappedLines(const std::string& text)
{
    std::string out;
    for (const auto& line : wrapped(text, kWidth))
    {
        out += line + "\n";
    }
    return out;
}

/// The footer with its paragraphs wrapped; lines that begin with blanks, examples, stay as they are.
std::string wrappedFooter(const std::string& footer)
{
    std::string out;
    std::string paragraph;
    const auto finish = [&]
    {
        out += paragraph.empty() ? "" : wrappedLines(paragraph);
        paragraph.clear();
    };
    std::istringstream lines(footer);
    for (std::string line; std::getline(lines, line);)
    {
        if (!line.empty() && line.front() != ' ')
        {
            paragraph += (paragraph.empty() ? "" : " ") + line;
            continue;
        }
        finish();
        out += line + "\n";
    }
    finish();
    return out;
}

} // namespace

std::string HelpFormatter::make_option(const CLI::Option* option, bool isPositional) const
{
    std::string name = isPositional ? option->get_name(true, false) : option->get_name(false, true);
    std::string text = option->get_description();
    const bool takesValue = option->get_type_size() != 0;
    if (!isPositional && takesValue && !option->get_type_name().empty())
    {
        name += " " + option->get_type_name();
    }
    if (takesValue && !option->get_default_str().empty())
    {
        text += fmt::format(" (default: {})", option->get_default_str());
    }
    return twoColumns(name, text);
}

std::string HelpFormatter::make_group(std::string group, bool isPositional,
                                      std::vector<const CLI::Option*> options) const
{
    std::string out = "\n" + group + "\n";
    for (const CLI::Option* option : options)
    {
        out += make_option(option, isPositional);
    }
    return out;
}

std::string HelpFormatter::make_subcommand(const CLI::App* command) const
{
    const std::string& text = command->get_description();
    return twoColumns(command->get_name(), text.substr(0, text.find("\n")));
}

std::string HelpFormatter::make_usage(const CLI::App* app, std::string name) const
{
    std::string out = "Usage: " + name;
    for (const CLI::Option* option :
         app->get_options([](const CLI::Option* candidate) { return candidate->get_positional(); }))
    {
        out += " " + make_option_usage(option);
    }
    const bool hasCommands = !app->get_subcommands({}).empty();
    return out + (hasCommands ? " COMMAND [options]\n" : " [options]\n");
}

std::string HelpFormatter::make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const
{
    if (app->get_parent() != nullptr && name.find(app->get_name()) == std::string::npos)
    {
        name += " " + app->get_name();
    }
    std::string out = wrappedLines(app->get_description()) + "\n" + make_usage(app, name);
    if (!app->get_footer().empty())
    {
        out += "\n" + wrappedFooter(app->get_footer());
    }
    const auto commands = app->get_subcommands([](const CLI::App* command) { return !command->get_group().empty(); });
    if (!commands.empty())
    {
        out += "\nCommands\n";
        for (const CLI::App* command : commands)
        {
            out += make_subcommand(command);
        }
    }
    out += make_positionals(app);
    for (const std::string& group : app->get_groups())
    {
        const auto options = app->get_options([&group](const CLI::Option* option)
                                              { return option->get_group() == group && option->nonpositional(); });
        if (!options.empty())
        {
            out += make_group(group, false, options);
        }
    }
    static_cast<void>(mode);
    return out;
}

} // namespace headroom::cli
