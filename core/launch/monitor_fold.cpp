// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/monitor_fold.h"

#include "core/gate/thresholds.h"
#include "core/report/case_cells.h"
#include "core/report/format.h"
#include "core/report/shared_cases.h"
#include "core/report/unlike_circumstances.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

constexpr double kNoTime = std::numeric_limits<double>::quiet_NaN();

template <typename T> void keepLast(std::vector<T>& values, std::int64_t most)
{
    const auto limit = static_cast<std::size_t>(most);
    if (values.size() > limit)
    {
        values.erase(values.begin(), values.end() - static_cast<std::ptrdiff_t>(limit));
    }
}

bool isWrong(AccuracyVerdict verdict)
{
    return verdict == AccuracyVerdict::Failed || verdict == AccuracyVerdict::NotFinite;
}

/// What can be compared from run to run. A case is held against itself and ranked against no other, so that it need not
/// be verified; the time of one whose numbers are wrong says nothing.
RunMedian timeOf(const CaseReport& row)
{
    return isMeasured(row) && !isRejected(row) ? runMedianOf(row) : RunMedian();
}

std::vector<double> timesOf(const std::vector<RunMedian>& medians)
{
    std::vector<double> times;
    std::ranges::transform(medians, std::back_inserter(times), &RunMedian::ns);
    return times;
}

double geometricMean(const std::vector<double>& times)
{
    double logs = 0;
    double count = 0;
    for (const double time : times)
    {
        if (std::isfinite(time))
        {
            logs += std::log(time);
            count += 1;
        }
    }
    return count > 0 ? std::exp(logs / count) : kNoTime;
}

MonitorPoint pointOf(const MonitorRepetition& repetition, const CaseReport& row)
{
    MonitorPoint point;
    point.repetition = repetition.number;
    point.utc = repetition.utc;
    if (isMeasured(row))
    {
        point.medianNs = row.device->medianNs;
        point.intervalNs = row.device->medianIntervalNs;
        point.tokensPerSecond = row.tokensPerSecond;
    }
    if (row.roofline)
    {
        point.flopsPerSecond = row.roofline->flopsPerSecond;
        point.smMhz = row.roofline->smMhz;
    }
    return point;
}

/// What of a report says under which circumstances it was measured; samples and telemetry are left out.
Report withoutSamples(Report report)
{
    report.telemetry.clear();
    report.log.clear();
    report.judgements.clear();
    report.layers.clear();
    report.recommendations.clear();
    for (auto& row : report.cases)
    {
        row.deviceNs = {};
        row.wallNs = {};
        row.smMhz = {};
        row.waitNs = {};
        row.round = {};
        row.labels = {};
    }
    return report;
}

std::string namesOf(const std::set<Backend>& backends)
{
    std::vector<std::string_view> names;
    std::ranges::transform(backends, std::back_inserter(names), [](Backend one) { return toString(one); });
    return fmt::format("{}", fmt::join(names, " and "));
}

std::string sentenceOf(const std::string& title, std::string_view what, const std::string& reason)
{
    return fmt::format("{}: {}{}{}", title, what, reason.empty() ? "" : ", ", reason);
}

} // namespace

MonitorFold::MonitorFold(MonitorRule rule, MonitorSchedule schedule, std::string startedUtc)
{
    if (rule.reference < 2 || rule.window < 2 || rule.keep < 1)
    {
        throw std::invalid_argument("a monitor needs a reference and a window of at least two repetitions");
    }
    compareRuns(std::vector<CaseRuns>(1), rule.time); // throws for a rule out of its range
    m_state.rule = rule;
    m_state.schedule = schedule;
    m_state.startedUtc = std::move(startedUtc);
}

void MonitorFold::setReference(std::span<const Report> reports)
{
    if (reports.size() < 2)
    {
        throw std::invalid_argument("a reference needs at least two runs, to know how much they differ by themselves");
    }
    m_state.rule.reference = static_cast<std::int64_t>(reports.size());
    for (const auto& report : reports)
    {
        addToReference(report);
    }
}

std::size_t MonitorFold::placeOf(const CaseReport& row)
{
    const std::string id = meetingId(row.measured);
    const auto [found, isNew] = m_places.try_emplace(id, m_state.cases.size());
    if (isNew)
    {
        MonitorCase added;
        added.id = id;
        added.measured = row.measured;
        added.title = describeWithSide(row.measured);
        m_state.cases.push_back(std::move(added));
        m_times.push_back({std::vector<RunMedian>(static_cast<std::size_t>(m_state.referenceRuns)),
                           std::vector<RunMedian>(m_windowRuns),
                           {},
                           {},
                           false});
    }
    return found->second;
}

void MonitorFold::addToReference(const Report& report)
{
    if (!m_first)
    {
        m_first = withoutSamples(report);
    }
    std::set<std::size_t> seen;
    for (const auto& row : report.cases)
    {
        const std::size_t place = placeOf(row);
        if (!seen.insert(place).second)
        {
            continue; // a case that was measured twice counts by its first job
        }
        Times& times = m_times[place];
        times.reference.push_back(timeOf(row));
        times.accuracy = times.accuracy ? worseOf(*times.accuracy, row.accuracy) : row.accuracy;
        if (isMeasured(row) && row.evidence && row.evidence->ran)
        {
            times.ran.insert(*row.evidence->ran);
        }
        times.inReference = times.inReference || isMeasured(row);
    }
    ++m_state.referenceRuns;
    for (std::size_t at = 0; at < m_times.size(); ++at)
    {
        m_times[at].reference.resize(static_cast<std::size_t>(m_state.referenceRuns));
        const double mean = geometricMean(timesOf(m_times[at].reference));
        m_state.cases[at].referenceNs = std::isfinite(mean) ? std::optional(mean) : std::nullopt;
    }
}

void MonitorFold::take(const MonitorRepetition& repetition)
{
    m_state.missedTicks += repetition.missed;
    m_state.lastUtc = repetition.utc;
    if (!repetition.report)
    {
        ++m_state.runs.broken;
        raise(repetition, AlarmKind::Run, {}, "The plan could not be repeated: " + repetition.problem);
        missReference(repetition, "could not be made");
        return;
    }
    takeReport(repetition, *repetition.report);
}

void MonitorFold::takeReport(const MonitorRepetition& repetition, const Report& report)
{
    m_state.lastRun = report.run;
    if (const auto* device = report.circumstances ? report.circumstances->selectedDevice() : nullptr)
    {
        m_state.device = device->name;
    }
    const bool went = takeRunOutcome(repetition, report);
    takeDevice(repetition, report);
    const bool alike = takeCircumstances(repetition, report);
    const bool learning = m_state.isLearning();
    takeCases(repetition, report, alike && !learning); // before it is added: nothing is compared with itself
    if (!learning)
    {
        return;
    }
    if (!went || !alike)
    {
        missReference(repetition, !went ? "failed" : "ran under other circumstances than the first of it");
        return;
    }
    addToReference(report);
    m_unfit = 0;
    settle(repetition, AlarmKind::Reference, {},
           fmt::format("A repetition is part of the reference, which has {} of {} runs now.", m_state.referenceRuns,
                       m_state.rule.reference));
}

/// Nothing is compared without a reference: that must not pass for all being well.
void MonitorFold::missReference(const MonitorRepetition& repetition, const std::string& why)
{
    if (m_state.isLearning() && ++m_unfit >= m_state.rule.reference)
    {
        raise(
            repetition, AlarmKind::Reference, {},
            fmt::format("There is no reference, and nothing is compared: none of the last {} repetitions could be part "
                        "of it, and it has {} of {} runs. The last one {}.",
                        m_unfit, m_state.referenceRuns, m_state.rule.reference, why));
    }
}

/// Whether the run did not fail.
bool MonitorFold::takeRunOutcome(const MonitorRepetition& repetition, const Report& report)
{
    const bool failed = report.conclusion == Conclusion::Failed || report.conclusion == Conclusion::SetUpError;
    m_state.runs.passed += report.conclusion == Conclusion::Passed ? 1 : 0;
    m_state.runs.cannotTell += report.conclusion == Conclusion::CannotTell ? 1 : 0;
    m_state.runs.failed += failed ? 1 : 0;
    if (failed)
    {
        raise(repetition, AlarmKind::Run, {},
              "The run failed: " +
                  (report.conclusionReasons.empty() ? std::string("no reason is given") : report.conclusionReasons[0]));
        return false;
    }
    m_state.lastSuccessUtc = repetition.utc;
    settle(repetition, AlarmKind::Run, {}, "The plan runs again.");
    return true;
}

bool MonitorFold::takeCircumstances(const MonitorRepetition& repetition, const Report& report)
{
    if (!m_first)
    {
        return true;
    }
    auto differences = unlikenessOf(*m_first, report);
    std::erase_if(differences, [](const CircumstanceDifference& one) { return !one.matters; });
    if (differences.empty())
    {
        settle(repetition, AlarmKind::Circumstances, {}, "The circumstances are those of the reference again.");
        return true;
    }
    raise(repetition, AlarmKind::Circumstances, {}, unlikeSentence("The machine", differences, Format(true)));
    GateThresholds thresholds;
    thresholds.allowed = {"clock"}; // a card that throttles is slower: both are said, and one explains the other
    return std::all_of(differences.begin(), differences.end(),
                       [&](const CircumstanceDifference& one) { return thresholds.mayDiffer(one.name); });
}

void MonitorFold::takeCases(const MonitorRepetition& repetition, const Report& report, bool countsForTime)
{
    if (countsForTime)
    {
        ++m_windowRuns;
        for (auto& times : m_times)
        {
            times.window.emplace_back();
        }
    }
    std::set<std::size_t> seen;
    for (const auto& row : report.cases)
    {
        const std::size_t place = placeOf(row);
        if (!seen.insert(place).second)
        {
            continue;
        }
        if (countsForTime)
        {
            m_times[place].window.back() = timeOf(row);
        }
        takeBesideTime(repetition, row, place);
        m_state.cases[place].points.push_back(pointOf(repetition, row));
        keepLast(m_state.cases[place].points, m_state.rule.keep);
    }
    for (auto& times : m_times)
    {
        keepLast(times.window, m_state.rule.window);
    }
    m_windowRuns = std::min(m_windowRuns, static_cast<std::size_t>(m_state.rule.window));
    if (countsForTime && m_windowRuns >= 2)
    {
        judgeTimes(repetition);
    }
}

void MonitorFold::takeBesideTime(const MonitorRepetition& repetition, const CaseReport& row, std::size_t place)
{
    MonitorCase& one = m_state.cases[place];
    const Times& times = m_times[place];
    one.accuracy = row.accuracy;
    one.ran = row.evidence ? row.evidence->ran : std::nullopt;
    one.hasTime = isMeasured(row);
    if (isWrong(row.accuracy) && !isWrong(times.accuracy.value_or(AccuracyVerdict::Unverified)))
    {
        raise(repetition, AlarmKind::Accuracy, one.id,
              sentenceOf(one.title, "its numbers are wrong", row.accuracyNote));
    }
    else if (!isWrong(row.accuracy))
    {
        settle(repetition, AlarmKind::Accuracy, one.id, sentenceOf(one.title, "its numbers are right again", {}));
    }
    if (one.ran && !times.ran.empty())
    {
        const std::string text = sentenceOf(
            one.title, fmt::format("{} ran, and {} in the reference", toString(*one.ran), namesOf(times.ran)), {});
        times.ran.contains(*one.ran) ? settle(repetition, AlarmKind::Backend, one.id, text)
                                     : raise(repetition, AlarmKind::Backend, one.id, text);
    }
    const bool notReached = row.outcome == Outcome::Cancelled || row.cause == Cause::Budget;
    if (one.hasTime)
    {
        settle(repetition, AlarmKind::Lost, one.id, sentenceOf(one.title, "it has a time again", {}));
    }
    else if (times.inReference && !notReached)
    {
        raise(repetition, AlarmKind::Lost, one.id,
              fmt::format("{}: it has no time any more{}{}", one.title, row.reason.empty() ? "" : ": ", row.reason));
    }
}

void MonitorFold::takeDevice(const MonitorRepetition& repetition, const Report& report)
{
    const auto middle = [&](std::optional<double> Telemetry::*member)
    {
        std::vector<double> values;
        for (const auto& reading : report.telemetry)
        {
            if (reading.*member)
            {
                values.push_back(*(reading.*member));
            }
        }
        return median(values);
    };
    MonitorDevicePoint point{repetition.number, repetition.utc, middle(&Telemetry::smClockMhz),
                             middle(&Telemetry::powerW), middle(&Telemetry::temperatureC)};
    if (point.smClockMhz || point.powerW || point.temperatureC)
    {
        m_state.devicePoints.push_back(std::move(point));
        keepLast(m_state.devicePoints, m_state.rule.keep);
    }
}

void MonitorFold::judgeTimes(const MonitorRepetition& repetition)
{
    std::vector<CaseRuns> runs;
    for (const auto& times : m_times)
    {
        runs.push_back({timesOf(times.reference), timesOf(times.window), {}});
    }
    const RunToRunComparison comparison = compareRuns(runs, m_state.rule.time);
    for (std::size_t at = 0; at < m_state.cases.size(); ++at)
    {
        MonitorCase& one = m_state.cases[at];
        one.change = comparison.cases[at];
        if (one.change.verdict == ComparisonVerdict::Slower) // a machine that is busy is no slower attention
        {
            doubtWaits(one.change,
                       whyOnlyWaits(m_times[at].reference, m_times[at].window, m_state.rule.time.minimumEffect));
        }
        const ComparisonVerdict verdict = one.change.verdict;
        if (!one.points.empty() && one.points.back().repetition == repetition.number)
        {
            one.points.back().verdict = verdict;
        }
        if (verdict == ComparisonVerdict::CannotTell || verdict == one.verdict)
        {
            continue;
        }
        one.verdict = verdict;
        if (verdict == ComparisonVerdict::Slower)
        {
            raise(repetition, AlarmKind::Time, one.id, sentenceOf(one.title, "slower", one.change.reason));
        }
        else
        {
            const std::string_view word = verdict == ComparisonVerdict::Faster ? "faster" : "the same again";
            settle(repetition, AlarmKind::Time, one.id, sentenceOf(one.title, word, one.change.reason));
        }
    }
}

/// An alarm that stands is not raised again (its figures differ from run to run), but for another backend yet.
void MonitorFold::raise(const MonitorRepetition& repetition, AlarmKind kind, const std::string& caseId,
                        std::string text)
{
    const auto found =
        std::find_if(m_state.active.begin(), m_state.active.end(),
                     [&](const MonitorAlarm& alarm) { return alarm.kind == kind && alarm.caseId == caseId; });
    if (found != m_state.active.end() && (kind != AlarmKind::Backend || found->text == text))
    {
        return;
    }
    const std::string run = repetition.report ? repetition.report->run : std::string();
    MonitorAlarm alarm{kind, true, repetition.number, run, repetition.utc, caseId, std::move(text)};
    if (found != m_state.active.end())
    {
        *found = alarm;
    }
    else
    {
        m_state.active.push_back(alarm);
    }
    ++m_state.raised.at(static_cast<std::size_t>(kind));
    note(std::move(alarm));
}

/// Takes an alarm back, if there is one.
void MonitorFold::settle(const MonitorRepetition& repetition, AlarmKind kind, const std::string& caseId,
                         std::string text)
{
    const auto gone = std::erase_if(m_state.active, [&](const MonitorAlarm& alarm)
                                    { return alarm.kind == kind && alarm.caseId == caseId; });
    if (gone > 0)
    {
        const std::string run = repetition.report ? repetition.report->run : std::string();
        note({kind, false, repetition.number, run, repetition.utc, caseId, std::move(text)});
    }
}

void MonitorFold::note(MonitorAlarm alarm)
{
    m_state.alarms.push_back(std::move(alarm));
    keepLast(m_state.alarms, m_state.rule.keep);
}

} // namespace headroom
