// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/page.h"
#include "ui/widgets/label.h"

namespace headroom::ui
{

/// What is unlike in the circumstances of the reports that a page lays over each other, said before any verdict: a line
/// a report, with all differences in the tooltip. Not there while one report is open alone.
class CircumstanceLine : public Label
{
    Q_OBJECT

public:
    explicit CircumstanceLine(const Theme& theme, QWidget* parent = nullptr);

    void showReports(const ReportSet& reports);
};

} // namespace headroom::ui
