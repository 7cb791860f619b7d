// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_file.h"

#include "core/report/export.h"
#include "ui/charts/chart_view.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QPainter>
#include <QSvgGenerator>

#include <cmath>
#include <exception>
#include <string_view>

namespace headroom::ui
{
namespace
{

QString tr(const char* text)
{
    return QCoreApplication::translate("ChartFile", text);
}

QByteArray svgOf(ChartView& chart)
{
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(chart.size());
    generator.setViewBox(QRect(QPoint(0, 0), chart.size()));
    generator.setTitle(chart.data().title);
    generator.setDescription(describeChart(chart.data()));
    QPainter painter(&generator);
    drawChart(chart, painter, QRectF(QPointF(0, 0), chart.size()));
    painter.end();
    return buffer.data();
}

QByteArray pngOf(ChartView& chart)
{
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    chartImage(chart).save(&buffer, "PNG");
    return buffer.data();
}

} // namespace

void drawChart(ChartView& chart, QPainter& painter, const QRectF& target)
{
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    chart.drawTo(painter, target);
}

QImage chartImage(ChartView& chart)
{
    constexpr double kScale = 2;
    QImage image(chart.size() * kScale, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(kScale);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    drawChart(chart, painter, QRectF(QPointF(0, 0), chart.size()));
    return image;
}

QString chartText(const ChartData& data)
{
    QString text = tr("series\tx\tvalue\tlow\thigh\tn\tMHz") + QLatin1Char('\n');
    const auto number = [](double value) { return std::isfinite(value) ? QString::number(value, 'g', 12) : QString(); };
    for (const auto& series : data.series)
    {
        for (const auto& point : series.points)
        {
            const QStringList cells{series.name,           number(point.x),
                                    number(point.y),       number(point.low),
                                    number(point.high),    point.n > 0 ? QString::number(point.n) : QString(),
                                    number(point.clockMhz)};
            text += cells.join(QLatin1Char('\t')) + QLatin1Char('\n');
        }
    }
    return text;
}

QString saveChart(ChartView& chart, const QString& path)
{
    const bool svg = path.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive);
    const QByteArray bytes = svg ? svgOf(chart) : pngOf(chart);
    try
    {
        writeFileAtomically(path.toStdString(),
                            std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
        return {};
    }
    catch (const std::exception& error)
    {
        return QString::fromUtf8(error.what());
    }
}

} // namespace headroom::ui
