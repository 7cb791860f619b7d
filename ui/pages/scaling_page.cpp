// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/scaling_page.h"

#include "core/report/case_cells.h"
#include "ui/charts/chart_legend.h"
#include "ui/charts/chart_view.h"
#include "ui/models/report_words.h"
#include "ui/pages/case_words.h"
#include "ui/widgets/sentence_header.h"

#include <QComboBox>
#include <QGridLayout>

#include <algorithm>
#include <map>

namespace headroom::ui
{
namespace
{

/// The distinct texts of \a groups, in their order.
template <typename Text> QStringList distinct(const std::vector<const ScalingGroup*>& groups, const Text& text)
{
    QStringList all;
    for (const auto* group : groups)
    {
        if (!all.contains(text(*group)))
        {
            all << text(*group);
        }
    }
    return all;
}

template <typename Text>
std::vector<const ScalingGroup*> matching(const std::vector<const ScalingGroup*>& groups, const Text& text,
                                          const QString& wanted)
{
    std::vector<const ScalingGroup*> found;
    std::copy_if(groups.begin(), groups.end(), std::back_inserter(found),
                 [&](const ScalingGroup* group) { return text(*group) == wanted; });
    return found;
}

QString familyText(const ScalingGroup& group)
{
    return group.family;
}

QString axisText(const ScalingGroup& group)
{
    return ScalingPage::tr("%1, %2").arg(axisName(group.axis), heldText(group));
}

QString passText(const ScalingGroup& group)
{
    return passName(group.pass);
}

/// Backends without a single figure, once a reason: "Flash, cuDNN: the 60 s of the run were spent".
QString unmeasuredNote(const ScalingGroup& group)
{
    QStringList reasons;
    std::map<QString, QStringList> backends;
    for (const auto& line : group.lines)
    {
        const bool any = std::any_of(line.points.begin(), line.points.end(),
                                     [](const ScalingPoint& point) { return isMeasured(*point.row); });
        if (any || line.points.empty())
        {
            continue;
        }
        const auto& row = *line.points.front().row;
        const QString why =
            row.reason.empty() ? QString::fromStdString(whyEmpty(row)) : QString::fromStdString(row.reason);
        reasons << (reasons.contains(why) ? QStringList() : QStringList{why});
        backends[why] << backendName(line.backend);
    }
    QStringList parts;
    for (const QString& why : reasons)
    {
        parts << ScalingPage::tr("%1: %2").arg(backends[why].join(QStringLiteral(", ")), why);
    }
    return parts.join(QStringLiteral("; "));
}

} // namespace

ScalingPage::ScalingPage(const Theme& theme, QWidget* parent) : ChartPage(theme, QStringLiteral("scaling"), parent)
{
    m_family = addChoice(tr("What"), QStringLiteral("scalingFamily"));
    m_axis = addChoice(tr("Along"), QStringLiteral("scalingAxis"));
    m_pass = addChoice(tr("Pass"), QStringLiteral("scalingPass"));
    m_throughput = addChart(QStringLiteral("scalingThroughput"));
    m_latency = addChart(QStringLiteral("scalingLatency"));
    m_memory = addChart(QStringLiteral("scalingMemory"));
    m_speedup = addChart(QStringLiteral("scalingSpeedup"));
    m_throughput->setToolTip(
        tr("What is done a second: arithmetic of unmasked elements, or tokens, by the median time."));
    m_latency->setToolTip(tr("Median time of one call, with its 95 % interval."));
    m_memory->setToolTip(tr("The most that LibTorch had allocated during one run, model and inputs included."));
    m_speedup->setToolTip(
        tr("Median over interleaved rounds of the baseline's time over the backend's, with its 95 % interval."));
    grid().addWidget(m_throughput, 0, 0);
    grid().addWidget(m_latency, 0, 1);
    grid().addWidget(m_speedup, 1, 0);
    grid().addWidget(m_memory, 1, 1);
}

const ScalingGroup* ScalingPage::chooseFrom(const std::vector<ScalingGroup>& groups)
{
    std::vector<const ScalingGroup*> left;
    for (const auto& group : groups)
    {
        left.push_back(&group);
    }
    // "recorded for backward" belongs to a pass and not to the subject: forward and training keep one family each.
    setChoices(m_family, distinct(left, familyText));
    left = matching(left, familyText, m_family->currentText());
    setChoices(m_axis, distinct(left, axisText));
    left = matching(left, axisText, m_axis->currentText());
    setChoices(m_pass, distinct(left, passText));
    left = matching(left, passText, m_pass->currentText());
    return left.empty() ? nullptr : left.front();
}

void ScalingPage::refresh()
{
    if (reports().empty())
    {
        showHint(
            tr("How each backend scales"),
            tr("Latency, throughput, memory and speed-up against batch and sequence length, a line a backend, with the "
               "sizes where the fastest one changes."));
        return;
    }
    std::vector<std::vector<ScalingGroup>> all;
    for (const auto& open : reports().reports)
    {
        all.push_back(scalingGroupsOf(*open.report));
    }
    const ScalingGroup* chosen = chooseFrom(all.front());
    if (chosen == nullptr)
    {
        const bool live = reports().front().live;
        showHint(live ? tr("No two sizes yet") : tr("Only one size was measured"),
                 live ? tr("Lines begin when the second batch or sequence length of this run is measured.")
                      : tr("A line needs two sizes. Switch the sweep over batch and sequence on in the configuration, "
                           "and run "
                           "again; or open a report that has one."),
                 false); // what the form holds would give one size again
        return;
    }
    std::vector<ScalingSource> sources{{reports().front().name, reports().front().report.get(), chosen}};
    QStringList without;
    for (std::size_t i = 1; i < all.size(); ++i)
    {
        const auto same = std::find_if(all[i].begin(), all[i].end(),
                                       [&](const ScalingGroup& group) { return group.sameAs(*chosen); });
        if (same == all[i].end())
        {
            without << reports().reports[i].name;
        }
        else
        {
            sources.push_back({reports().reports[i].name, reports().reports[i].report.get(), &*same});
        }
    }
    showGroup(sources, without);
}

void ScalingPage::showGroup(const std::vector<ScalingSource>& sources, const QStringList& without)
{
    const auto& group = *sources.front().group;
    header().setSentence(tr("%1: %2").arg(passName(group.pass), crossoverSentence(*sources.front().report, group)));
    header().setNote(
        QStringList{tr("by %1").arg(axisName(group.axis)), heldText(group), group.family}.join(QStringLiteral(" · ")));
    legend().setEntries(scalingLegend(sources));
    m_throughput->setData(scalingChart(sources, ScalingMetric::Throughput));
    m_latency->setData(scalingChart(sources, ScalingMetric::Latency));
    m_memory->setData(scalingChart(sources, ScalingMetric::Memory));
    m_speedup->setData(scalingChart(sources, ScalingMetric::Speedup));
    QStringList notes;
    if (const QString unmeasured = unmeasuredNote(group); !unmeasured.isEmpty())
    {
        notes << unmeasured;
    }
    if (!without.isEmpty())
    {
        notes << tr("Not drawn, for it has no such sweep: %1").arg(without.join(QStringLiteral(", ")));
    }
    setNote(notes.join(QStringLiteral(". ")));
    showContent();
}

} // namespace headroom::ui
