// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/page_set.h"

#include <QKeySequence>
#include <QString>

#include <vector>

namespace headroom::desktop
{

/// The shortcut of the page at \a index of \a pages: Ctrl and its number in the rail's first group, Alt and its number
/// in the second, so that a page that comes to one moves none of the other. Empty beyond nine.
QKeySequence pageKeys(const std::vector<ui::PageFactory>& pages, std::size_t index);

/// "Ctrl+1 … Ctrl+9, Alt+1 … Alt+5" of \a pages, for the list of shortcuts.
QString pageKeyRanges(const std::vector<ui::PageFactory>& pages);

} // namespace headroom::desktop
