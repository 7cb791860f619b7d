// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/table_grid.h"

#include "ui/models/report_words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/label.h"

#include <QGridLayout>
#include <QRegularExpression>

#include <algorithm>

namespace headroom::ui
{
namespace
{

/// \a text with places in its long words where a line may end: "aten::_scaled_dot_product_attention_math".
QString withBreaks(QString text)
{
    static const QRegularExpression place(QStringLiteral("(?<=[_:])(?=[^_:\\s])"));
    static const QRegularExpression longWord(QStringLiteral("\\S{25,}"));
    for (auto match = longWord.match(text); match.hasMatch();)
    {
        QString word = match.captured();
        word.replace(place, QString(QChar(0x200b))); // a space without width
        text.replace(match.capturedStart(), match.capturedLength(), word);
        match = longWord.match(text, match.capturedStart() + word.size());
    }
    return text;
}

} // namespace

TableGrid::TableGrid(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_grid(new QGridLayout(this))
{
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(theme.space(4));
    m_grid->setVerticalSpacing(theme.space(1));
}

void TableGrid::setTable(const Table& table, std::size_t mostRows)
{
    if (table == m_table)
    {
        return;
    }
    const bool sameShape = !m_cells.empty() && table.columns == m_table.columns &&
                           table.rows.size() == m_table.rows.size() && mostRows == m_mostRows;
    if (sameShape)
    {
        updateCells(table);
        return;
    }
    m_table = table;
    m_mostRows = mostRows;
    m_cells.clear();
    while (QLayoutItem* item = m_grid->takeAt(0))
    {
        delete item->widget();
        delete item;
    }
    setAccessibleName(QString::fromStdString(table.title));
    const int columns = static_cast<int>(table.columns.size());
    m_headed = std::any_of(table.columns.begin(), table.columns.end(),
                           [](const Column& column) { return !column.header.empty(); });
    for (int column = 0; column < columns; ++column)
    {
        const auto& head = table.columns[static_cast<std::size_t>(column)];
        if (m_headed)
        {
            addCell(Cell(head.header, Tone::Muted), head.align, 0, column, column + 1 == columns);
        }
        m_grid->setColumnStretch(column, column + 1 == columns && head.align == Align::Left ? 1 : 0);
    }
    // Numbers stand beside their names, not at the far end.
    m_grid->setColumnStretch(columns, columns > 0 && table.columns.back().align == Align::Right ? 1 : 0);
    m_rows = static_cast<int>(std::min(table.rows.size(), mostRows));
    for (int row = 0; row < m_rows; ++row)
    {
        const auto& cells = table.rows[static_cast<std::size_t>(row)];
        for (int column = 0; column < columns; ++column)
        {
            addCell(cells[static_cast<std::size_t>(column)], table.columns[static_cast<std::size_t>(column)].align,
                    row + 1, column, column + 1 == columns);
        }
    }
    if (table.rows.size() > mostRows)
    {
        auto* more = new Label(tr("and %1 more").arg(table.rows.size() - mostRows), m_theme, TextRole::Note);
        m_grid->addWidget(more, m_rows + 1, 0, 1, std::max(1, columns));
    }
}

/// What differs is written into the labels that are there: a table of a run changes in a few cells at a time.
void TableGrid::updateCells(const Table& table)
{
    const std::size_t columns = table.columns.size();
    for (std::size_t row = 0; row < static_cast<std::size_t>(m_rows); ++row)
    {
        for (std::size_t column = 0; column < columns; ++column)
        {
            const Cell& cell = table.rows[row][column];
            if (!(cell == m_table.rows[row][column]))
            {
                Label* label = m_cells[(row + (m_headed ? 1 : 0)) * columns + column];
                const QString text = readable(QString::fromStdString(cell.text));
                label->setText(label->wordWrap() ? withBreaks(text) : text);
                label->setTone(cell.tone);
            }
        }
    }
    setAccessibleName(QString::fromStdString(table.title));
    m_table = table;
}

void TableGrid::addCell(const Cell& cell, Align align, int row, int column, bool last)
{
    const QString text = readable(QString::fromStdString(cell.text));
    const bool wraps = last && align == Align::Left;
    const QString shown = wraps ? withBreaks(text) : text;
    auto* label = new Label(shown, m_theme, TextRole::Note);
    label->setTone(cell.tone);
    label->setWordWrap(wraps);
    label->setAlignment((align == Align::Right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignTop);
    // What has places to break in it that nobody sees is not for copying.
    label->setTextInteractionFlags(row > 0 && shown == text ? Qt::TextSelectableByMouse : Qt::NoTextInteraction);
    m_grid->addWidget(label, row, column);
    m_cells.push_back(label);
}

} // namespace headroom::ui
