// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/chart_data.h"

#include <cmath>

namespace headroom::ui
{

/// Two backends over three lengths; flash fails at the last.
inline ChartData exampleChart()
{
    ChartData data;
    data.title = QStringLiteral("Forward latency");
    data.unit = QStringLiteral("ms, log, lower is better");
    data.x.scale = AxisScale::Log;
    data.y.scale = AxisScale::Log;
    data.x.ticks = {{512, QStringLiteral("512")}, {1024, QStringLiteral("1k")}, {2048, QStringLiteral("2k")}};
    data.placeText = [](const ChartPoint& point) { return QStringLiteral("S %1").arg(point.x); };
    data.valueText = [](const ChartPoint& point) { return QStringLiteral("%1 ms").arg(point.y); };
    ChartSeries cudnn;
    cudnn.key = QStringLiteral("cudnn");
    cudnn.name = QStringLiteral("cuDNN");
    cudnn.ink = Backend::Cudnn;
    ChartSeries flash = cudnn;
    flash.key = QStringLiteral("flash");
    flash.name = QStringLiteral("Flash");
    flash.ink = Backend::Flash;
    flash.marker = Marker::Square;
    for (const double x : {512.0, 1024.0, 2048.0})
    {
        ChartPoint point;
        point.x = x;
        point.y = x / 1024;
        point.low = point.y * 0.95;
        point.high = point.y * 1.05;
        point.n = 61;
        point.clockMhz = 1755;
        point.figureSource = QStringLiteral("/cases/0/device/medianNs");
        point.figureValue = point.y * 1e6;
        cudnn.points.push_back(point);
        if (x < 2048)
        {
            point.y *= 2;
            point.low *= 2;
            point.high *= 2;
            point.note = QStringLiteral("odd");
            flash.points.push_back(point);
        }
    }
    data.series = {cudnn, flash};
    ChartMark mark;
    mark.key = flash.key;
    mark.x = 2048;
    mark.y = 2;
    mark.text = QStringLiteral("out of memory at 2k");
    mark.fromX = 1024;
    mark.fromY = 2;
    data.marks = {mark};
    return data;
}

} // namespace headroom::ui
