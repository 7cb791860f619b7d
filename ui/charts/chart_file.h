// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QRectF>
#include <QString>

class QPainter;

namespace headroom::ui
{

struct ChartData;
class ChartView;

/// Draws \a chart, as it is on the screen but for the cursor, into \a target. For any paint device.
void drawChart(ChartView& chart, QPainter& painter, const QRectF& target);

/// The chart at twice its size on the screen, sharp in a document.
QImage chartImage(ChartView& chart);

/// The figures of a chart as lines of tab-separated text: series, x, value, low, high, n, clock.
QString chartText(const ChartData& data);

/// Writes \a chart to \a path, as SVG where the name ends so, else as PNG. Returns a sentence that says what went
/// wrong; empty when all is well. A file that is there already is replaced only by a whole one.
QString saveChart(ChartView& chart, const QString& path);

} // namespace headroom::ui
