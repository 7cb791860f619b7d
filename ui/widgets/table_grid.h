// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/table.h"

#include <QWidget>

#include <vector>

class QGridLayout;

namespace headroom::ui
{

class Label;
class Theme;

/// A small table of a report, of which all rows are seen at once: what is too long for its column is wrapped.
class TableGrid : public QWidget
{
    Q_OBJECT

public:
    explicit TableGrid(const Theme& theme, QWidget* parent = nullptr);

    /// Shows at most \a mostRows rows of \a table, and says how many there are beyond them. Without a name for any
    /// column there is no header.
    void setTable(const Table& table, std::size_t mostRows = 40);

    int rowCount() const { return m_rows; }

private:
    void updateCells(const Table& table);
    void addCell(const Cell& cell, Align align, int row, int column, bool last);

    const Theme& m_theme;
    QGridLayout* m_grid;
    Table m_table;
    std::size_t m_mostRows = 0;
    bool m_headed = false;       ///< a column has a name
    std::vector<Label*> m_cells; ///< row by row, the header first where there is one
    int m_rows = 0;
};

} // namespace headroom::ui
