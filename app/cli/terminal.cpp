// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/terminal.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr std::size_t kUsualWidth = 100;
constexpr std::size_t kLeastWidth = 40;
constexpr std::size_t kMostWidth = 160; ///< longer lines are hard to read

std::string_view variable(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

bool knowsUtf8()
{
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
    {
        std::string value(variable(name));
        if (value.empty())
        {
            continue;
        }
        std::transform(value.begin(), value.end(), value.begin(),
                       [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
        return value.find("UTF-8") != std::string::npos || value.find("UTF8") != std::string::npos;
    }
    return true;
}

} // namespace

std::size_t terminalWidth(int descriptor)
{
    winsize size{};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    {
        return kUsualWidth;
    }
    return std::clamp(static_cast<std::size_t>(size.ws_col), kLeastWidth, kMostWidth);
}

Terminal lookAtTerminal(int descriptor)
{
    Terminal terminal;
    if (::isatty(descriptor) == 0)
    {
        return terminal;
    }
    terminal.interactive = variable("TERM") != "dumb";
    terminal.colour = terminal.interactive && variable("NO_COLOR").empty();
    terminal.utf8 = knowsUtf8();
    terminal.width = terminalWidth(descriptor);
    return terminal;
}

} // namespace headroom::cli
