// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/latency_page.h"

#include "core/report/audit_trials.h"
#include "core/report/format.h"
#include "core/report/report_tables.h"
#include "core/report/shared_cases.h"
#include "ui/charts/chart_legend.h"
#include "ui/charts/chart_view.h"
#include "ui/models/figure_paths.h"
#include "ui/models/report_words.h"
#include "ui/models/sample_ledger_model.h"
#include "ui/pages/case_words.h"
#include "ui/pages/figure_list.h"
#include "ui/pages/report_legend.h"
#include "ui/theme/theme.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/sentence_header.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHeaderView>
#include <QShortcut>
#include <QTableView>
#include <QVBoxLayout>

namespace headroom::ui
{
namespace
{

QString fromText(const std::string& text)
{
    return QString::fromStdString(text);
}

/// Whether \a job of \a report has ended.
bool isFinished(const Report& report, const std::string& job)
{
    for (const auto& row : report.jobs)
    {
        if (row.id == job)
        {
            return row.finished;
        }
    }
    return false;
}

/// The last case that has samples and whose job goes on.
std::optional<std::size_t> caseInFlight(const Report& report)
{
    for (std::size_t i = report.cases.size(); i-- > 0;)
    {
        const auto& row = report.cases[i];
        if (!row.deviceNs.empty() && !isFinished(report, row.jobId))
        {
            return i;
        }
    }
    return std::nullopt;
}

FigureLine quantileLine(const QString& name, const HonestQuantile& quantile, const QString& source)
{
    const Format format;
    FigureLine line{
        name,
        fromText(format.quantile(quantile)),
        LatencyPage::tr("Shown with a distribution-free 95 % interval, where there are samples enough for one."),
        {},
        quantile.value ? Tone::Plain : Tone::Muted};
    if (quantile.value)
    {
        line.text = fromText(format.duration(*quantile.value, quantile.interval));
        line.figure = {source, *quantile.value};
    }
    else if (!source.isEmpty())
    {
        line.figure = {QString(source).replace(QLatin1String("/value"), QLatin1String("/samplesMissing")),
                       static_cast<qlonglong>(quantile.samplesMissing)};
    }
    return line;
}

std::vector<FigureLine> summaryLines(const LatencySource& source, const LatencySummary& summary)
{
    const Format format;
    const auto figure = [&](const char* member, double value) {
        return Figure{source.source(member), source.source(member).isEmpty() ? QVariant() : QVariant(value)};
    };
    std::vector<FigureLine> lines{
        {LatencyPage::tr("Samples"), fromText(format.count(summary.n)),
         LatencyPage::tr("Timed calls. None is left out."), figure("n", static_cast<double>(summary.n)), Tone::Plain},
        {LatencyPage::tr("Median"), fromText(format.duration(summary.medianNs, summary.medianIntervalNs)),
         LatencyPage::tr("Half of the samples were faster. In brackets the 95 % interval."),
         figure("medianNs", summary.medianNs), Tone::Plain},
        {LatencyPage::tr("Mean"), fromText(format.duration(summary.meanNs)),
         LatencyPage::tr("Sum over number of all samples."), figure("meanNs", summary.meanNs), Tone::Plain},
        {LatencyPage::tr("Fastest"),
         fromText(format.duration(summary.minimumNs)),
         {},
         figure("minimumNs", summary.minimumNs),
         Tone::Plain},
        {LatencyPage::tr("Slowest"),
         fromText(format.duration(summary.maximumNs)),
         {},
         figure("maximumNs", summary.maximumNs),
         Tone::Plain}};
    if (summary.relativeStandardError)
    {
        lines.push_back({LatencyPage::tr("Standard error"), fromText(format.percent(*summary.relativeStandardError)),
                         LatencyPage::tr("Of the mean, as a share of it."),
                         figure("relativeStandardError", *summary.relativeStandardError), Tone::Plain});
    }
    lines.push_back(quantileLine(LatencyPage::tr("p95"), summary.p95Ns, source.source("p95Ns/value")));
    lines.push_back(quantileLine(LatencyPage::tr("p99"), summary.p99Ns, source.source("p99Ns/value")));
    return lines;
}

/// What stands beside the samples: first call, event pair, how sampling ended, labels.
void addCircumstances(const Report& report, const CaseReport& row, std::vector<FigureLine>& lines)
{
    const Format format;
    if (row.result.firstCallNs)
    {
        lines.push_back(
            {LatencyPage::tr("First call"),
             fromText(format.duration(*row.result.firstCallNs)),
             LatencyPage::tr("The first call of all, plan building and kernel loading included. It is no sample."),
             {casePath(report, row, "/result/firstCallNs"), *row.result.firstCallNs},
             Tone::Plain});
    }
    if (row.result.eventOverheadNs)
    {
        lines.push_back({LatencyPage::tr("Taken off"),
                         fromText(format.duration(*row.result.eventOverheadNs)),
                         LatencyPage::tr("What a pair of events costs by itself; taken off each sample."),
                         {casePath(report, row, "/result/eventOverheadNs"), *row.result.eventOverheadNs},
                         Tone::Plain});
    }
    if (isFinished(report, row.jobId))
    {
        const QString warm = row.result.warmupSettled ? LatencyPage::tr("settled") : LatencyPage::tr("not settled");
        lines.push_back(
            {LatencyPage::tr("Sampling ended"),
             textOf(spaced(toString(row.result.stop))),
             LatencyPage::tr("Precise: the standard error reached its target. Otherwise the cap that ended it."),
             {},
             Tone::Plain});
        lines.push_back({LatencyPage::tr("Warm-up"),
                         LatencyPage::tr("%1, %2").arg(fromText(format.plural(row.result.warmupRuns, "run")), warm),
                         LatencyPage::tr("Runs before the first sample, until the last ten agree within 1 %."),
                         {casePath(report, row, "/result/warmupRuns"), static_cast<qlonglong>(row.result.warmupRuns)},
                         row.result.warmupSettled ? Tone::Plain : Tone::Caution});
    }
}

/// "forward pass", "training step".
QString passWords(Pass pass)
{
    return pass == Pass::TrainingStep ? LatencyPage::tr("training step")
                                      : LatencyPage::tr("%1 pass").arg(passName(pass).toLower());
}

QString noteOf(const CaseReport& row, const LatencySummary& summary)
{
    const Format format;
    QStringList parts{caseTitle(row.measured)};
    for (const auto& [name, quantile] : {std::pair{"p95", summary.p95Ns}, std::pair{"p99", summary.p99Ns}})
    {
        if (!quantile.value && quantile.samplesMissing > 0)
        {
            parts << LatencyPage::tr("%1 %2").arg(QLatin1String(name), fromText(format.quantile(quantile)));
        }
    }
    return parts.join(QStringLiteral(" · "));
}

/// The backend; of a trial and of an A/B comparison, whose sides may share theirs, which of the two.
QString rowName(const Report& report, const CaseReport& row, bool first)
{
    const QString backend = backendName(row.measured.backend);
    if (row.measured.side)
    {
        return QStringLiteral("%1, %2").arg(textOf(letter(*row.measured.side)), backend);
    }
    return !isTrial(report, row.jobId) ? backend : first ? LatencyPage::tr("as it is") : LatencyPage::tr("changed");
}

} // namespace

LatencyPage::LatencyPage(const Theme& theme, QWidget* parent) : ChartPage(theme, QStringLiteral("latency"), parent)
{
    m_case = addChoice(tr("Case"), QStringLiteral("latencyCase"));
    m_case->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_case->setMinimumContentsLength(44);
    m_clock = addChoice(tr("Time"), QStringLiteral("latencyClock"));
    m_strip = addChart(QStringLiteral("latencyStrip"));
    m_distribution = addChart(QStringLiteral("latencyDistribution"));
    m_rows = addChart(QStringLiteral("latencyRows"));
    m_strip->setToolTip(tr("Each timed call, in order. A label explains a sample; none is left out."));
    m_distribution->setToolTip(tr("Bins by Freedman and Diaconis; the bands are 95 % intervals."));
    m_rows->setToolTip(tr("All samples of the cases that were timed in turns with this one, and their medians."));
    grid().addWidget(m_strip, 0, 0);
    grid().addWidget(m_distribution, 1, 0);
    grid().addWidget(m_rows, 2, 0);
    grid().setColumnStretch(0, 5);
    grid().setColumnStretch(1, 3);
    buildSide();
    const auto key = [this](QKeySequence keys, void (LatencyPage::*slot)())
    {
        auto* shortcut = new QShortcut(keys, this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, slot);
    };
    key(Qt::Key_BracketRight, &LatencyPage::showNextCase);
    key(Qt::Key_BracketLeft, &LatencyPage::showPreviousCase);
    m_case->setToolTip(tr("The case that is shown. [ and ] go to the one before and after."));
}

void LatencyPage::buildSide()
{
    m_figuresPanel = new Panel(tr("In figures"), {}, theme(), this);
    m_figures = new FigureList(theme(), m_figuresPanel);
    m_figures->setObjectName(QStringLiteral("latencyFigures"));
    m_figuresPanel->body()->addWidget(m_figures);
    auto* ledgerPanel = new Panel(tr("Sample ledger"), {}, theme(), this);
    m_ledger = new QTableView(ledgerPanel);
    m_ledger->setObjectName(QStringLiteral("latencyLedger"));
    m_ledger->setAccessibleName(tr("Sample ledger"));
    m_model = new SampleLedgerModel(this);
    m_ledger->setModel(m_model);
    m_ledger->verticalHeader()->hide();
    m_ledger->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_ledger->horizontalHeader()->setResizeContentsPrecision(0); // of the rows that are seen, not of a thousand
    m_ledger->horizontalHeader()->setStretchLastSection(true);
    m_ledger->setShowGrid(false);
    m_ledger->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff); // the label, which is last, has what is left
    m_ledger->setFrameShape(QFrame::NoFrame);
    m_ledger->setSelectionBehavior(QAbstractItemView::SelectRows);
    const auto applyTheme = [this]
    {
        m_ledger->verticalHeader()->setDefaultSectionSize(this->theme().space(6));
        m_ledger->horizontalHeader()->setFont(this->theme().font(TextRole::Note));
        m_ledger->setFont(this->theme().font(TextRole::Note));
    };
    applyTheme();
    connect(&this->theme(), &Theme::changed, this, applyTheme);
    ledgerPanel->body()->addWidget(m_ledger, 1);
    auto* side = new QVBoxLayout;
    side->setSpacing(theme().space(3));
    side->addWidget(m_figuresPanel);
    side->addWidget(ledgerPanel, 1);
    grid().addLayout(side, 0, 1, 3, 1);
    connect(m_strip, &ChartView::pointActivated, this,
            [this](std::size_t series, std::size_t point)
            {
                const auto& shown = m_strip->data().series[series].points[point];
                m_ledger->selectRow(static_cast<int>(shown.x) - 1);
            });
}

void LatencyPage::showRun(const RunState& state)
{
    const bool running = state.phase == RunPhase::Running || state.phase == RunPhase::Paused;
    m_inFlight = running ? state.inFlight : QString();
    if (!reports().empty() && reports().front().live && isVisible())
    {
        setNote(m_inFlight.isEmpty() ? QString() : tr("In flight: %1").arg(m_inFlight));
    }
}

std::vector<std::size_t> LatencyPage::listCases()
{
    const Report& report = *reports().front().report;
    std::vector<std::size_t> cases;
    QStringList texts;
    if (reports().front().live)
    {
        texts << tr("The case in flight");
        cases.push_back(caseInFlight(report).value_or(report.cases.size()));
    }
    for (std::size_t i = 0; i < report.cases.size(); ++i)
    {
        if (!report.cases[i].deviceNs.empty())
        {
            texts << caseTitle(report.cases[i].measured);
            cases.push_back(i);
        }
    }
    if (reports().front().live && cases.front() == report.cases.size() && cases.size() > 1)
    {
        cases.front() = cases.back(); // between two cases: the last one
    }
    setChoices(m_case, texts);
    return cases;
}

void LatencyPage::refresh()
{
    if (reports().empty())
    {
        showHint(
            tr("Every sample of a case"),
            tr("Each timed call with its clock, how the times are distributed, and the percentiles that their number "
               "supports."));
        return;
    }
    const auto cases = listCases();
    const auto chosen = static_cast<std::size_t>(std::max(0, m_case->currentIndex()));
    if (chosen >= cases.size() || cases[chosen] >= reports().front().report->cases.size())
    {
        const bool live = reports().front().live;
        showHint(live ? tr("No sample yet") : tr("Nothing was timed in this report"),
                 live ? tr("Samples appear here as soon as the performance stage begins.")
                      : tr("Its performance stage was skipped, or no case could be run. The page “Why not” says what "
                           "stood in the way."),
                 !live);
        return;
    }
    showCase(cases[chosen]);
}

std::vector<LatencySource> LatencyPage::sameInOthers(const LatencySource& front) const
{
    std::vector<LatencySource> sources{front};
    const std::string id = meetingId(front.row().measured);
    for (std::size_t i = 1; i < reports().reports.size(); ++i)
    {
        const auto& open = reports().reports[i];
        for (std::size_t row = 0; row < open.report->cases.size(); ++row)
        {
            if (!open.report->cases[row].deviceNs.empty() && meetingId(open.report->cases[row].measured) == id)
            {
                sources.push_back({open.name, open.report.get(), row, front.clock});
                break;
            }
        }
    }
    return sources;
}

std::vector<LatencySource> LatencyPage::wholeComparison(const LatencySource& front) const
{
    std::vector<LatencySource> rows;
    for (std::size_t i = 0; i < front.report->cases.size(); ++i)
    {
        const auto& row = front.report->cases[i];
        if (row.jobId == front.row().jobId && !row.deviceNs.empty())
        {
            rows.push_back({rowName(*front.report, row, rows.empty()), front.report, i, front.clock});
            rows.back().made = i == front.index ? front.made : std::nullopt;
        }
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const LatencySource& left, const LatencySource& right)
                     { return backendRank(left.row().measured.backend) < backendRank(right.row().measured.backend); });
    return rows;
}

void LatencyPage::showCase(std::size_t index)
{
    const auto& open = reports().front();
    const CaseReport& row = open.report->cases[index];
    setChoices(m_clock, row.wallNs.empty() ? QStringList{tr("on the device")}
                                           : QStringList{tr("on the device"), tr("wall, with launch")});
    LatencySource source{open.name, open.report.get(), index,
                         m_clock->currentIndex() == 1 ? Clock::Wall : Clock::Device};
    const auto summary = source.summary();
    if (summary)
    {
        const Format format;
        const QString median = fromText(format.duration(summary->medianNs, summary->medianIntervalNs));
        const QString source95 = source.source("medianNs");
        header().setSentence(tr("%1 takes %3 for the %2, the median of %4.")
                                 .arg(backendName(row.measured.backend), passWords(row.measured.pass), median,
                                      fromText(format.plural(summary->n, "sample"))),
                             {source95, source95.isEmpty() ? QVariant() : QVariant(summary->medianNs)});
        header().setNote(noteOf(row, *summary));
    }
    const auto others = sameInOthers(source);
    std::vector<LegendEntry> entries;
    for (std::size_t i = 0; i < others.size() && others.size() > 1; ++i)
    {
        entries.push_back({reportKey(i), others[i].name, row.measured.backend, Marker::None, lineStyleOf(i), {}});
    }
    const ChartData strip = sampleStrip(source);
    for (const auto& series : strip.series)
    {
        if (strip.series.size() > 1)
        {
            entries.push_back({series.key, series.name, series.ink, series.marker, LineStyle::None, {}});
        }
    }
    legend().setEntries(entries);
    legend().setVisible(!entries.empty());
    m_strip->setData(strip);
    m_distribution->setData(distributionChart(others));
    const auto rows = wholeComparison(source);
    m_rows->setVisible(rows.size() > 1);
    m_rows->setData(backendRows(rows));
    showFigures(source);
    m_model->show(open.report, index, source.clock);
    m_ledger->setColumnHidden(SampleLedgerModel::Round, m_ledger->width() < theme().space(90)); // labels before rounds
    const QString odd = oddities(row);
    setNote(open.live && !m_inFlight.isEmpty() ? tr("In flight: %1").arg(m_inFlight)
            : odd.isEmpty()                    ? QString()
                                               : tr("Odd: %1").arg(odd));
    showContent();
}

void LatencyPage::showFigures(const LatencySource& source)
{
    std::vector<FigureLine> lines;
    if (const auto summary = source.summary())
    {
        lines = summaryLines(source, *summary);
    }
    addCircumstances(*source.report, source.row(), lines);
    m_figures->setLines(lines);
}

void LatencyPage::step(int by)
{
    const int count = m_case->count();
    if (count > 0)
    {
        m_case->setCurrentIndex((m_case->currentIndex() + by + count) % count);
    }
}

void LatencyPage::showNextCase()
{
    step(1);
}

void LatencyPage::showPreviousCase()
{
    step(-1);
}

} // namespace headroom::ui
