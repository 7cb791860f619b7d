// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/roofline_page.h"

#include "core/report/format.h"
#include "ui/charts/chart_legend.h"
#include "ui/charts/chart_view.h"
#include "ui/models/figure_paths.h"
#include "ui/models/report_words.h"
#include "ui/pages/case_words.h"
#include "ui/pages/figure_list.h"
#include "ui/theme/theme.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/sentence_header.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <cmath>

namespace headroom::ui
{
namespace
{

QString fromText(const std::string& text)
{
    return QString::fromStdString(text);
}

QString clockText(const MeasuredRate& rate)
{
    return rate.smMhz ? RooflinePage::tr(" at %1 MHz").arg(fromText(Format().count(std::llround(*rate.smMhz))))
                      : QString();
}

/// "86 % attained, 1.17× left (memory)".
QString shortWords(const Roofline& roofline)
{
    const Format format;
    const double share = *roofline.shareOfAttainable;
    const QString bound = !roofline.boundBy                    ? QString()
                          : *roofline.boundBy == Roof::Compute ? RooflinePage::tr(" (arithmetic)")
                                                               : RooflinePage::tr(" (memory)");
    const QString left = share > 0 && share < 1 ? fromText(format.ratio(1 / share)) : fromText(format.dash());
    return RooflinePage::tr("%1 attained, %2 left%3").arg(fromText(format.percent(share)), left, bound);
}

std::vector<FigureLine> bestLines(const Report& report, const std::vector<const CaseReport*>& best)
{
    std::vector<FigureLine> lines;
    for (const auto* row : best)
    {
        lines.push_back(
            {backendName(row->measured.backend),
             shortWords(*row->roofline),
             RooflinePage::tr("%1. Attainable is the lower of the measured product rate, at the clock of the "
                              "samples, and intensity times the measured copy rate.")
                 .arg(caseTitle(row->measured)),
             {casePath(report, *row, "/roofline/shareOfAttainable"), *row->roofline->shareOfAttainable},
             Tone::Plain});
    }
    return lines;
}

std::vector<FigureLine> peakLines(const Report& report, DType dtype)
{
    const Format format;
    std::vector<FigureLine> lines;
    const auto& peaks = report.peaks;
    for (std::size_t i = 0; peaks && i < peaks->matmul.size(); ++i)
    {
        const auto& product = peaks->matmul[i];
        if (product.dtype == dtype)
        {
            const QString unit = product.unit == MatrixUnit::Tf32 ? RooflinePage::tr(", TF32") : QString();
            lines.push_back(
                {RooflinePage::tr("Products, %1%2").arg(textOf(toString(dtype)), unit),
                 fromText(format.metric(product.rate.perSecond, "FLOP/s")) + clockText(product.rate),
                 RooflinePage::tr("The median rate of square matrix products of %1, measured on this device.")
                     .arg(product.size),
                 {QStringLiteral("/headroom/peaks/matmul/%1/rate/perSecond").arg(i), product.rate.perSecond},
                 Tone::Plain});
        }
    }
    if (peaks && peaks->copy)
    {
        lines.push_back({RooflinePage::tr("Memory, copy"),
                         fromText(format.metric(peaks->copy->perSecond, "B/s")),
                         RooflinePage::tr("Bytes read and written a second by a large copy, measured on this device."),
                         {QStringLiteral("/headroom/peaks/copy/perSecond"), peaks->copy->perSecond},
                         Tone::Plain});
    }
    const auto* device = report.circumstances ? report.circumstances->selectedDevice() : nullptr;
    if (const auto* specification = device != nullptr ? findSpecification(*device) : nullptr)
    {
        const QString source =
            QString::fromUtf8(specification->source.data(), static_cast<qsizetype>(specification->source.size()));
        if (const auto rate = specifiedRate(*specification, dtype))
        {
            lines.push_back({RooflinePage::tr("Specification"),
                             RooflinePage::tr("%1 at %2 MHz, %3")
                                 .arg(fromText(format.metric(rate->flopsPerSecond, "FLOP/s")),
                                      fromText(format.count(std::llround(rate->smMhz))),
                                      fromText(format.metric(specification->bytesPerSecond, "B/s"))),
                             source,
                             {},
                             Tone::Muted});
        }
    }
    else if (device != nullptr)
    {
        lines.push_back({RooflinePage::tr("Specification"),
                         RooflinePage::tr("none"),
                         fromText(whyNoSpecification(*device)),
                         {},
                         Tone::Muted});
    }
    return lines;
}

QString deviceName(const Report& report)
{
    const auto* device = report.circumstances ? report.circumstances->selectedDevice() : nullptr;
    return device != nullptr ? fromText(device->name) : RooflinePage::tr("the device");
}

/// The reports that have points, and no measured roof above them; nothing for one report alone, whose sentence says so.
QString namesWithoutRoof(const std::vector<RooflineSource>& sources)
{
    QStringList names;
    for (const auto& source : sources)
    {
        if (sources.size() > 1 && !hasMeasuredRoof(source))
        {
            names << source.name;
        }
    }
    return names.join(QStringLiteral(", "));
}

} // namespace

RooflinePage::RooflinePage(const Theme& theme, QWidget* parent) : ChartPage(theme, QStringLiteral("roofline"), parent)
{
    m_dtype = addChoice(tr("Computed in"), QStringLiteral("rooflineDtype"));
    m_pass = addChoice(tr("Pass"), QStringLiteral("rooflinePass"));
    m_chart = addChart(QStringLiteral("rooflineChart"));
    m_chart->setToolTip(tr("A point a case. Its distance from the roof above it is the headroom of the hardware."));
    m_bestPanel = new Panel(tr("The best of each backend"), {}, theme, this);
    m_best = new FigureList(theme, m_bestPanel);
    m_best->setObjectName(QStringLiteral("rooflineBest"));
    m_bestPanel->body()->addWidget(m_best);
    m_bestPanel->body()->addStretch(1);
    m_peaksPanel = new Panel(tr("What the device can do"), {}, theme, this);
    m_peaks = new FigureList(theme, m_peaksPanel);
    m_peaks->setObjectName(QStringLiteral("rooflinePeaks"));
    m_peaksPanel->body()->addWidget(m_peaks);
    m_peaksPanel->body()->addStretch(1);
    grid().addWidget(m_chart, 0, 0);
    auto* panels = new QHBoxLayout; // the one that is there has the width of both
    panels->setSpacing(theme.space(3));
    panels->addWidget(m_bestPanel, 1);
    panels->addWidget(m_peaksPanel, 1);
    grid().addLayout(panels, 1, 0);
    grid().setRowStretch(0, 1);
}

void RooflinePage::refresh()
{
    if (reports().empty())
    {
        showHint(tr("How near to the hardware's limit"),
                 tr("Every case under the roof that its device was measured to have, with the headroom that is left."));
        return;
    }
    const auto& front = reports().front();
    const auto dtypes = rooflineDtypes(*front.report);
    if (dtypes.empty())
    {
        showHint(front.live ? tr("No case has been timed yet") : tr("No case has a place under a roof"),
                 front.live ? tr("Points appear here as cases are finished.")
                            : tr("Nothing was timed in this report, or its work is not counted."),
                 !front.live);
        return;
    }
    QStringList names;
    for (const DType dtype : dtypes)
    {
        names << textOf(toString(dtype));
    }
    setChoices(m_dtype, names);
    const auto passes = rooflinePasses(*front.report);
    QStringList passNames{tr("all")};
    for (const Pass pass : passes)
    {
        passNames << passName(pass);
    }
    setChoices(m_pass, passes.size() > 1 ? passNames : QStringList{passNames.front()});
    const auto dtype = dtypes[static_cast<std::size_t>(std::max(0, m_dtype->currentIndex()))];
    const auto pass = m_pass->currentIndex() > 0
                          ? std::optional(passes[static_cast<std::size_t>(m_pass->currentIndex() - 1)])
                          : std::nullopt;
    std::vector<RooflineSource> sources;
    for (const auto& open : reports().reports)
    {
        RooflineSource source{open.name, open.report.get(), dtype, pass};
        if (sources.empty() || !source.rows().empty())
        {
            sources.push_back(std::move(source));
        }
    }
    showSource(sources);
}

void RooflinePage::showSource(const std::vector<RooflineSource>& sources)
{
    const auto& front = sources.front();
    const Report& report = *front.report;
    const auto best = bestUnderRoof(front);
    if (best.empty())
    {
        header().setSentence(
            hasMeasuredRoof(front)
                ? tr("How near this comes to the hardware's limit is not said: no case here could be ranked.")
                : tr("How near this comes to the hardware's limit cannot be said: its peaks were not measured."));
    }
    else
    {
        header().setSentence(tr("%1 comes nearest to what %2 can do: %3.")
                                 .arg(backendName(best.front()->measured.backend), deviceName(report),
                                      headroomWords(*best.front()->roofline)),
                             {casePath(report, *best.front(), "/roofline/shareOfAttainable"),
                              *best.front()->roofline->shareOfAttainable});
    }
    header().setNote(tr("%1 · computed in %2 · by unmasked elements and the fewest bytes that go through memory")
                         .arg(fromText(Format().plural(static_cast<std::int64_t>(front.rows().size()), "case")),
                              textOf(toString(front.dtype))));
    legend().setEntries(rooflineLegend(sources));
    m_chart->setData(rooflineChart(sources));
    m_best->setLines(bestLines(report, best));
    m_bestPanel->setVisible(!best.empty());
    m_peaks->setLines(peakLines(report, front.dtype));
    QStringList notes;
    if (!best.empty())
    {
        notes << tr("The roof is drawn at the clock it was measured at; shares are taken at the clock of each case's "
                    "samples, so a point may stand above it.");
    }
    if (const QString without = namesWithoutRoof(sources); !without.isEmpty())
    {
        notes << tr("No roof was measured in %1.").arg(without);
    }
    setNote(notes.join(QLatin1Char(' ')));
    showContent();
}

} // namespace headroom::ui
