// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/dashboard_page.h"

#include "core/launch/monitor.h"
#include "core/report/format.h"
#include "core/report/original_claims.h"
#include "core/report/queries.h"
#include "ui/charts/chart_view.h"
#include "ui/models/history_table_model.h"
#include "ui/models/report_words.h"
#include "ui/pages/dashboard_charts.h"
#include "ui/theme/theme.h"
#include "ui/widgets/big_figure.h"
#include "ui/widgets/hint.h"
#include "ui/widgets/label.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/scroll_column.h"
#include "ui/widgets/sentence_header.h"
#include "ui/widgets/table_grid.h"
#include "ui/widgets/tile_layout.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSpinBox>

#include <cmath>

namespace headroom::ui
{
namespace
{

constexpr int kFigures = 4;
constexpr int kMostMinutes = 24 * 60;
constexpr std::size_t kMostAlarmRows = 8;
constexpr int kTickMs = 250;

/// "45 s", "9 min 9 s", "1 h 4 min": a span, which "09:09" does not look like.
QString spanText(std::chrono::milliseconds left)
{
    const auto seconds = (left.count() + 999) / 1000;
    return seconds < 60     ? DashboardPage::tr("%1 s").arg(seconds)
           : seconds < 3600 ? DashboardPage::tr("%1 min %2 s").arg(seconds / 60).arg(seconds % 60)
                            : DashboardPage::tr("%1 h %2 min").arg(seconds / 3600).arg(seconds / 60 % 60);
}

BigFigureContent contentOf(const QString& label, const QString& text, const QString& note, const QString& definition)
{
    BigFigureContent content;
    content.label = label;
    content.text = text.isEmpty() ? textOf(Format().dash()) : text;
    content.note = note;
    content.definition = definition;
    return content;
}

} // namespace

DashboardPage::DashboardPage(const Theme& theme, QWidget* parent) : FacedPage(theme, parent)
{
    setObjectName(QStringLiteral("page-dashboard"));
    auto* hint = new Hint(
        tr("Nothing to repeat yet"),
        tr("Run something or open a report: here its plan can be repeated every few minutes, with its latency, "
           "throughput and clocks over time in figures for the back of a room, and an alarm when a verdict "
           "changes."),
        theme);
    hint->addUsualActions();
    setFaces(hint, buildContent());
    m_tick.setInterval(kTickMs);
    connect(&m_tick, &QTimer::timeout, this, &DashboardPage::showCountdown);
    connect(&theme, &Theme::changed, this, &DashboardPage::applySpacing);
    applySpacing();
}

QLayout* DashboardPage::buildControls()
{
    auto* line = new QHBoxLayout;
    auto* label = new Label(tr("Every"), theme());
    m_minutes = new QSpinBox;
    m_minutes->setObjectName(QStringLiteral("watchMinutes"));
    m_minutes->setAccessibleName(tr("Minutes from one repetition to the next"));
    m_minutes->setToolTip(
        tr("From the beginning of one repetition to that of the next. One that takes longer is followed "
           "by the next at once."));
    m_minutes->setRange(1, kMostMinutes);
    m_minutes->setValue(10);
    m_minutes->setSuffix(tr(" min"));
    label->setBuddy(m_minutes);
    m_toggle = new QPushButton;
    m_toggle->setObjectName(QStringLiteral("watchToggle"));
    m_toggle->setProperty("role", QStringLiteral("primary"));
    connect(m_toggle, &QPushButton::clicked, this, &DashboardPage::toggle);
    m_countdown = new Label(theme(), TextRole::Sentence);
    m_countdown->setObjectName(QStringLiteral("watchCountdown"));
    line->addWidget(label);
    line->addWidget(m_minutes);
    line->addWidget(m_toggle);
    line->addStretch(1);
    line->addWidget(m_countdown);
    return line;
}

QWidget* DashboardPage::buildContent()
{
    auto* scroll = new ScrollColumn(theme());
    m_header = new SentenceHeader(theme());
    m_header->setObjectName(QStringLiteral("dashboardHeader"));
    auto* tiles = new QWidget;
    auto* layout = new TileLayout(theme().space(46), tiles);
    layout->setMostColumns(kFigures);
    for (int at = 0; at < kFigures; ++at)
    {
        m_figures.push_back(new BigFigure(theme()));
        m_figures.back()->setObjectName(QStringLiteral("watchFigure%1").arg(at));
        layout->addWidget(m_figures.back());
    }
    const auto chart = [this](const char* name)
    {
        auto* made = new ChartView(theme());
        made->setObjectName(QLatin1String(name));
        return made;
    };
    m_latency = chart("watchLatency");
    m_throughput = chart("watchThroughput");
    m_clocks = chart("watchClocks");
    m_alarmPanel = new Panel(tr("Alarms"), {}, theme());
    m_alarms = new TableGrid(theme());
    m_alarms->setObjectName(QStringLiteral("watchAlarms"));
    m_alarmPanel->body()->addWidget(m_alarms);
    m_alarmPanel->body()->addStretch(1);
    auto* grid = new QGridLayout;
    grid->setSpacing(theme().space(3));
    grid->addWidget(m_latency, 0, 0, 1, 2);
    grid->addWidget(m_throughput, 1, 0);
    grid->addWidget(m_clocks, 1, 1);
    grid->setRowStretch(0, 3);
    grid->setRowStretch(1, 2);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    QVBoxLayout* column = scroll->column();
    column->addWidget(m_header);
    column->addLayout(buildControls());
    column->addWidget(tiles);
    column->addLayout(grid, 1);
    column->addWidget(m_alarmPanel);
    return scroll;
}

void DashboardPage::applySpacing()
{
    m_latency->setMinimumHeight(theme().space(48));
    m_throughput->setMinimumHeight(theme().space(38));
    m_clocks->setMinimumHeight(theme().space(38));
}

void DashboardPage::setWatch(Watch& watch)
{
    if (m_watch != nullptr)
    {
        m_watch->disconnect(this);
    }
    m_watch = &watch;
    connect(&watch, &Watch::changed, this,
            [this]
            {
                if (isVisible())
                {
                    refresh();
                }
            });
    if (isVisible())
    {
        refresh();
    }
}

int DashboardPage::minutes() const
{
    return m_minutes->value();
}

void DashboardPage::setMinutes(int minutes)
{
    m_minutes->setValue(minutes);
}

void DashboardPage::refresh()
{
    const bool watched = m_watch != nullptr && (m_watch->isOn() || m_watch->state().runs.all() > 0);
    showFace(reports().empty() && !watched ? Face::Hint : Face::Content);
    showWatch();
}

const MonitorState& DashboardPage::state() const
{
    static const MonitorState none;
    return m_watch != nullptr ? m_watch->state() : none;
}

void DashboardPage::toggle()
{
    if (m_watch != nullptr && m_watch->isOn())
    {
        m_watch->stop();
        return;
    }
    if (!reports().empty())
    {
        Q_EMIT startRequested(repeatablePlan(*reports().front().report), reports().front().name, minutes());
    }
}

void DashboardPage::showWatch()
{
    const bool on = m_watch != nullptr && m_watch->isOn();
    const bool planned =
        !reports().empty() && !reports().front().report->plan.jobs.empty() && !isOriginal(*reports().front().report);
    m_toggle->setText(on ? tr("Stop") : tr("Repeat it"));
    m_toggle->setEnabled(on || (planned && m_watch != nullptr));
    m_toggle->setToolTip(on        ? tr("No further repetition; one that is on ends by itself")
                         : planned ? tr("Repeats the plan of %1 on this machine").arg(reports().front().name)
                                   : tr("The report in front holds no plan that could be repeated"));
    m_minutes->setEnabled(!on);
    showSentence();
    showFigures();
    m_latency->setData(watchLatency(state()));
    m_throughput->setData(watchThroughput(state()));
    m_clocks->setData(watchClocks(state()));
    showAlarms();
    showCountdown();
    on ? m_tick.start() : m_tick.stop();
}

void DashboardPage::showCountdown()
{
    const bool on = m_watch != nullptr && m_watch->isOn();
    m_countdown->setText(!on                    ? QString()
                         : m_watch->isRunning() ? tr("measuring now")
                                                : tr("next in %1").arg(spanText(m_watch->untilNext())));
    if (!isVisible())
    {
        m_tick.stop(); // refresh() starts it again
    }
}

void DashboardPage::showSentence()
{
    const Format format;
    const bool on = m_watch != nullptr && m_watch->isOn();
    const MonitorState& known = state();
    if (known.runs.all() == 0)
    {
        const QString name = on ? m_watch->title() : reports().empty() ? QString() : reports().front().name;
        m_header->setSentence(on ? tr("“%1”: the first repetition is on.").arg(name)
                                 : tr("“%1” can be repeated and watched.").arg(name),
                              {});
        m_header->setNote(tr("Each repetition is a run like any other, and is kept in the history."));
        return;
    }
    const auto active = static_cast<std::int64_t>(known.active.size());
    const QString rounds = textOf(format.plural(known.runs.all(), "repetition"));
    m_header->setSentence(
        active > 1 ? tr("%1 after %2; the latest: %3")
                         .arg(textOf(format.plural(active, "alarm")), rounds, textOf(known.active.back().text))
        : active == 1        ? tr("Alarm after %1: %2").arg(rounds, textOf(known.active.back().text))
        : known.isLearning() ? tr("%1 of the %2 that the later ones are held against.")
                                   .arg(textOf(format.count(known.referenceRuns)),
                                        textOf(format.plural(known.rule.reference, "repetition")))
                             : tr("%1, and every verdict is as in the reference.").arg(rounds),
        {});
    m_header->setNote(QStringLiteral("%1 · %2").arg(m_watch->title(), localTime(known.lastUtc)));
}

void DashboardPage::showFigures()
{
    const Format format;
    const MonitorState& known = state();
    const MonitorCase* main = mainCase(known);
    const QString who = main == nullptr ? tr("nothing measured yet")
                                        : QStringLiteral("%1, %2").arg(backendName(main->measured.backend),
                                                                       passName(main->measured.pass).toLower());
    const MonitorPoint last = main != nullptr ? main->points.back() : MonitorPoint();
    m_figures[0]->setContent(
        contentOf(tr("Latency"), last.medianNs ? textOf(format.duration(*last.medianNs)) : QString(),
                  last.intervalNs ? tr("%1 · %2 – %3")
                                        .arg(who, textOf(format.duration(last.intervalNs->low)),
                                             textOf(format.duration(last.intervalNs->high)))
                                  : who,
                  tr("Median device time of the best verified backend in the latest repetition, with its 95 % "
                     "interval.")));
    m_figures[1]->setContent(contentOf(
        tr("Throughput"),
        last.tokensPerSecond  ? textOf(format.rate(*last.tokensPerSecond, "tok/s"))
        : last.flopsPerSecond ? textOf(format.metric(*last.flopsPerSecond, "FLOP/s"))
                              : QString(),
        who, tr("Tokens, or of a bare attention call floating-point operations, in a second of device time.")));
    m_figures[2]->setContent(
        contentOf(last.smMhz || main == nullptr ? tr("SM clock") : tr("Clock"), // a processor has no SM
                  last.smMhz ? tr("%1 MHz").arg(textOf(format.count(std::llround(*last.smMhz)))) : QString(),
                  last.smMhz ? tr("median over the samples") : tr("this device does not tell"),
                  tr("The clock that the latest repetition was timed at.")));
    const auto active = static_cast<std::int64_t>(known.active.size());
    BigFigureContent count = contentOf(
        tr("Alarms"), known.runs.all() == 0 ? QString() : textOf(format.count(active)),
        active > 0           ? tr("raised, and not taken back")
        : known.isLearning() ? tr("the reference is still made")
                             : tr("as in the reference"),
        tr("What is not as in the reference, the first repetitions: a case that is slower beyond what it varies "
           "from run to run, its accuracy, the backend that ran, the circumstances, the run itself."));
    count.tone = known.runs.all() == 0 ? Tone::Plain : active > 0 ? Tone::Bad : Tone::Good;
    m_figures[3]->setContent(count);
}

void DashboardPage::showAlarms()
{
    Table table;
    table.title = "Alarms";
    table.columns = {{"repetition", Align::Right}, {"began"}, {"what changed"}};
    const auto& alarms = state().alarms;
    for (auto alarm = alarms.rbegin(); alarm != alarms.rend(); ++alarm)
    {
        table.rows.push_back({std::to_string(alarm->repetition), localTime(alarm->utc).toStdString(),
                              Cell(alarm->text, alarm->raised ? Tone::Bad : Tone::Good)});
    }
    m_alarmPanel->setVisible(!table.rows.empty());
    m_alarms->setTable(table, kMostAlarmRows);
}

} // namespace headroom::ui
