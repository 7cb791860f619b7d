// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/scaling_groups.h"

#include "core/report/case_cells.h"
#include "core/report/case_work.h"
#include "core/report/fastest.h"
#include "core/report/format.h"
#include "core/report/queries.h"
#include "core/report/summary.h"
#include "core/report/sweep.h"
#include "ui/charts/axis_ticks.h"
#include "ui/charts/ink.h"
#include "ui/models/report_words.h"
#include "ui/pages/case_words.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <set>

namespace headroom::ui
{
namespace
{

QString tr(const char* text)
{
    return QCoreApplication::translate("ScalingGroups", text);
}

ScalingLine& lineOf(ScalingGroup& group, Backend backend)
{
    for (auto& line : group.lines)
    {
        if (line.backend == backend)
        {
            return line;
        }
    }
    group.lines.push_back({backend, {}});
    return group.lines.back();
}

void add(std::vector<ScalingGroup>& groups, ScalingGroup key, std::int64_t value, const CaseReport& row)
{
    auto group = std::find_if(groups.begin(), groups.end(), [&](const ScalingGroup& one) { return one.sameAs(key); });
    if (group == groups.end())
    {
        group = groups.insert(groups.end(), std::move(key));
    }
    auto& points = lineOf(*group, row.measured.backend).points;
    const auto place =
        std::find_if(points.begin(), points.end(), [&](const ScalingPoint& point) { return point.value >= value; });
    if (place == points.end() || place->value != value)
    {
        points.insert(place, {value, &row});
    }
}

std::size_t sizesOf(const ScalingGroup& group)
{
    std::set<std::int64_t> sizes;
    for (const auto& line : group.lines)
    {
        for (const auto& point : line.points)
        {
            sizes.insert(point.value);
        }
    }
    return sizes.size();
}

/// Groups of constant tokens whose cases all lie on groups of one size say nothing new.
void dropCovered(std::vector<ScalingGroup>& groups)
{
    std::set<const CaseReport*> covered;
    const auto visit = [](const ScalingGroup& group, const auto& visitor)
    {
        for (const auto& line : group.lines)
        {
            for (const auto& point : line.points)
            {
                visitor(point.row);
            }
        }
    };
    for (const auto& group : groups)
    {
        if (group.axis != ScalingAxis::Tokens)
        {
            visit(group, [&](const CaseReport* row) { covered.insert(row); });
        }
    }
    std::erase_if(groups,
                  [&](const ScalingGroup& group)
                  {
                      bool all = group.axis == ScalingAxis::Tokens;
                      visit(group, [&](const CaseReport* row) { all = all && covered.contains(row); });
                      return all;
                  });
}

std::vector<ScalingGroup> kernelGroups(const Report& report)
{
    std::vector<ScalingGroup> groups;
    for (const auto& row : report.cases)
    {
        const auto* problem = std::get_if<AttentionProblem>(&row.measured.subject);
        if (problem == nullptr)
        {
            continue;
        }
        const QString family = familyOf(row.measured);
        const Pass pass = row.measured.pass;
        if (problem->queryLength != problem->kvLength)
        {
            const QString decoding = tr("%1 · query length %2").arg(family).arg(problem->queryLength);
            add(groups, {ScalingAxis::Keys, problem->batch, pass, decoding, {}}, problem->kvLength, row);
            continue;
        }
        const std::int64_t length = problem->queryLength;
        add(groups, {ScalingAxis::Sequence, problem->batch, pass, family, {}}, length, row);
        add(groups, {ScalingAxis::Batch, length, pass, family, {}}, problem->batch, row);
        add(groups, {ScalingAxis::Tokens, problem->batch * length, pass, family, {}}, length, row);
    }
    std::erase_if(groups, [](const ScalingGroup& group) { return sizesOf(group) < 2; });
    dropCovered(groups);
    return groups;
}

ScalingAxis axisOf(SweepAxis axis)
{
    return axis == SweepAxis::Batch ? ScalingAxis::Batch : ScalingAxis::Sequence;
}

std::vector<ScalingGroup> sweepGroups(const Report& report)
{
    std::vector<ScalingGroup> groups;
    for (const auto& sweep : sweepsOf(report))
    {
        for (const auto& row : sweep.rows)
        {
            for (const auto* measured : row.cases)
            {
                add(groups, {axisOf(sweep.axis), sweep.fixed, sweep.pass, familyOf(measured->measured), {}}, row.value,
                    *measured);
            }
        }
    }
    std::erase_if(groups, [](const ScalingGroup& group) { return sizesOf(group) < 2; });
    return groups;
}

const CaseReport* rowAt(const ScalingLine& line, std::int64_t value)
{
    for (const auto& point : line.points)
    {
        if (point.value == value)
        {
            return point.row;
        }
    }
    return nullptr;
}

bool overlap(const CaseReport& first, const CaseReport& second)
{
    const auto& a = first.device->medianIntervalNs;
    const auto& b = second.device->medianIntervalNs;
    return a && b && a->low <= b->high && b->low <= a->high;
}

/// The cases at \a value that can win, the fastest first.
std::vector<const CaseReport*> rankedAt(const ScalingGroup& group, std::int64_t value)
{
    std::vector<const CaseReport*> ranked;
    for (const auto& line : group.lines)
    {
        const auto* row = rowAt(line, value);
        if (row != nullptr && isMeasured(*row) && whyUnranked(*row).empty())
        {
            ranked.push_back(row);
        }
    }
    std::sort(ranked.begin(), ranked.end(),
              [](const CaseReport* left, const CaseReport* right)
              { return left->device->medianNs < right->device->medianNs; });
    return ranked;
}

SizeWinner winnerAt(const Report& report, const ScalingGroup& group, std::int64_t value)
{
    const auto ranked = rankedAt(group, value);
    SizeWinner winner{value, {}, {}};
    if (ranked.empty())
    {
        return winner;
    }
    std::vector<Backend> close{ranked.front()->measured.backend};
    const auto stored = std::find_if(report.fastest.begin(), report.fastest.end(),
                                     [&](const FastestReport& entry) { return entry.jobId == ranked.front()->jobId; });
    if (stored != report.fastest.end())
    {
        close.insert(close.end(), stored->close.begin(), stored->close.end());
    }
    else
    {
        for (std::size_t i = 1; i < ranked.size() && overlap(*ranked.front(), *ranked[i]); ++i)
        {
            close.push_back(ranked[i]->measured.backend);
        }
    }
    if (close.size() == 1)
    {
        winner.fastest = close.front();
    }
    // By their rank: the order of what cannot be told apart says nothing.
    std::sort(close.begin(), close.end(),
              [](Backend left, Backend right) { return backendRank(left) < backendRank(right); });
    winner.close = close;
    return winner;
}

QString sizeIn(const ScalingGroup& group, std::int64_t value)
{
    return group.axis == ScalingAxis::Batch ? QString::number(value) : sizeLabel(value);
}

/// "cuDNN" or "cuDNN and Flash".
QString namesOf(const SizeWinner& winner)
{
    QStringList names;
    for (const Backend backend : winner.close)
    {
        names << backendName(backend);
    }
    return names.join(tr(" and "));
}

struct Stretch
{
    SizeWinner winner;
    std::int64_t from = 0;
    std::int64_t to = 0;
};

std::vector<Stretch> stretchesOf(const std::vector<SizeWinner>& winners)
{
    std::vector<Stretch> stretches;
    for (const auto& winner : winners)
    {
        if (!stretches.empty() && stretches.back().winner.fastest == winner.fastest &&
            (winner.fastest || stretches.back().winner.close == winner.close))
        {
            stretches.back().to = winner.value;
        }
        else
        {
            stretches.push_back({winner, winner.value, winner.value});
        }
    }
    return stretches;
}

QString manyStretches(const std::vector<SizeWinner>& winners)
{
    std::vector<std::pair<Backend, int>> counts;
    int ties = 0;
    for (const auto& winner : winners)
    {
        if (!winner.fastest)
        {
            ++ties;
            continue;
        }
        const auto found = std::find_if(counts.begin(), counts.end(),
                                        [&](const auto& entry) { return entry.first == *winner.fastest; });
        found == counts.end() ? counts.emplace_back(*winner.fastest, 1) : * found = {found->first, found->second + 1};
    }
    std::stable_sort(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    QStringList parts;
    for (const auto& [backend, count] : counts)
    {
        parts << (parts.isEmpty()
                      ? tr("%1 is fastest at %2 of %3 sizes").arg(backendName(backend)).arg(count).arg(winners.size())
                      : tr("%1 at %2").arg(backendName(backend)).arg(count));
    }
    if (ties > 0)
    {
        parts << tr("%1 too close to call").arg(ties);
    }
    return parts.join(QStringLiteral(", ")) + QLatin1Char('.');
}

/// ", 1.6× ahead of Flash at 16k".
QString leadText(const ScalingGroup& group, std::int64_t value)
{
    const auto ranked = rankedAt(group, value);
    if (ranked.size() < 2 || ranked.front()->device->medianNs <= 0)
    {
        return {};
    }
    const double ratio = ranked[1]->device->medianNs / ranked[0]->device->medianNs;
    return tr(", %1 ahead of %2 at %3")
        .arg(QString::fromStdString(Format().ratio(ratio)), backendName(ranked[1]->measured.backend),
             sizeIn(group, value));
}

QString stretchText(const ScalingGroup& group, const Stretch& stretch, bool first, bool last)
{
    const QString from = sizeIn(group, stretch.from);
    const QString to = sizeIn(group, stretch.to);
    const QString where = last && !first               ? tr("from %1 on").arg(from)
                          : first && !last             ? tr("up to %1").arg(to)
                          : stretch.from == stretch.to ? tr("at %1").arg(to)
                                                       : tr("from %1 to %2").arg(from, to);
    return stretch.winner.fastest ? tr("%1 is fastest %2").arg(backendName(*stretch.winner.fastest), where)
                                  : tr("%1 are too close to call %2").arg(namesOf(stretch.winner), where);
}

} // namespace

std::vector<ScalingGroup> scalingGroupsOf(const Report& report)
{
    auto groups = isKernelSweep(report) ? kernelGroups(report) : sweepGroups(report);
    for (auto& group : groups)
    {
        std::stable_sort(group.lines.begin(), group.lines.end(),
                         [](const ScalingLine& left, const ScalingLine& right)
                         { return backendRank(left.backend) < backendRank(right.backend); });
    }
    return groups;
}

std::vector<SizeWinner> winnersOf(const Report& report, const ScalingGroup& group)
{
    std::set<std::int64_t> sizes;
    for (const auto& line : group.lines)
    {
        for (const auto& point : line.points)
        {
            sizes.insert(point.value);
        }
    }
    std::vector<SizeWinner> winners;
    for (const std::int64_t size : sizes)
    {
        if (auto winner = winnerAt(report, group, size); !winner.close.empty())
        {
            winners.push_back(std::move(winner));
        }
    }
    return winners;
}

QString crossoverSentence(const Report& report, const ScalingGroup& group)
{
    const auto winners = winnersOf(report, group);
    if (winners.empty())
    {
        return tr("Nothing can be ranked here: no case was both measured and verified.");
    }
    const auto stretches = stretchesOf(winners);
    if (stretches.size() == 1)
    {
        const auto& only = stretches.front();
        const QString from = sizeIn(group, only.from);
        const QString to = sizeIn(group, only.to);
        return only.winner.fastest ? tr("%1 is fastest at every size from %2 to %3%4.")
                                         .arg(backendName(*only.winner.fastest), from, to, leadText(group, only.to))
                                   : tr("%1 are too close to call from %2 to %3.").arg(namesOf(only.winner), from, to);
    }
    if (stretches.size() > 3)
    {
        return manyStretches(winners);
    }
    QStringList parts;
    for (std::size_t i = 0; i < stretches.size(); ++i)
    {
        parts << stretchText(group, stretches[i], i == 0, i + 1 == stretches.size());
    }
    return parts.join(QStringLiteral(", ")) + QLatin1Char('.');
}

QString axisName(ScalingAxis axis)
{
    switch (axis)
    {
    case ScalingAxis::Sequence:
    case ScalingAxis::Tokens:
        return tr("sequence length");
    case ScalingAxis::Batch:
        return tr("batch");
    case ScalingAxis::Keys:
        return tr("key length");
    }
    return {};
}

QString heldText(const ScalingGroup& group)
{
    switch (group.axis)
    {
    case ScalingAxis::Sequence:
    case ScalingAxis::Keys:
        return tr("batch %1").arg(group.fixed);
    case ScalingAxis::Batch:
        return tr("sequence %1").arg(sizeLabel(group.fixed));
    case ScalingAxis::Tokens:
        return tr("%1 tokens in all").arg(QString::fromStdString(Format().count(group.fixed)));
    }
    return {};
}

} // namespace headroom::ui
