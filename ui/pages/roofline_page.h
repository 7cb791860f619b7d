// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/chart_page.h"
#include "ui/pages/roofline_charts.h"

namespace headroom::ui
{

class FigureList;
class Panel;

/// How near each case comes to what the device can do: the measured roof, the specification's, and the headroom in
/// words. docs/pages/roofline.md.
class RooflinePage : public ChartPage
{
    Q_OBJECT

public:
    explicit RooflinePage(const Theme& theme, QWidget* parent = nullptr);

    QString id() const override { return QStringLiteral("roofline"); }
    QString title() const override { return tr("Roofline"); }

protected:
    void refresh() override;

private:
    void showSource(const std::vector<RooflineSource>& sources);

    QComboBox* m_dtype;
    QComboBox* m_pass;
    ChartView* m_chart;
    Panel* m_bestPanel;
    FigureList* m_best;
    Panel* m_peaksPanel;
    FigureList* m_peaks;
};

} // namespace headroom::ui
