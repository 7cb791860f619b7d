// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <optional>

namespace headroom::desktop
{

/// What `headroom` was started with.
struct CommandLine
{
    QStringList files; ///< to be opened
};

/// Reads the program's arguments without a display. Prints help, version or what is wrong with them itself; the exit
/// status is then in \a status, and nothing is returned.
std::optional<CommandLine> readCommandLine(const QStringList& arguments, int& status);

} // namespace headroom::desktop
