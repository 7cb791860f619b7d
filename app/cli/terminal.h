// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/format.h"
#include "core/report/table.h"

#include <cstddef>

namespace headroom::cli
{

/// What a stream can show.
struct Terminal
{
    bool interactive = false; ///< a terminal that can rewrite its line
    bool colour = false;      ///< interactive, and NO_COLOR (no-color.org) is not set
    bool utf8 = true;
    std::size_t width = 100; ///< columns

    Format format() const { return Format(!utf8); }
    TextLayout layout() const { return {width, colour}; }
};

/// Looks at file descriptor \a descriptor and at TERM, NO_COLOR, LC_ALL, LC_CTYPE and LANG. What is no terminal gets
/// UTF-8, 100 columns and no colour; what says nothing of its character set is taken to know UTF-8.
Terminal lookAtTerminal(int descriptor);

/// Columns of the terminal behind \a descriptor now; 100 when it does not say.
std::size_t terminalWidth(int descriptor);

} // namespace headroom::cli
