// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QTableView;

namespace headroom::ui
{

class Theme;

/// Makes \a view a table of a report: rows without lines between them, chosen whole, read from left to right with the
/// keyboard, headers right above their cells.
void makePlainTable(QTableView& view, const Theme& theme);

} // namespace headroom::ui
