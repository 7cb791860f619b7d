// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overview_figures.h"

#include "core/measure/statistics.h"
#include "core/plan/sweep_mask.h"
#include "core/report/audit_trials.h"
#include "core/report/case_cells.h"
#include "core/report/queries.h"
#include "core/report/summary.h"
#include "ui/models/figure_paths.h"
#include "ui/models/report_words.h"
#include "ui/pages/accuracy_charts.h"
#include "ui/models/rival_names.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <cmath>

namespace headroom::ui
{
namespace
{

QString tr(const char* text, int n = -1)
{
    return QCoreApplication::translate("OverviewPage", text, nullptr, n);
}

QString text(const std::string& from)
{
    return textOf(from);
}

/// How many times as fast ranked cases are as the baselines of their comparisons.
struct Leads
{
    const ComparisonReport* largest = nullptr;
    std::vector<double> ratios;
};

Leads leadsOf(const Report& report)
{
    Leads leads;
    for (const auto& comparison : report.comparisons)
    {
        const auto* candidate = candidateOf(report, comparison);
        const auto& ratio = comparison.comparison.ratio;
        if (comparison.ranked && ratio && candidate != nullptr && isMeasured(*candidate))
        {
            leads.ratios.push_back(*ratio);
            const bool first = leads.largest == nullptr || *ratio > *leads.largest->comparison.ratio;
            leads.largest = first ? &comparison : leads.largest;
        }
    }
    return leads;
}

/// The comparison of the training step, else that of the forward pass; one that was broken off only where there is no
/// other.
const ComparisonReport* comparisonOfModel(const Report& report)
{
    for (const bool ranked : {true, false})
    {
        for (const Pass pass : {Pass::TrainingStep, Pass::Forward})
        {
            if (const auto* main = mainComparison(report, pass); main != nullptr && (main->ranked || !ranked))
            {
                return main;
            }
        }
    }
    return nullptr;
}

Tone toneOf(const ComparisonReport& comparison)
{
    return comparison.ranked ? headroom::toneOf(comparison.comparison.verdict) : Tone::Caution;
}

QString placeOf(const CaseReport& row)
{
    const auto* problem = std::get_if<AttentionProblem>(&row.measured.subject);
    return problem == nullptr ? QString() : shapeWords(*problem);
}

/// "5.04 – 5.09", or "± 0.2 %" where its ends look the same: what stands behind the ratio itself.
QString intervalText(const QString& ratio)
{
    QString behind = ratio.section(QLatin1Char(' '), 1);
    return behind.remove(QLatin1Char('(')).remove(QLatin1Char(')'));
}

BigFigureContent speedFigure(const Report& report)
{
    const Format format;
    BigFigureContent content;
    content.definition = tr("How many times as fast the best verified fused backend is as the baseline, measured in "
                            "turns: the median of the ratios of paired samples, with its 95 % interval.");
    const auto* main = comparisonOfModel(report);
    const Leads leads = main == nullptr ? leadsOf(report) : Leads();
    const auto* comparison = main != nullptr ? main : leads.largest;
    const auto* candidate = comparison != nullptr ? candidateOf(report, *comparison) : nullptr;
    const auto* baseline = comparison != nullptr ? baselineOf(report, *comparison) : nullptr;
    if (candidate == nullptr || baseline == nullptr || !comparison->comparison.ratio)
    {
        content.label = tr("Speed, against math");
        content.text = text(format.dash());
        content.note = isSkipped(report, Stage::Performance) ? tr("skipped, as asked") : tr("nothing compared yet");
        return content;
    }
    content.label =
        isTrial(report, candidate->jobId)
            ? tr("%1, against the call as it is").arg(passName(candidate->measured.pass))
            : tr("%1, against %2").arg(passName(candidate->measured.pass), rivalInSentence(report, *baseline));
    const QString ratio = text(format.ratio(*comparison->comparison.ratio, comparison->comparison.interval));
    content.text = ratio.section(QLatin1Char(' '), 0, 0); // as many digits as its interval allows
    content.figure = ratioOf(report, *comparison);
    content.tone = toneOf(*comparison);
    QStringList note;
    if (leads.ratios.size() > 1)
    {
        note << tr("the largest of %1, their median is %2")
                    .arg(text(format.count(static_cast<std::int64_t>(leads.ratios.size()))),
                         text(format.ratio(*median(leads.ratios))));
    }
    if (const auto& interval = comparison->comparison.interval)
    {
        note << tr("%1 at 95 %").arg(intervalText(ratio));
        QString path = content.figure.source;
        path.chop(QStringLiteral("ratio").size());
        content.noteFigures << Figure{path + QStringLiteral("interval/low"), interval->low}
                            << Figure{path + QStringLiteral("interval/high"), interval->high};
    }
    note << rivalName(report, *candidate);
    if (candidate->device)
    {
        note << text(format.duration(candidate->device->medianNs));
        content.noteFigures << medianOf(report, *candidate);
    }
    if (const QString place = placeOf(*candidate); !place.isEmpty() && report.headlines.empty())
    {
        note << place;
    }
    if (!comparison->ranked)
    {
        note << tr("not ranked: %1").arg(text(comparison->whyUnranked));
    }
    content.note = note.join(QStringLiteral(" · "));
    return content;
}

BigFigureContent accuracyFigure(const Report& report)
{
    const Format format;
    BigFigureContent content;
    content.label = tr("Accuracy headroom");
    content.definition = tr("How much of the allowed error is left: 1 − error ÷ allowed error of the tensor that comes "
                            "nearest to its limit. Allowed is twice the error of naive attention in the same data type "
                            "against fp64, and what rounding alone may do. In an audit, of the calls as their fixes "
                            "change them.");
    const bool audit = isAudit(report);
    // A changed call runs what LibTorch chooses. Elsewhere all that was judged, as on the page Accuracy.
    const auto room = accuracyRoomOf(report, audit ? std::optional(Backend::Default) : std::nullopt);
    if (!room)
    {
        content.text = text(format.dash());
        content.note = isSkipped(report, Stage::Accuracy)     ? tr("skipped, as asked")
                       : audit && report.finished.has_value() ? tr("no changed call was judged")
                                                              : tr("nothing judged yet");
        return content;
    }
    const double left = 1 - room->used;
    const auto& tensor = *room->tensor;
    content.text = left >= 0 ? text(format.percent(left)) : tr("none");
    content.tone = room->judgement->verdict == AccuracyVerdict::Passed ? Tone::Good : Tone::Bad;
    if (!std::isfinite(room->used))
    {
        content.note = tr("worst: %1 of %2, not finite or beyond a limit of 0")
                           .arg(text(tensor.tensor), backendName(room->judgement->backend));
        return content;
    }
    const double error = room->byMaximum ? tensor.errors.maxError : tensor.errors.meanError;
    const bool absolute = room->byMaximum && allowedLargestOf(tensor) < tensor.allowedMax;
    const double allowed = room->byMaximum ? allowedLargestOf(tensor) : tensor.allowedMean;
    content.note =
        (audit ? tr("of the fixes tried, worst: %1 in %2, %3 error %4 of %5 allowed")
               : tr("worst: %1 of %2, %3 error %4 of %5 allowed"))
            .arg(text(tensor.tensor), audit ? text(room->judgement->path) : backendName(room->judgement->backend),
                 room->byMaximum ? tr("max") : tr("mean"), text(format.error(error)), text(format.error(allowed)));
    content.noteFigures = {
        {tensorPath(report, *room->judgement, tensor, room->byMaximum ? "/errors/maxError" : "/errors/meanError"),
         error},
        {tensorPath(report, *room->judgement, tensor,
                    absolute          ? "/absoluteLimit"
                    : room->byMaximum ? "/allowedMax"
                                      : "/allowedMean"),
         allowed}};
    content.basis = content.noteFigures;
    return content;
}

BigFigureContent memoryFigure(const Report& report)
{
    const Format format;
    BigFigureContent content;
    content.label = tr("Peak memory");
    content.definition = tr("The most that LibTorch had allocated during one run of the case, model and inputs "
                            "included.");
    const auto* row = mainCase(report);
    if (row == nullptr || !row->result.peakBytes)
    {
        content.text = text(format.dash());
        content.note = row == nullptr      ? tr("nothing measured yet")
                       : !isMeasured(*row) ? text(whyEmpty(*row))
                                           : tr("this device does not count it");
        return content;
    }
    content.text = text(format.bytes(row->result.peakBytes));
    content.figure = peakBytesOf(report, *row);
    QStringList note{rivalName(report, *row)};
    const auto* comparison = comparisonOf(report, *row);
    const auto* baseline = comparison != nullptr ? baselineOf(report, *comparison) : nullptr;
    if (baseline != nullptr && baseline->result.peakBytes)
    {
        note << tr("%1: %2").arg(rivalInSentence(report, *baseline), text(format.bytes(baseline->result.peakBytes)));
        content.noteFigures << peakBytesOf(report, *baseline);
    }
    if (const QString place = placeOf(*row); !place.isEmpty() && report.headlines.empty())
    {
        note << place;
    }
    content.note = note.join(QStringLiteral(" · "));
    return content;
}

BigFigureContent rateFigure(const Report& report)
{
    const Format format;
    BigFigureContent content;
    content.label = tr("Throughput");
    const auto* row = mainCase(report);
    content.definition =
        tr("Tokens that are worked through in a second of device time: batch × sequence ÷ the "
           "median time of one run. Of an attention call alone its floating-point rate, counted without "
           "what the mask hides.");
    if (row == nullptr || !row->device)
    {
        content.text = text(format.dash());
        content.note = tr("nothing timed yet");
        return content;
    }
    const bool call = std::holds_alternative<AttentionProblem>(row->measured.subject);
    if (call && row->roofline)
    {
        content.text = text(format.metric(row->roofline->flopsPerSecond, "FLOP/s"));
        content.figure = {casePath(report, *row, "/roofline/flopsPerSecond"), row->roofline->flopsPerSecond};
    }
    else if (row->tokensPerSecond)
    {
        content.text = text(format.rate(*row->tokensPerSecond, "tok/s"));
        content.figure = tokenRateOf(report, *row);
    }
    QStringList note{QStringLiteral("%1, %2").arg(rivalName(report, *row), passName(row->measured.pass).toLower())};
    if (row->roofline && row->roofline->shareOfSpecification)
    {
        note << tr("%1 of peak").arg(text(format.percent(*row->roofline->shareOfSpecification)));
        content.noteFigures << Figure{casePath(report, *row, "/roofline/shareOfSpecification"),
                                      *row->roofline->shareOfSpecification};
    }
    if (call)
    {
        note << placeOf(*row);
    }
    content.note = note.join(QStringLiteral(" · "));
    return content;
}

BigFigureContent countFigure(const QString& label, const QString& note, const QList<Figure>& counted, Tone tone)
{
    BigFigureContent content;
    content.label = label;
    content.note = note;
    content.text = text(Format().count(counted.size()));
    content.tone = counted.isEmpty() ? Tone::Plain : tone;
    content.definition = note;
    content.basis = counted;
    return content;
}

std::vector<BigFigureContent> batteryFigures(const Report& report)
{
    QList<Figure> all;
    QList<Figure> passed;
    QList<Figure> failed;
    QList<Figure> open;
    for (std::size_t at = 0; at < report.checks.size(); ++at)
    {
        const CheckStatus status = report.checks[at].status;
        const Figure figure{QStringLiteral("/headroom/checks/%1/status").arg(at), textOf(toString(status))};
        all << figure;
        (status == CheckStatus::Passed ? passed : status == CheckStatus::Failed ? failed : open) << figure;
    }
    return {countFigure(tr("Checks"), tr("known defects and properties looked for"), all, Tone::Plain),
            countFigure(tr("Absent or as it should be"), tr("looked for, and not found"), passed, Tone::Good),
            countFigure(tr("Present"), tr("a known defect shows, or a property does not hold"), failed, Tone::Bad),
            countFigure(tr("Not told"), tr("not applicable here, or not answered"), open, Tone::Caution)};
}

} // namespace

std::optional<AccuracyRoom> accuracyRoomOf(const Report& report, std::optional<Backend> backend)
{
    std::optional<AccuracyRoom> worst;
    for (const auto& judgement : report.judgements)
    {
        if (judgement.scope != JudgementScope::AttentionCall || (backend && judgement.backend != *backend))
        {
            continue;
        }
        for (const auto& tensor : judgement.tensors)
        {
            const auto used = JudgedTensor{&judgement, &tensor}.shareOfAllowed();
            if (used && (!worst || *used > worst->used))
            {
                worst = AccuracyRoom{&judgement, &tensor, *used, !isNearerByMean(tensor)};
            }
        }
    }
    return worst;
}

QString shapeWords(const AttentionProblem& problem)
{
    const Format format;
    const SweepMask mask = maskOf(problem);
    return tr("batch %1, sequence %2, head_dim %3, %4")
        .arg(text(format.count(problem.batch)), text(format.count(problem.kvLength)),
             text(format.count(problem.headDimQk)), mask == SweepMask{} ? tr("no mask") : text(toText(mask)));
}

const CaseReport* mainCase(const Report& report)
{
    const auto* comparison = comparisonOfModel(report);
    if (const auto* row = comparison != nullptr ? candidateOf(report, *comparison) : nullptr)
    {
        return row;
    }
    const CaseReport* best = nullptr;
    for (const auto& row : report.cases)
    {
        const auto rate = [](const CaseReport& one) { return one.roofline ? one.roofline->flopsPerSecond : 0; };
        if (isMeasured(row) && whyUnranked(row).empty() && (best == nullptr || rate(row) > rate(*best)))
        {
            best = &row;
        }
    }
    return best;
}

const JobReport* jobInFlight(const Report& report)
{
    const auto job =
        std::ranges::find_if(report.jobs, [](const JobReport& one) { return one.started && !one.finished; });
    return job == report.jobs.end() ? nullptr : &*job;
}

bool isBattery(const Report& report)
{
    return report.cases.empty() && report.judgements.empty() && !report.checks.empty();
}

std::vector<BigFigureContent> overviewFigures(const Report& report)
{
    if (isBattery(report))
    {
        return batteryFigures(report);
    }
    return {speedFigure(report), accuracyFigure(report), memoryFigure(report), rateFigure(report)};
}

} // namespace headroom::ui
