// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/table.h"

#include <QWidget>

#include <vector>

class QVBoxLayout;

namespace headroom::ui
{

class Theme;

/// Tables of core/report one below the other, a panel each, with their notes. Hidden while there are none.
class TablePanels : public QWidget
{
    Q_OBJECT

public:
    explicit TablePanels(const Theme& theme, QWidget* parent = nullptr);

    /// A table without a title has \a untitled.
    void showTables(const std::vector<Table>& tables, const QString& untitled = {});

private:
    const Theme& m_theme;
    QVBoxLayout* m_column;
    std::vector<QWidget*> m_panels;
    std::vector<Table> m_shown;
};

} // namespace headroom::ui
