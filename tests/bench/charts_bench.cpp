// SPDX-License-Identifier: GPL-3.0-or-later
// Prints how long a chart of 100,000 points takes, as JSON lines with their targets. Figures, not assertions.
#include "ui/charts/chart_file.h"
#include "ui/charts/chart_view.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

using namespace headroom::ui;

namespace
{

constexpr int kPoints = 100'000;
constexpr double kFrameMs = 16;
bool missed = false;

ChartData manyPoints(SeriesKind kind)
{
    ChartData data;
    data.title = QStringLiteral("100 000 samples");
    ChartSeries series;
    series.kind = kind;
    series.name = QStringLiteral("Flash");
    series.ink = headroom::Backend::Flash;
    series.markers = kind == SeriesKind::Points;
    series.points.reserve(kPoints);
    for (int i = 0; i < kPoints; ++i)
    {
        ChartPoint point;
        point.x = i;
        point.y = 1.7 + 0.1 * std::sin(i * 0.37) + 0.01 * ((i * 7919) % 101);
        series.points.push_back(point);
    }
    data.series.push_back(std::move(series));
    return data;
}

/// The median of what \a work takes, in milliseconds.
template <typename Work> double medianMs(const Work& work)
{
    std::vector<double> times;
    for (int i = 0; i < 21; ++i)
    {
        QElapsedTimer timer;
        timer.start();
        work();
        times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    std::nth_element(times.begin(), times.begin() + 10, times.end());
    return times[10];
}

void say(const char* figure, double ms)
{
    const bool met = ms <= kFrameMs;
    missed = missed || !met;
    std::printf("{\"figure\": \"%s\", \"value\": %.3f, \"unit\": \"ms\", \"target\": %.0f, \"met\": %s}\n", figure, ms,
                kFrameMs, met ? "true" : "false");
}

void measure(const Theme& theme, SeriesKind kind, const char* redraw, const char* replace)
{
    ChartView chart(theme);
    chart.resize(860, 500);
    const ChartData data = manyPoints(kind);
    chart.setData(data);
    QImage image(chart.size(), QImage::Format_ARGB32_Premultiplied);
    const auto draw = [&]
    {
        QPainter painter(&image);
        drawChart(chart, painter, QRectF(QPointF(0, 0), chart.size()));
    };
    say(redraw, medianMs(draw));
    say(replace, medianMs([&] { chart.setData(data); }));
}

} // namespace

int main(int argc, char** argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application(argc, argv);
    Theme::loadFonts();
    const Theme theme;
    measure(theme, SeriesKind::Points, "chart_100k_samples_redraw", "chart_100k_samples_replace");
    measure(theme, SeriesKind::Line, "chart_100k_line_redraw", "chart_100k_line_replace");
    return missed ? 1 : 0;
}
