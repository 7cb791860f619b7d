// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/table_panels.h"

#include "ui/models/report_words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/label.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/table_grid.h"

#include <QVBoxLayout>

#include <limits>

namespace headroom::ui
{

TablePanels::TablePanels(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_column(new QVBoxLayout(this))
{
    setObjectName(QStringLiteral("tablePanels"));
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(theme.space(3));
    hide();
}

void TablePanels::showTables(const std::vector<Table>& tables, const QString& untitled)
{
    setVisible(!tables.empty());
    if (tables == m_shown)
    {
        return;
    }
    m_shown = tables;
    qDeleteAll(m_panels);
    m_panels.clear();
    for (const Table& table : tables)
    {
        auto* panel = new Panel(table.title.empty() ? untitled : textOf(table.title), {}, m_theme);
        auto* rows = new TableGrid(m_theme);
        rows->setTable(table, std::numeric_limits<std::size_t>::max());
        panel->body()->addWidget(rows);
        for (const auto& note : table.notes)
        {
            auto* line = new Label(readable(textOf(note)), m_theme, TextRole::Note);
            line->setWordWrap(true);
            line->setTextInteractionFlags(Qt::TextSelectableByMouse);
            panel->body()->addWidget(line);
        }
        m_column->addWidget(panel);
        m_panels.push_back(panel);
    }
}

} // namespace headroom::ui
