// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/accuracy_page.h"

#include "core/plan/ladder.h"
#include "core/report/answer.h"
#include "core/report/format.h"
#include "core/report/report_tables.h"
#include "ui/charts/chart_legend.h"
#include "ui/charts/chart_view.h"
#include "ui/models/figure_paths.h"
#include "ui/models/report_words.h"
#include "ui/pages/check_list.h"
#include "ui/pages/figure_list.h"
#include "ui/pages/overview_figures.h"
#include "ui/theme/theme.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/scroll_column.h"
#include "ui/widgets/sentence_header.h"

#include <QComboBox>
#include <QGridLayout>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <set>

namespace headroom::ui
{
namespace
{

QString fromText(const std::string& text)
{
    return QString::fromStdString(text);
}

QString error(double value)
{
    return fromText(Format().error(value));
}

/// "all 4 backends are as exact as bfloat16 allows; the nearest to its limit is dQ of Flash, with 35 % left."
QString sentenceOf(const AccuracyScope& scope)
{
    std::set<Backend> all;
    std::set<Backend> wrong;
    std::set<Backend> unverified;
    for (const auto* judgement : scope.judgements)
    {
        all.insert(judgement->backend);
        if (judgement->verdict == AccuracyVerdict::Failed || judgement->verdict == AccuracyVerdict::NotFinite)
        {
            wrong.insert(judgement->backend);
        }
        else if (judgement->verdict == AccuracyVerdict::Unverified)
        {
            unverified.insert(judgement->backend);
        }
    }
    const QString dtype = textOf(toString(scope.judgements.front()->dtype));
    const auto worst = worstOfAll(scope);
    if (!wrong.empty())
    {
        QStringList names;
        for (const Backend backend : wrong)
        {
            names << backendName(backend);
        }
        return AccuracyPage::tr("%1: not as exact as %2 allows%3.")
            .arg(names.join(QStringLiteral(", ")), dtype,
                 worst ? AccuracyPage::tr("; the worst is %1").arg(QString::fromStdString(worst->tensor->tensor))
                       : QString());
    }
    if (!worst)
    {
        return AccuracyPage::tr("Nothing could be judged here.");
    }
    QString left = fromText(Format().percent(1 - worst->shareOfAllowed().value_or(1)));
    left.replace(QLatin1Char(' '), QChar(QChar::Nbsp)); // a number keeps its unit at the end of a line
    const auto judged = all.size() - unverified.size();
    const QString who = judged == 1   ? backendName(worst->judgement->backend) + AccuracyPage::tr(" is")
                        : judged == 2 ? AccuracyPage::tr("Both backends are")
                                      : AccuracyPage::tr("All %1 backends are").arg(judged);
    return AccuracyPage::tr("%1 as exact as %2 allows; %3 of %4 is nearest to its limit, with %5 left.")
        .arg(who, dtype, QString::fromStdString(worst->tensor->tensor), backendName(worst->judgement->backend), left);
}

QString placeOf(const TensorErrors& errors)
{
    QStringList indices;
    for (const auto index : errors.worstIndex)
    {
        indices << QString::number(index);
    }
    return indices.isEmpty() ? QString() : QStringLiteral("[%1]").arg(indices.join(QStringLiteral(", ")));
}

std::vector<FigureLine> worstLines(const Report& report, const JudgedTensor& worst)
{
    const auto& tensor = *worst.tensor;
    const auto path = [&](const char* below) { return tensorPath(report, *worst.judgement, tensor, below); };
    const auto line = [&](const QString& name, double value, const char* below, const QString& definition,
                          bool part = false) {
        return FigureLine{name, error(value), definition, {path(below), value}, Tone::Plain, part};
    };
    const Cell verdict = verdictCell(tensor.verdict);
    std::vector<FigureLine> lines{
        {AccuracyPage::tr("Tensor"),
         AccuracyPage::tr("%1 of %2").arg(QString::fromStdString(tensor.tensor), backendName(worst.judgement->backend)),
         {},
         {path("/tensor"), QString::fromStdString(tensor.tensor)},
         Tone::Plain},
        {AccuracyPage::tr("Verdict"), fromText(verdict.text), {}, {}, verdict.tone}};
    if (!worst.judgement->path.empty())
    {
        lines.push_back(
            {AccuracyPage::tr("Where"), QString::fromStdString(worst.judgement->path), {}, {}, Tone::Plain});
    }
    const std::vector<FigureLine> errors{
        line(AccuracyPage::tr("Largest error"), tensor.errors.maxError, "/errors/maxError",
             AccuracyPage::tr("Largest distance from our own attention in double precision.")),
        line(AccuracyPage::tr("allowed"), tensor.allowedMax, "/allowedMax",
             AccuracyPage::tr("Twice the yardstick's largest error (by the policy of the run), and the floor."), true),
        line(AccuracyPage::tr("naive attention"), tensor.yardstick.maxError, "/yardstick/maxError",
             AccuracyPage::tr("The yardstick: the largest error of plain attention in the same data type."), true),
        line(AccuracyPage::tr("rounding alone"), tensor.floorMax, "/floorMax",
             AccuracyPage::tr("The floor: what rounding to the data type alone may do."), true),
        line(AccuracyPage::tr("Mean error"), tensor.errors.meanError, "/errors/meanError",
             AccuracyPage::tr("Mean distance from double precision.")),
        line(AccuracyPage::tr("allowed"), tensor.allowedMean, "/allowedMean",
             AccuracyPage::tr(
                 "1.5 times the yardstick's mean error (by the policy of the run), and the floor of the mean."),
             true),
        line(AccuracyPage::tr("RMS error"), tensor.errors.rmsError, "/errors/rmsError", {}),
        line(AccuracyPage::tr("RMS of the values"), tensor.referenceRms, "/referenceRms",
             AccuracyPage::tr("How large the values themselves are, to compare the errors with."))};
    lines.insert(lines.end(), errors.begin(), errors.end());
    if (!tensor.errors.worstIndex.empty())
    {
        lines.push_back({AccuracyPage::tr("Worst element"),
                         placeOf(tensor.errors),
                         AccuracyPage::tr("Its place: batch, head, token, element."),
                         {},
                         Tone::Plain});
        lines.push_back({AccuracyPage::tr("its value"),
                         QString::number(tensor.errors.worstValue, 'g', 9),
                         {},
                         {path("/errors/worstValue"), tensor.errors.worstValue},
                         Tone::Plain,
                         true});
        lines.push_back({AccuracyPage::tr("should be"),
                         QString::number(tensor.errors.worstReference, 'g', 9),
                         {},
                         {path("/errors/worstReference"), tensor.errors.worstReference},
                         Tone::Plain,
                         true});
    }
    if (tensor.errors.notFinite > 0)
    {
        lines.push_back({AccuracyPage::tr("Not finite"),
                         fromText(Format().count(tensor.errors.notFinite)),
                         AccuracyPage::tr("Elements that are NaN or infinite where the reference is finite."),
                         {path("/errors/notFinite"), static_cast<qlonglong>(tensor.errors.notFinite)},
                         Tone::Bad});
    }
    return lines;
}

/// Tensors that are further off than the limit alone would allow, and right all the same.
QString floorNote(const Report& report, const AccuracyScope& scope)
{
    const double limit = report.plan.accuracy.maxErrorRatio;
    QStringList names;
    for (const auto& judged : worstOf(scope))
    {
        const QString name = QString::fromStdString(judged.tensor->tensor);
        if (judged.tensor->verdict == AccuracyVerdict::Passed && judged.tensor->ratio > limit && !names.contains(name))
        {
            names << name;
        }
    }
    return names.isEmpty()
               ? QString()
               : (names.size() == 1
                      ? AccuracyPage::tr("%1 is beyond %2 of the yardstick, which is nearly exact there, and passes "
                                         "by the floor: what rounding to the data type alone may do.")
                      : AccuracyPage::tr("%1 are beyond %2 of the yardstick, which is nearly exact there, and pass "
                                         "by the floor: what rounding to the data type alone may do."))
                     .arg(names.join(QStringLiteral(", ")), fromText(Format().ratio(limit)));
}

/// Why a verdict is what it is, once a reason.
QString reasonsOf(const AccuracyScope& scope)
{
    QStringList reasons;
    for (const auto* judgement : scope.judgements)
    {
        const QString reason = QString::fromStdString(judgement->reason);
        const QString line = QStringLiteral("%1: %2").arg(backendName(judgement->backend), reason);
        if (!reason.isEmpty() && !reasons.contains(line) && reasons.size() < 3)
        {
            reasons << line;
        }
    }
    return reasons.join(QStringLiteral("  "));
}

/// NaN that leaks as IEEE arithmetic has it, and bits that differ, are properties.
bool isFault(const CheckResult& check)
{
    const bool property =
        isByDesign(check.item) || check.check == CheckKind::Determinism || check.check == CheckKind::BatchInvariance;
    return check.status == CheckStatus::Failed && !property;
}

} // namespace

AccuracyPage::AccuracyPage(const Theme& theme, QWidget* parent) : ChartPage(theme, QStringLiteral("accuracy"), parent)
{
    m_scope = addChoice(tr("Of"), QStringLiteral("accuracyScope"));
    m_headroom = addChart(QStringLiteral("accuracyHeadroom"));
    m_yardstick = addChart(QStringLiteral("accuracyYardstick"));
    m_places = addChart(QStringLiteral("accuracyPlaces"));
    m_headroom->setToolTip(
        tr("The error over what is allowed, by the worse of largest and mean error; below 100 % is right."));
    m_yardstick->setToolTip(
        tr("The largest error over that of plain attention in the same data type. What rounding alone may "
           "do, the floor, is allowed on top of the limit."));
    m_places->setToolTip(tr("The worst tensor of each place."));
    m_worstPanel = new Panel(tr("Nearest to its limit"), {}, theme, this);
    m_worst = new FigureList(theme, m_worstPanel);
    m_worst->setObjectName(QStringLiteral("accuracyWorst"));
    auto* scroll = new QScrollArea(m_worstPanel);
    scroll->setObjectName(QStringLiteral("accuracyWorstScroll"));
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setAutoFillBackground(false);
    auto* column = new QWidget(scroll);
    column->setAutoFillBackground(false);
    auto* lines = new QVBoxLayout(column);
    lines->setContentsMargins(0, 0, 0, 0);
    lines->addWidget(m_worst);
    lines->addStretch(1);
    scroll->setWidget(column);
    column->setAutoFillBackground(false); // the scroll area had switched it on
    m_worstPanel->body()->addWidget(scroll, 1);
    m_judged = new QWidget(this);
    auto* judged = new QGridLayout(m_judged);
    judged->setContentsMargins(0, 0, 0, 0);
    judged->setSpacing(theme.space(3));
    judged->addWidget(m_headroom, 0, 0);
    judged->addWidget(m_yardstick, 1, 0);
    // The figures have the height that they need, the chart below them what is left.
    auto* side = new QVBoxLayout;
    side->setSpacing(theme.space(3));
    side->addWidget(m_worstPanel, 3);
    side->addWidget(m_places, 2);
    judged->addLayout(side, 0, 1, 2, 1);
    judged->setColumnStretch(0, 3);
    judged->setColumnStretch(1, 2);
    judged->setRowStretch(0, 1);
    judged->setRowStretch(1, 1);
    m_checks = new CheckList(theme);
    m_checked = new ScrollColumn(theme, this);
    m_checked->setObjectName(QStringLiteral("accuracyChecks"));
    m_checked->setFlush();
    m_checked->column()->addWidget(m_checks);
    m_checked->column()->addStretch(1);
    grid().addWidget(m_judged, 0, 0);
    grid().addWidget(m_checked, 0, 0);
}

void AccuracyPage::refresh()
{
    if (reports().empty())
    {
        showHint(tr("Are the numbers right?"), tr("Outputs and gradients of each backend against double precision, "
                                                  "held to what plain attention in the same "
                                                  "data type does."));
        return;
    }
    const auto& front = reports().front();
    const auto scopes = accuracyScopesOf(*front.report);
    const bool checked = !front.report->checks.empty();
    if (scopes.empty() && !checked)
    {
        const bool wasSkipped = !front.live && front.report->judgements.empty();
        showHint(front.live ? tr("Not judged yet") : tr("This report judges no accuracy"),
                 front.live ? tr("Verdicts appear here as the accuracy stage goes on.")
                            : tr("Its accuracy stage was skipped, or no backend took the call; without a verdict no "
                                 "time has a rank."),
                 wasSkipped);
        return;
    }
    QStringList names;
    for (const auto& scope : scopes)
    {
        names << scope.name;
    }
    if (checked)
    {
        names << tr("checks");
    }
    setChoices(m_scope, names);
    const auto chosen = static_cast<std::size_t>(std::max(0, m_scope->currentIndex()));
    m_judged->setVisible(chosen < scopes.size());
    m_checked->setVisible(chosen >= scopes.size());
    if (chosen >= scopes.size())
    {
        showChecks(front);
        return;
    }
    std::vector<AccuracySource> sources{{front.name, front.report.get(), scopes[chosen]}};
    for (std::size_t i = 1; i < reports().reports.size(); ++i)
    {
        const auto& open = reports().reports[i];
        for (const auto& scope : accuracyScopesOf(*open.report))
        {
            if (scope.scope == sources.front().scope.scope)
            {
                sources.push_back({open.name, open.report.get(), scope});
            }
        }
    }
    showScope(sources);
}

void AccuracyPage::showScope(const std::vector<AccuracySource>& sources)
{
    const auto& front = sources.front();
    const auto worst = worstOfAll(front.scope);
    header().setSentence(sentenceOf(front.scope), worst ? Figure{tensorPath(*front.report, *worst->judgement,
                                                                            *worst->tensor, "/errors/maxError"),
                                                                 worst->tensor->errors.maxError}
                                                        : Figure());
    const auto places = static_cast<std::int64_t>(front.scope.judgements.size());
    header().setNote(tr("%1 · %2 · against attention in double precision")
                         .arg(front.scope.name, fromText(Format().plural(places, "judgement"))));
    legend().setEntries(accuracyLegend(sources));
    m_headroom->setData(headroomChart(sources));
    m_yardstick->setData(yardstickChart(sources));
    const ChartData places2 = placesChart(front);
    m_places->setVisible(places2.hasPoints());
    m_places->setData(places2);
    showWorst(*front.report, front.scope);
    const QString reasons = reasonsOf(front.scope);
    setNote(reasons.isEmpty() ? floorNote(*front.report, front.scope) : reasons);
    showContent();
}

void AccuracyPage::forget()
{
    m_checks->forget();
}

/// The robustness of what ran: steps of the ladder, equal bits, known defects.
void AccuracyPage::showChecks(const OpenReport& open)
{
    const Report& report = *open.report;
    const bool fault = std::any_of(report.checks.begin(), report.checks.end(), &isFault);
    if (isBattery(report))
    {
        header().setSentence(textOf(answerOf(report, Format())), conclusionOf(report));
    }
    else
    {
        header().setSentence(fault ? tr("Not every check passed; what did not is below.")
                                   : tr("No check found a fault."));
    }
    header().setNote(tr("%1 · beyond the calls that were measured: hard inputs, equal bits, known defects")
                         .arg(fromText(Format().plural(static_cast<std::int64_t>(report.checks.size()), "check"))));
    legend().setEntries({});
    m_checks->showReport(report);
    setNote({});
    showContent();
}

void AccuracyPage::showWorst(const Report& report, const AccuracyScope& scope)
{
    const auto worst = worstOfAll(scope);
    m_worstPanel->setVisible(worst.has_value());
    if (worst)
    {
        m_worst->setLines(worstLines(report, *worst));
    }
}

} // namespace headroom::ui
