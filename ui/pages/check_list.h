// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <QWidget>

class QVBoxLayout;

namespace headroom::ui
{

class Panel;
class TablePanels;
class Theme;

/// What the checks of a report came to: those of the model, the ladder of hard inputs, determinism and batch invariance
/// as the tables of core/report; the known defects a row each, those that are present first, with what was seen and a
/// link to where it is reported.
class CheckList : public QWidget
{
    Q_OBJECT

public:
    explicit CheckList(const Theme& theme, QWidget* parent = nullptr);

    /// Shows nothing, and hides, where \a report has no checks.
    void showReport(const Report& report);

    /// The next report is drawn anew: links have the ink of the theme that they were made in.
    void forget();

private:
    Panel* makeDefects(const Report& report) const;

    const Theme& m_theme;
    QVBoxLayout* m_column;
    TablePanels* m_tables;
    Panel* m_defects = nullptr;
    std::vector<CheckResult> m_shown;
};

} // namespace headroom::ui
