// SPDX-License-Identifier: GPL-3.0-or-later
#include "monitored_runs.h"

#include "core/launch/monitor_metrics.h"
#include "core/launch/set_up_error.h"
#include "tests/core/measure/noise.h"

#include <QTest>

#include <functional>

using namespace headroom;
using namespace headroom::testing;

namespace
{

/// Time stands still but for what the test lets pass.
class TestClock : public MonitorClock
{
public:
    double elapsedSeconds() override { return m_now; }
    std::string utc() override { return "2026-11-30T20:00:00.000Z"; }
    bool waitUntil(double seconds) override
    {
        waits.push_back(seconds);
        m_now = std::max(m_now, seconds);
        return waits.size() <= most;
    }
    void pass(double seconds) { m_now += seconds; }
    std::vector<double> waits;
    std::size_t most = 1000;

private:
    double m_now = 0;
};

} // namespace

/// Repetitions of known times, folded; no worker and no clock.
class TestMonitor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anUnchangedRunRaisesNoAlarm()
    {
        MonitorFold fold(rule());
        for (std::int64_t number = 1; number <= 60; ++number)
        {
            fold.take(repetition(number, wobble(number)));
        }
        QVERIFY2(fold.state().alarms.empty(), alarmText(fold.state()).c_str());
        QCOMPARE(fold.state().runs.passed, 60);
        QVERIFY(!fold.state().isLearning());
        for (const auto& one : fold.state().cases)
        {
            QCOMPARE(one.verdict, ComparisonVerdict::Same);
            QVERIFY(std::abs(*one.change.timeRatio - 1) < 0.01);
        }
    }

    void aSlowdownRaisesOneAlarmForEachCaseAndTakesItBack()
    {
        MonitorFold fold(rule());
        std::int64_t number = 1;
        for (; number <= 8; ++number)
        {
            fold.take(repetition(number, wobble(number)));
        }
        for (; number <= 16; ++number)
        {
            fold.take(repetition(number, 1.15 * wobble(number)));
        }
        QCOMPARE(raised(fold, AlarmKind::Time), 2);
        QCOMPARE(fold.state().active.size(), std::size_t{2});
        QVERIFY(fold.state().active[0].text.find("slower") != std::string::npos);
        QVERIFY(fold.state().active[0].repetition > 8 && fold.state().active[0].repetition <= 11);
        for (; number <= 24; ++number)
        {
            fold.take(repetition(number, wobble(number)));
        }
        QVERIFY2(fold.state().active.empty(), alarmText(fold.state()).c_str());
        QCOMPARE(raised(fold, AlarmKind::Time), 2);
        QVERIFY(!fold.state().alarms.back().raised);
    }

    void whatIsSeenBesideTimeIsAnAlarmAtOnce_data()
    {
        QTest::addColumn<std::function<void(Report&)>>("change");
        QTest::addColumn<AlarmKind>("kind");
        const auto row = [](const char* name, AlarmKind kind, std::function<void(Report&)> change)
        { QTest::newRow(name) << std::move(change) << kind; };
        row("another backend", AlarmKind::Backend,
            [](Report& report) { report.cases[1].evidence->ran = Backend::Math; });
        row("wrong numbers", AlarmKind::Accuracy,
            [](Report& report) { report.cases[1].accuracy = AccuracyVerdict::Failed; });
        row("no time", AlarmKind::Lost,
            [](Report& report)
            {
                report.cases[1].outcome = Outcome::Failed;
                report.cases[1].cause = Cause::WorkerDied;
            });
        row("a failed run", AlarmKind::Run, [](Report& report) { report.conclusion = Conclusion::Failed; });
        row("another driver", AlarmKind::Circumstances,
            [](Report& report) { report.circumstances->driverVersion = "590"; });
    }

    void whatIsSeenBesideTimeIsAnAlarmAtOnce()
    {
        QFETCH(std::function<void(Report&)>, change);
        QFETCH(AlarmKind, kind);
        MonitorFold fold(rule());
        std::int64_t number = 1;
        for (; number <= 4; ++number)
        {
            fold.take(repetition(number, 1));
        }
        for (; number <= 6; ++number)
        {
            auto odd = repetition(number, 1);
            change(*odd.report);
            fold.take(odd);
        }
        QCOMPARE(raised(fold, kind), 1); // and not once for each repetition
        QCOMPARE(fold.state().active.size(), std::size_t{1});
        QCOMPARE(fold.state().active[0].repetition, 5);
        fold.take(repetition(number, 1));
        QVERIFY2(fold.state().active.empty(), alarmText(fold.state()).c_str());
    }

    /// A speed-up is a verdict; an alarm is over only where one was raised.
    void aSpeedUpIsNoAlarmAndTakesNoneBack()
    {
        MonitorFold fold(rule());
        for (std::int64_t number = 1; number <= 18; ++number)
        {
            fold.take(repetition(number, (number > 6 && number <= 12 ? 0.8 : 1) * wobble(number)));
            QVERIFY(number != 12 || fold.state().cases[0].verdict == ComparisonVerdict::Faster);
        }
        QCOMPARE(fold.state().cases[0].verdict, ComparisonVerdict::Same);
        QVERIFY2(fold.state().alarms.empty(), alarmText(fold.state()).c_str());
    }

    /// Machines that stay as they are, with noise of whole runs and of cases: 10 monitors of 10 cases, 200 looks each.
    void fewAlarmsAreFalse_data()
    {
        QTest::addColumn<double>("runNoise");
        QTest::addColumn<double>("caseNoise");
        QTest::addColumn<int>("most"); ///< alarms of 2000 looks
        QTest::newRow("a quiet machine") << 0.003 << 0.003 << 0;
        QTest::newRow("a usual one") << 0.005 << 0.01 << 2;
        QTest::newRow("a noisy one") << 0.02 << 0.02 << 20;
    }

    void fewAlarmsAreFalse()
    {
        QFETCH(double, runNoise);
        QFETCH(double, caseNoise);
        QFETCH(int, most);
        Noise noise(7);
        std::int64_t alarms = 0;
        for (int machine = 0; machine < 10; ++machine)
        {
            MonitorFold fold{MonitorRule{}};
            for (std::int64_t number = 1; number <= 200; ++number)
            {
                fold.take(noisy(number, noise, runNoise, caseNoise, 1));
            }
            alarms += raised(fold, AlarmKind::Time);
        }
        QVERIFY2(alarms <= most, qPrintable(QString::number(alarms)));
    }

    /// All cases slow down by a twentieth: it is found when the window is full of it.
    void aSlowdownIsFoundInNoise()
    {
        Noise noise(11);
        int found = 0;
        for (int machine = 0; machine < 20; ++machine)
        {
            MonitorFold fold{MonitorRule{}};
            for (std::int64_t number = 1; number <= 23; ++number)
            {
                fold.take(noisy(number, noise, 0.003, 0.003, number > 20 ? 1.05 : 1));
            }
            found += raised(fold, AlarmKind::Time) > 0 ? 1 : 0;
        }
        QVERIFY2(found >= 18, qPrintable(QString::number(found)));
    }

    void aCaseNeedsNotBeVerifiedButRight_data()
    {
        QTest::addColumn<AccuracyVerdict>("accuracy");
        QTest::addColumn<int>("alarms");
        QTest::newRow("unverified") << AccuracyVerdict::Unverified << 2;
        QTest::newRow("wrong") << AccuracyVerdict::Failed << 0;
    }

    void aCaseNeedsNotBeVerifiedButRight()
    {
        QFETCH(AccuracyVerdict, accuracy);
        QFETCH(int, alarms);
        MonitorFold fold(rule());
        for (std::int64_t number = 1; number <= 8; ++number)
        {
            auto one = repetition(number, number > 4 ? 1.3 : 1);
            for (auto& row : one.report->cases)
            {
                row.accuracy = accuracy;
            }
            fold.take(one);
        }
        QCOMPARE(raised(fold, AlarmKind::Time), alarms);
    }

    void timesOfAnotherMachineAreNotCompared()
    {
        MonitorFold fold(rule());
        for (std::int64_t number = 1; number <= 6; ++number)
        {
            fold.take(repetition(number, wobble(number)));
        }
        for (std::int64_t number = 7; number <= 12; ++number)
        {
            auto odd = repetition(number, 2);
            odd.report->circumstances->devices.front().name = "another processor";
            fold.take(odd);
        }
        QCOMPARE(raised(fold, AlarmKind::Time), 0);
        QCOMPARE(raised(fold, AlarmKind::Circumstances), 1);
        QCOMPARE(fold.state().cases[0].verdict, ComparisonVerdict::Same);
    }

    void aCardThatThrottlesIsSlowerAndTheClockIsNamed()
    {
        MonitorFold fold(rule());
        for (std::int64_t number = 1; number <= 10; ++number)
        {
            auto one = repetition(number, number > 6 ? 1.25 : 1);
            for (auto& row : one.report->cases)
            {
                row.roofline->smMhz = number > 6 ? 1440 : 1800;
            }
            fold.take(one);
        }
        QCOMPARE(raised(fold, AlarmKind::Time), 2);
        QCOMPARE(raised(fold, AlarmKind::Circumstances), 1);
        QVERIFY2(alarmText(fold.state()).find("clock while sampling (1,440 MHz, here 1,800 MHz)") != std::string::npos,
                 alarmText(fold.state()).c_str());
    }

    void aRepetitionThatBreaksIsAState()
    {
        MonitorFold fold(rule());
        fold.take(repetition(1, 1));
        MonitorRepetition broken{2, 0, "2026-11-30T20:00:01.000Z", std::nullopt, "the disk is full"};
        fold.take(broken);
        fold.take(broken);
        QCOMPARE(fold.state().runs.broken, 2);
        QCOMPARE(raised(fold, AlarmKind::Run), 1);
        QCOMPARE(fold.state().lastSuccessUtc, repetition(1, 1).utc);
        fold.take(repetition(4, 1));
        QVERIFY(fold.state().active.empty());
        QCOMPARE(fold.state().lastSuccessUtc, repetition(4, 1).utc);
    }

    void earlierRunsCanBeTheReference()
    {
        MonitorFold fold(rule());
        const std::vector<Report> runs{run(1), run(1.001), run(0.999)};
        fold.setReference(runs);
        QVERIFY(!fold.state().isLearning());
        fold.take(repetition(1, 1.2));
        fold.take(repetition(2, 1.201));
        QCOMPARE(raised(fold, AlarmKind::Time), 2);
        QVERIFY_EXCEPTION_THROWN(MonitorFold(rule()).setReference({&runs[0], 1}), std::invalid_argument);
    }

    void theStateStaysAsLargeAsItIs()
    {
        MonitorRule small = rule();
        small.keep = 10;
        MonitorFold fold(small);
        for (std::int64_t number = 1; number <= 40; ++number)
        {
            auto one = repetition(number, number % 10 < 5 ? 1 : 1.3);
            if (number > small.reference && number % 2 == 0)
            {
                one.report->cases[0].evidence->ran = Backend::Naive;
            }
            fold.take(one);
        }
        for (const auto& one : fold.state().cases)
        {
            QCOMPARE(one.points.size(), std::size_t{10});
            QCOMPARE(one.points.back().repetition, 40);
        }
        QCOMPARE(fold.state().alarms.size(), std::size_t{10});
        QVERIFY(raised(fold, AlarmKind::Backend) > 10);
    }

    void aStateIsReadBackFromJson()
    {
        MonitorFold fold(rule());
        for (std::int64_t number = 1; number <= 6; ++number)
        {
            fold.take(repetition(number, number > 3 ? 1.5 : 1));
        }
        QCOMPARE(Json(fold.state()).get<MonitorState>(), fold.state());
    }

    /// Every 60 s, each run takes 20 s, but for the third with its 200 s.
    void missedTimesAreSkippedAndCounted()
    {
        MonitorFold fold(rule(), {60, 5});
        TestClock clock;
        std::vector<std::int64_t> missed;
        int made = 0;
        runMonitor(
            fold, clock,
            [&]
            {
                clock.pass(++made == 3 ? 200 : 20);
                return run(1);
            },
            [&](const MonitorState&, const MonitorRepetition& one, std::optional<double>)
            { missed.push_back(one.missed); });
        QCOMPARE(clock.waits, (std::vector<double>{0, 60, 120, 360, 420}));
        QCOMPARE(missed, (std::vector<std::int64_t>{0, 0, 0, 3, 0}));
        QCOMPARE(fold.state().missedTicks, 3);
        QCOMPARE(fold.state().runs.all(), 5);
    }

    void aRepetitionThatThrowsIsNotTheEnd()
    {
        MonitorFold fold(rule(), {60, 3});
        TestClock clock;
        int made = 0;
        runMonitor(
            fold, clock,
            [&]() -> Report
            {
                if (++made == 2)
                {
                    throw SetUpError("There is no worker.");
                }
                return run(1);
            },
            [](const MonitorState&, const MonitorRepetition&, std::optional<double>) {});
        QCOMPARE(fold.state().runs.passed, 2);
        QCOMPARE(fold.state().runs.broken, 1);
        QVERIFY(fold.state().alarms[0].text.ends_with("There is no worker."));
    }

    void aCancelledRunEndsItAndDoesNotCount()
    {
        MonitorFold fold(rule(), {60, {}});
        TestClock clock;
        int made = 0;
        runMonitor(
            fold, clock,
            [&]
            {
                Report report = run(1);
                report.finished->outcome = ++made == 3 ? Outcome::Cancelled : Outcome::Passed;
                return report;
            },
            [](const MonitorState&, const MonitorRepetition&, std::optional<double>) {});
        QCOMPARE(made, 3);
        QCOMPARE(fold.state().runs.all(), 2);
    }

    void aClockThatStopsEndsIt()
    {
        MonitorFold fold(rule(), {60, {}});
        TestClock clock;
        clock.most = 2;
        std::vector<std::optional<double>> next;
        runMonitor(
            fold, clock, [] { return run(1); },
            [&](const MonitorState&, const MonitorRepetition&, std::optional<double> at) { next.push_back(at); });
        QCOMPARE(fold.state().runs.all(), 2);
        QCOMPARE(next, (std::vector<std::optional<double>>{60, 120}));
    }

    /// A plan is repeated as it was, with the peaks that it measured.
    void peaksAreNotMeasuredAgain()
    {
        Report report = run(1);
        report.peaks = PeakRates{};
        report.plan.jobs.insert(report.plan.jobs.begin(),
                                Job{"peaks", Stage::Compatibility, "", 1, ProbeJob{smallModel(), ProbeKind::Peaks}});
        const Plan plan = repeatablePlan(report);
        QCOMPARE(plan.jobs.size(), report.plan.jobs.size() - 1);
        QVERIFY(plan.peaks.has_value());
        report.plan.jobs.clear();
        QVERIFY_EXCEPTION_THROWN(repeatablePlan(report), SetUpError);
    }

    void metricsAreOfTheLastRepetition()
    {
        MonitorFold fold(rule(), {60, {}}, "2026-11-30T19:00:00.000Z");
        for (std::int64_t number = 1; number <= 6; ++number)
        {
            auto one = repetition(number, number > 3 ? 1.5 : 1);
            Telemetry reading;
            reading.powerW = 400;
            reading.temperatureC = 60;
            reading.smClockMhz = 1500;
            one.report->telemetry.push_back(reading);
            fold.take(one);
        }
        const std::string text = writePrometheusText(metricsOf(fold.state()));
        const auto has = [&](const char* part)
        { return text.find(part) != std::string::npos || (qWarning("%s\nlacks %s", text.c_str(), part), false); };
        QVERIFY(has("# TYPE headroom_monitor_runs_total counter\n"));
        QVERIFY(has("headroom_monitor_runs_total{outcome=\"passed\"} 6\n"));
        QVERIFY(has("headroom_monitor_alarms_total{kind=\"time\"} 2\n"));
        QVERIFY(has("headroom_monitor_alarms_active{kind=\"time\"} 2\n"));
        QVERIFY(has("headroom_monitor_last_success_timestamp_seconds 1796068806\n"));
        QVERIFY(has("headroom_device_power_watts{device=\"Test CPU\"} 400\n"));
        QVERIFY(has("headroom_device_sm_clock_hertz{device=\"Test CPU\"} 1500000000\n"));
        QVERIFY(has("headroom_attention_latency_median_seconds{case=\""));
        QVERIFY(has("verdict=\"slower\"} 1\n"));
        QVERIFY(has("verdict=\"same\"} 0\n"));
        QVERIFY(has("ran=\"flash\"} 1\n"));
        QVERIFY(has("headroom_build_info{version="));
    }

    void timesOfDayAreSecondsSince1970()
    {
        QCOMPARE(unixSeconds("1970-01-02T00:00:01.500Z"), std::optional(86401.5));
        QCOMPARE(unixSeconds("2026-11-30T20:00:00.000Z"), std::optional(1796068800.0));
        QVERIFY(!unixSeconds("").has_value());
        QVERIFY(!unixSeconds("2026-13-30T20:00:00.000Z").has_value());
        QVERIFY(!unixSeconds("2026-11-30 20:00:00").has_value());
    }

private:
    /// Ten cases of known times without samples.
    static MonitorRepetition noisy(std::int64_t number, Noise& noise, double runNoise, double caseNoise, double factor)
    {
        static const Report base = []
        {
            Report report = run(1);
            report.cases.resize(1);
            report.cases[0].deviceNs.clear();
            report.cases.resize(10, report.cases[0]);
            for (std::size_t at = 0; at < report.cases.size(); ++at)
            {
                std::get<ModelInput>(report.cases[at].measured.subject).batch = static_cast<std::int64_t>(at) + 1;
            }
            return report;
        }();
        MonitorRepetition one{number, 0, "2026-11-30T20:00:00.000Z", base, {}};
        const double ofRun = runNoise * noise.normal();
        for (auto& row : one.report->cases)
        {
            const double slower = factor * std::exp(ofRun + caseNoise * noise.normal());
            row.device->medianNs *= slower;
            row.roofline->flopsPerSecond /= slower;
        }
        return one;
    }
};

QTEST_APPLESS_MAIN(TestMonitor)
#include "tst_monitor.moc"
