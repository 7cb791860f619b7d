// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/plain_table.h"

#include "ui/theme/theme.h"

#include <QHeaderView>
#include <QTableView>

#include <cmath>
#include <utility>

namespace headroom::ui
{

namespace
{

/// Columns keep how wide they are to each other, as the user may have set them.
void scaleColumns(QTableView& view, double factor)
{
    for (int column = 0; factor != 1 && column < view.horizontalHeader()->count(); ++column)
    {
        if (!view.isColumnHidden(column))
        {
            view.setColumnWidth(column, static_cast<int>(std::lround(view.columnWidth(column) * factor)));
        }
    }
}

} // namespace

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
    QObject::connect(&theme, &Theme::changed, &view,
                     [&view, &theme, before = theme.scale()]() mutable
                     {
                         const double factor = theme.scale() / std::exchange(before, theme.scale());
                         view.verticalHeader()->setDefaultSectionSize(theme.space(7));
                         scaleColumns(view, factor);
                     });
}

} // namespace headroom::ui
