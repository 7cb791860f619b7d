// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/export_job.h"

#include "core/report/export.h"
#include "ui/charts/chart_file.h"
#include "ui/charts/chart_view.h"
#include "ui/export/page_sheet.h"
#include "ui/export/pdf_pages.h"
#include "ui/models/report_words.h"

#include <QMarginsF>
#include <QPageLayout>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgGenerator>

#include <algorithm>

namespace headroom::ui
{
namespace
{

constexpr int kPdfWidth = 940; ///< pixels of a page across an A4 sheet: its 12-pixel notes are 7 points there
constexpr int kPdfHeight = 1240;
constexpr int kHtmlHeight = 900;

std::unique_ptr<Theme> themeOf(Scheme scheme)
{
    auto theme = std::make_unique<Theme>();
    theme->setChoice(scheme == Scheme::Dark ? SchemeChoice::Dark : SchemeChoice::Light);
    return theme;
}

PageFactory factoryOf(const QString& id)
{
    for (const auto& factory : pageFactories())
    {
        if (factory.id == id)
        {
            return factory;
        }
    }
    return {};
}

QByteArray pngOf(const QImage& image)
{
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG", 20); // compressed well; the quality of a PNG is always the same
    return buffer.data();
}

std::string dataUri(ChartView& chart)
{
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(chart.size());
    generator.setViewBox(QRect(QPoint(0, 0), chart.size()));
    QPainter painter(&generator);
    drawChart(chart, painter, QRectF(QPointF(0, 0), chart.size()));
    painter.end();
    return "data:image/svg+xml;base64," + buffer.data().toBase64().toStdString();
}

/// The charts of a page from top to bottom that show something.
std::vector<ChartView*> chartsOf(const PageSheet& sheet)
{
    std::vector<ChartView*> charts;
    for (auto* chart : sheet.page().findChildren<ChartView*>())
    {
        if (chart->isVisible() && chart->data().hasPoints())
        {
            charts.push_back(chart);
        }
    }
    std::stable_sort(charts.begin(), charts.end(),
                     [&](const ChartView* a, const ChartView* b)
                     {
                         const QPoint one = a->mapTo(&sheet.page(), QPoint());
                         const QPoint other = b->mapTo(&sheet.page(), QPoint());
                         return std::pair(one.y(), one.x()) < std::pair(other.y(), other.x());
                     });
    return charts;
}

} // namespace

QStringList pagesToExport(const ReportSet& reports)
{
    QStringList ids;
    for (const auto& factory : pageFactories())
    {
        const bool needsTwo = factory.id == QLatin1String("compare");
        const bool aboutFiles = factory.id == QLatin1String("report") || factory.id == QLatin1String("history") ||
                                factory.id == QLatin1String("dashboard"); // and none of what the reports measured
        if (!aboutFiles && (!needsTwo || reports.reports.size() > 1))
        {
            ids.append(factory.id);
        }
    }
    return ids;
}

ExportJob::ExportJob(ExportRequest request)
    : m_request(std::move(request)), m_theme(themeOf(m_request.scheme)),
      m_pages(m_request.pages.isEmpty() ? pagesToExport(m_request.reports) : m_request.pages)
{
    if (m_request.format == DrawnFormat::Html)
    {
        m_theme = themeOf(Scheme::Light);
        m_dark = themeOf(Scheme::Dark);
    }
}

ExportJob::~ExportJob()
{
    if (m_painter && m_painter->isActive())
    {
        m_painter->end();
    }
}

bool ExportJob::step()
{
    if (m_finished)
    {
        return false;
    }
    if (m_done < total())
    {
        drawPage(m_pages.at(m_done));
        ++m_done;
        return true;
    }
    finish();
    m_finished = true;
    return false;
}

void ExportJob::drawPage(const QString& id)
{
    switch (m_request.format)
    {
    case DrawnFormat::Png:
    {
        const PageSheet sheet(*m_theme, factoryOf(id), m_request.reports, m_request.size);
        if (!isLeftOut(sheet))
        {
            write(QStringLiteral("%1_%2.png").arg(m_request.path, id), pngOf(sheet.image(m_request.scale)));
        }
        return;
    }
    case DrawnFormat::Svg:
    {
        const PageSheet sheet(*m_theme, factoryOf(id), m_request.reports, m_request.size);
        if (!isLeftOut(sheet))
        {
            write(QStringLiteral("%1_%2.svg").arg(m_request.path, id), sheet.svg());
        }
        return;
    }
    case DrawnFormat::Pdf:
        addToPdf(id);
        return;
    case DrawnFormat::Html:
        addToHtml(id);
        return;
    }
}

/// A page without anything to show is drawn only where it was asked for by name.
bool ExportJob::isLeftOut(const PageSheet& sheet) const
{
    return m_request.pages.isEmpty() && sheet.isEmpty();
}

void ExportJob::write(const QString& path, const QByteArray& bytes)
{
    writeFileAtomically(path.toStdString(),
                        std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
    m_files.append(path);
}

void ExportJob::beginPdf()
{
    m_buffer.open(QIODevice::WriteOnly);
    m_pdf = std::make_unique<QPdfWriter>(&m_buffer);
    m_pdf->setPageSize(QPageSize(QPageSize::A4));
    m_pdf->setPageMargins(QMarginsF(14, 14, 14, 14), QPageLayout::Millimeter);
    m_pdf->setResolution(300);
    m_pdf->setTitle(QStringLiteral("Headroom: %1").arg(m_request.reports.front().name));
    m_pdf->setCreator(QStringLiteral("Headroom"));
    m_painter = std::make_unique<QPainter>(m_pdf.get());
    drawTitlePage(*m_painter, *m_pdf, *m_request.reports.front().report, m_request.reports.front().name, *m_theme);
}

void ExportJob::addToPdf(const QString& id)
{
    if (!m_pdf)
    {
        beginPdf();
    }
    PageSheet sheet(*m_theme, factoryOf(id), m_request.reports, QSize(kPdfWidth, kPdfHeight));
    if (isLeftOut(sheet))
    {
        return;
    }
    sheet.leaveOutControls();
    sheet.setGround(groundOf(*m_theme));
    m_pdf->newPage();
    drawSheet(*m_painter, *m_pdf, sheet, *m_theme);
}

void ExportJob::addToHtml(const QString& id)
{
    const QSize size(m_request.size.width(), std::max(kHtmlHeight, m_request.size.height()));
    const PageSheet light(*m_theme, factoryOf(id), m_request.reports, size);
    const PageSheet dark(*m_dark, factoryOf(id), m_request.reports, size);
    const auto lights = chartsOf(light);
    const auto darks = chartsOf(dark);
    for (std::size_t at = 0; at < std::min(lights.size(), darks.size()); ++at)
    {
        HtmlChart chart;
        chart.section = light.page().title().toStdString();
        chart.title = lights[at]->data().title.toStdString();
        chart.description = describeChart(lights[at]->data()).toStdString();
        chart.lightUri = dataUri(*lights[at]);
        chart.darkUri = dataUri(*darks[at]);
        chart.width = lights[at]->width();
        chart.height = lights[at]->height();
        m_charts.push_back(std::move(chart));
    }
}

void ExportJob::finish()
{
    if (m_request.format == DrawnFormat::Html)
    {
        const std::string text = writeHtmlReport(*m_request.reports.front().report, m_charts);
        write(m_request.path, QByteArray::fromStdString(text));
    }
    if (m_request.format == DrawnFormat::Pdf)
    {
        if (!m_pdf)
        {
            beginPdf();
        }
        m_painter->end();
        m_buffer.close();
        write(m_request.path, m_buffer.data());
    }
}

} // namespace headroom::ui
