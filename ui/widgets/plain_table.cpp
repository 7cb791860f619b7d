// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/plain_table.h"

#include "ui/theme/theme.h"

#include <QHeaderView>
#include <QTableView>

namespace headroom::ui
{

void makePlainTable(QTableView& view, const Theme& theme)
{
    view.setStyleSheet(QStringLiteral("QTableView::item { padding: 0px; border: none; }"
                                      "QHeaderView::section { padding-left: 3px; padding-right: 3px; }"));
    view.setShowGrid(false);
    view.setWordWrap(false);
    view.setTabKeyNavigation(false);
    view.setSelectionBehavior(QAbstractItemView::SelectRows);
    view.setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view.verticalHeader()->hide();
    view.verticalHeader()->setDefaultSectionSize(theme.space(7));
    view.horizontalHeader()->setHighlightSections(false);
}

} // namespace headroom::ui
