// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop_figures.h"

#include "app/desktop/desktop.h"
#include "app/desktop/main_window.h"
#include "app/desktop/page_stack.h"
#include "core/encoding/json.h"
#include "core/report/fold.h"
#include "core/report/json_report.h"
#include "core/run/fake_engine.h"
#include "stream_worker.h"
#include "ui/models/history_table_model.h"

#include <QAction>
#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QLabel>
#include <QProcess>
#include <QTableView>
#include <QTimer>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <vector>

#include <fmt/format.h>

namespace headroom
{
namespace
{

using SteadyClock = std::chrono::steady_clock;

constexpr int kPaints = 9;
constexpr int kPageMs = 1000; ///< that each page is shown for in the stream
constexpr double kNsPerMs = 1e6;

double millisecondsSince(SteadyClock::time_point start)
{
    return std::chrono::duration<double, std::milli>(SteadyClock::now() - start).count();
}

/// Calls back once, after the first paint of a widget.
class FirstPaint : public QObject
{
public:
    FirstPaint(QWidget& watched, std::function<void()> then) : m_then(std::move(then))
    {
        watched.installEventFilter(this);
    }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        if (event->type() == QEvent::Paint && m_then)
        {
            // The event is delivered after this filter, and the backing store flushed after it.
            QMetaObject::invokeMethod(watched, std::exchange(m_then, {}), Qt::QueuedConnection);
        }
        return false;
    }

private:
    std::function<void()> m_then;
};

/// How long the event loop takes from one beat of a millisecond to the next, beyond that millisecond.
class Heart : public QObject
{
public:
    Heart()
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.setInterval(1);
        connect(&m_timer, &QTimer::timeout, this,
                [this]
                {
                    m_stalls.push_back(std::max(0.0, millisecondsSince(m_last) - 1));
                    m_last = SteadyClock::now();
                    const double cpu = threadMilliseconds();
                    m_work.push_back(cpu - m_cpu);
                    m_cpu = cpu;
                });
        m_last = SteadyClock::now();
        m_timer.start();
    }

    double quantile(double share) const { return quantileOf(m_stalls, share); }
    double worst() const { return quantile(1); }

    /// What the thread itself worked from beat to beat: without what other programs took of the machine.
    QString workNote() const
    {
        return QStringLiteral("processor time of the thread itself: p99 %1 ms, worst %2 ms")
            .arg(quantileOf(m_work, 0.99), 0, 'f', 1)
            .arg(quantileOf(m_work, 1), 0, 'f', 1);
    }
    double worstWorkSinceMark() const
    {
        const auto from = m_work.begin() + static_cast<std::ptrdiff_t>(std::min(m_mark, m_work.size()));
        return from == m_work.end() ? 0 : *std::max_element(from, m_work.end());
    }
    void mark() { m_mark = m_work.size(); }

private:
    static double quantileOf(std::vector<double> values, double share)
    {
        std::sort(values.begin(), values.end());
        const auto at = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size()))) - 1;
        return values.empty() ? 0 : values[std::min(at, values.size() - 1)];
    }
    static double threadMilliseconds()
    {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / kNsPerMs;
    }

    QTimer m_timer;
    SteadyClock::time_point m_last;
    double m_cpu = threadMilliseconds();
    std::vector<double> m_stalls;
    std::vector<double> m_work;
    std::size_t m_mark = 0;
};

double residentMegabytes()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    constexpr double kPage = 4096;
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').value(1).toDouble() * kPage / 1e6 : 0;
}

void waitFor(QObject& sender, const char* signal)
{
    QEventLoop loop;
    QObject::connect(&sender, signal, &loop, SLOT(quit()));
    loop.exec();
}

WorkerCommand fakeWorker(const FakeScript& script)
{
    return {{HEADROOM_FAKE_WORKER}, {{"HEADROOM_FAKE", toJsonLine(Json(script))}}};
}

} // namespace

void say(const char* figure, double value, const char* unit, double target, const QString& note)
{
    Json line{{"figure", figure},
              {"value", std::round(value * 100) / 100},
              {"unit", unit},
              {"target", target},
              {"met", value <= target}};
    if (!note.isEmpty())
    {
        line["note"] = note.toStdString();
    }
    fmt::print("{}\n", line.dump());
    std::fflush(stdout);
}

int firstPaintChild(int argc, char** argv, long long startNs)
{
    QApplication application(argc, argv);
    desktop::Desktop program(application, [] { return WorkerCommand{{HEADROOM_FAKE_WORKER}, {}}; });
    const FirstPaint first(program.window(),
                           [startNs]
                           {
                               const long long now = SteadyClock::now().time_since_epoch().count();
                               const double cpuMs = 1e3 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
                               fmt::print("{} {}\n", static_cast<double>(now - startNs) / kNsPerMs, cpuMs);
                               std::fflush(stdout);
                               QApplication::exit();
                           });
    program.show({});
    return QApplication::exec();
}

void benchFirstPaint(const QString& program)
{
    std::vector<double> readings;
    std::vector<double> work;
    for (int at = 0; at < kPaints; ++at)
    {
        QProcess child;
        child.start(program,
                    {QStringLiteral("--first-paint"), QString::number(SteadyClock::now().time_since_epoch().count())});
        child.waitForFinished();
        const QList<QByteArray> words = child.readAllStandardOutput().trimmed().split(' ');
        readings.push_back(words.value(0).toDouble());
        work.push_back(words.value(1).toDouble());
    }
    std::sort(readings.begin(), readings.end());
    std::sort(work.begin(), work.end());
    say("desktop: first paint since the process's start", readings[readings.size() / 2], "ms", 200,
        QStringLiteral("median of %1, worst %2 ms; processor time %3 ms")
            .arg(kPaints)
            .arg(readings.back(), 0, 'f', 0)
            .arg(work[work.size() / 2], 0, 'f', 0));
}

void benchStream(const QString& program)
{
    const WorkerCommand worker{{program.toStdString(), "--worker"}, {}};
    desktop::Desktop desktop(*qApp, [worker] { return worker; });
    desktop.show({});
    waitFor(desktop.bench(), SIGNAL(machineDescribed(headroom::Circumstances)));
    const auto& pages = desktop.window().pages().factories();
    for (const auto& page : pages)
    {
        desktop.window().pages().page(page.id);
    }
    const double before = residentMegabytes();
    Heart heart;
    QTimer turn;
    std::size_t shown = 0;
    QStringList worst;
    QObject::connect(&turn, &QTimer::timeout, &turn,
                     [&]
                     {
                         if (!pages.empty())
                         {
                             worst.append(QStringLiteral("%1 %2")
                                              .arg(pages[shown % pages.size()].id)
                                              .arg(heart.worstWorkSinceMark(), 0, 'f', 0));
                             heart.mark();
                             desktop.window().pages().showPage(pages[++shown % pages.size()].id);
                         }
                     });
    std::shared_ptr<const Report> report;
    QObject::connect(&desktop.bench().runs(), &ui::RunController::runFinished, &turn,
                     [&](const std::shared_ptr<const Report>& ended) { report = ended; });
    desktop.bench().startRun(streamPlan(), QStringLiteral("stream"));
    turn.start(kPageMs);
    QElapsedTimer took;
    took.start();
    waitFor(desktop.bench(), SIGNAL(runEnded(QString, QString)));
    turn.stop();
    std::int64_t samples = 0;
    for (const CaseReport& row : report->cases)
    {
        samples += static_cast<std::int64_t>(row.deviceNs.size());
    }
    const std::int64_t sent = samplesOfCase() * 2 * static_cast<std::int64_t>(streamPlan().jobs.size());
    const QString rate =
        QStringLiteral("%1 events in %2 s").arg(sent).arg(static_cast<double>(took.elapsed()) / 1e3, 0, 'f', 1);
    say("desktop: events lost in the final report", static_cast<double>(sent - samples), "", 0, rate);
    const QString byPage =
        heart.workNote() + QStringLiteral("; worst of it by page: ") + worst.join(QStringLiteral(", "));
    say("desktop: event loop's stall at 5000 events/s, p99", heart.quantile(0.99), "ms", 16, heart.workNote());
    say("desktop: event loop's stall at 5000 events/s, worst", heart.worst(), "ms", 50, byPage);
    say("desktop: memory that the run added", residentMegabytes() - before, "MB", 200);
    desktop.window().hide();
}

void benchCancel()
{
    FakeScript script;
    script.fault = Fault::Hang;
    script.faultAtSample = 3;
    desktop::Desktop desktop(*qApp, [script] { return fakeWorker(script); });
    desktop.show({});
    waitFor(desktop.bench(), SIGNAL(machineDescribed(headroom::Circumstances)));
    desktop.bench().startRun(streamPlan(), QStringLiteral("hang"));
    auto* text = desktop.window().findChild<QLabel*>(QStringLiteral("statusText"));
    QEventLoop inFlight;
    QTimer::singleShot(1500, &inFlight, &QEventLoop::quit); // the worker hangs by then
    inFlight.exec();
    const auto start = SteadyClock::now();
    double shownMs = 0;
    const FirstPaint painted(*text, [&] { shownMs = millisecondsSince(start); });
    desktop.window().findChild<QAction*>(QStringLiteral("actionCancel"))->trigger();
    waitFor(desktop.bench(), SIGNAL(runEnded(QString, QString)));
    say("desktop: cancel is shown", shownMs, "ms", 100);
    say("desktop: a hanging worker is gone after cancel", millisecondsSince(start), "ms", 2000);
    desktop.window().hide();
}

void benchHistory()
{
    constexpr int kRuns = 10'000;
    std::vector<RunRow> runs;
    for (int at = 0; at < kRuns; ++at)
    {
        RunRow run;
        run.id = fmt::format("20261101T{:06}-{:08x}", at, at * 7919);
        run.file.name = run.id + ".journal.jsonl";
        run.state = at % 50 == 0 ? RunState::Cancelled : RunState::Finished;
        run.startedUtc =
            fmt::format("2026-{:02}-{:02}T{:02}:{:02}:00.000Z", at / 840 + 1, at / 30 % 28 + 1, at % 24, at % 60);
        run.command = at % 3 == 0 ? "sweep" : "validate";
        run.preset = "standard";
        run.title = fmt::format("encoder d_model {}, 12 layers", 64 * (at % 32 + 1));
        run.device = at % 2 == 0 ? "NVIDIA H200" : "AMD EPYC 9654 96-Core Processor";
        run.dtypes = {at % 2 == 0 ? "bfloat16" : "float32"};
        run.speedUps = {{Pass::Forward, Backend::Flash, ComparisonVerdict::Faster, 1.0 + at % 97 / 10.0, std::nullopt}};
        run.tags = at % 7 == 0 ? std::vector<std::string>{"nightly"} : std::vector<std::string>();
        runs.push_back(std::move(run));
    }
    const ui::HistoryList list = ui::historyListOf(std::move(runs));
    ui::HistoryTableModel model;
    QTableView view;
    view.setModel(&model);
    view.setSortingEnabled(true);
    view.resize(1000, 600);
    view.show();
    double worst = 0;
    const auto timed = [&](const std::function<void()>& work)
    {
        const auto start = SteadyClock::now();
        work();
        view.viewport()->repaint();
        worst = std::max(worst, millisecondsSince(start));
    };
    timed([&] { model.setRuns(list); });
    say("desktop: a history of 10,000 runs is listed", worst, "ms", 100);
    worst = 0;
    const QString typed = QStringLiteral("nightly h200 d_model");
    for (qsizetype length = 1; length <= typed.size(); ++length)
    {
        ui::HistoryFilter filter;
        filter.text = typed.left(length);
        timed([&] { model.setFilter(filter); });
    }
    say("desktop: a history of 10,000 runs is filtered, the slowest keystroke", worst, "ms", 16);
    worst = 0;
    model.setFilter({});
    timed([&] { view.sortByColumn(ui::HistoryTableModel::SpeedUp, Qt::AscendingOrder); });
    say("desktop: a history of 10,000 runs is sorted", worst, "ms", 100);
}

void benchOpening(const QString& folder)
{
    constexpr int kSamples = 100'000;
    const Plan plan = streamPlan();
    ReportFold fold;
    const auto apply = [&](const std::string& job, EventData data)
    {
        Event event;
        event.run = "opening";
        event.job = job;
        event.data = std::move(data);
        fold.apply(event);
    };
    FakeEngine engine;
    apply({}, RunStarted{plan, "0", ""});
    apply({}, CircumstancesSeen{engine.circumstances({})});
    const int each = kSamples / static_cast<int>(2 * plan.jobs.size());
    for (const Job& job : plan.jobs)
    {
        apply(job.id, JobStarted{0, 0, job.title, 1, 1});
        JobFinished finished;
        for (const Case& timed : casesOf(job))
        {
            SamplesTaken taken;
            taken.caseId = timed.id();
            for (int at = 0; at < each; ++at)
            {
                taken.ns.push_back(1e6 + 997.0 * (at * 7919 % 1013));
                taken.round.push_back(at);
                taken.smMhz.push_back(1755);
            }
            finished.cases.emplace_back().caseId = taken.caseId;
            apply(job.id, std::move(taken));
        }
        apply(job.id, std::move(finished));
    }
    const QString path = folder + QStringLiteral("/large.json");
    QFile file(path);
    if (file.open(QIODevice::WriteOnly))
    {
        file.write(QByteArray::fromStdString(writeJsonReport(fold.report())));
        file.close();
    }
    desktop::Desktop desktop(*qApp, [] { return fakeWorker({}); });
    desktop.show({});
    waitFor(desktop.bench(), SIGNAL(machineDescribed(headroom::Circumstances)));
    Heart heart;
    const auto start = SteadyClock::now();
    desktop.bench().openFiles({path});
    waitFor(desktop.bench(), SIGNAL(reportsChanged()));
    double shownMs = 0;
    QEventLoop loop;
    const FirstPaint painted(*desktop.window().pages().currentWidget(),
                             [&]
                             {
                                 shownMs = millisecondsSince(start);
                                 loop.quit();
                             });
    QTimer::singleShot(5000, &loop, &QEventLoop::quit);
    desktop.window().pages().currentWidget()->update();
    loop.exec();
    say("desktop: a report with 100,000 samples is open", shownMs / 1e3, "s", 1,
        QStringLiteral("%1 MB; event loop's worst stall %2 ms")
            .arg(static_cast<double>(file.size()) / 1e6, 0, 'f', 1)
            .arg(heart.worst(), 0, 'f', 0));
    desktop.window().hide();
}

} // namespace headroom
