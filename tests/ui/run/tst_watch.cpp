// SPDX-License-Identifier: GPL-3.0-or-later
#include "kept_history.h"

#include "ui/run/watch.h"

#include <QSignalSpy>
#include <QtTest>

using namespace headroom;
using namespace headroom::ui;
using namespace headroom::testing;
using namespace std::chrono_literals;

/// A plan that is repeated, and what is kept of it.
class TestWatch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theFirstIsDueAtOnceAndTheNextAfterTheInterval()
    {
        Watch watch;
        QSignalSpy due(&watch, &Watch::due);
        watch.start(validationPlan(), QStringLiteral("nightly"), 1min);
        QCOMPARE(due.size(), 1);
        QCOMPARE(due.front().at(1).toString(), QStringLiteral("nightly"));
        QVERIFY(watch.isRunning());
        QCOMPARE(watch.untilNext(), 0ms);
        watch.take(foldedRun());
        QVERIFY(!watch.isRunning());
        QVERIFY(watch.untilNext() > 0ms && watch.untilNext() <= 1min);
        QCOMPARE(watch.state().runs.all(), 1);
        QCOMPARE(due.size(), 1);
    }

    /// One that took longer than the interval is followed by the next at once; none is made up for.
    void aLateOneIsFollowedAtOnce()
    {
        Watch watch;
        QSignalSpy due(&watch, &Watch::due);
        watch.start(validationPlan(), QStringLiteral("x"), 10ms);
        QTest::qWait(30);
        watch.take(foldedRun());
        QTRY_COMPARE(due.size(), 2);
        QTest::qWait(20);
        QCOMPARE(due.size(), 2); // it is on
    }

    void aStoppedWatchRunsNoMoreAndKeepsWhatItHas()
    {
        Watch watch;
        QSignalSpy due(&watch, &Watch::due);
        watch.start(validationPlan(), QStringLiteral("x"), 1ms);
        watch.take(foldedRun());
        watch.stop();
        QTest::qWait(20);
        QCOMPARE(due.size(), 1);
        QCOMPARE(watch.state().runs.all(), 1);
        QVERIFY(!watch.isOn());
    }

    /// A worker that died, or a disk that is full, ends a repetition and not the watch.
    void oneThatCouldNotBeRunIsAnAlarmAndFollowedByTheNext()
    {
        Watch watch;
        QSignalSpy due(&watch, &Watch::due);
        QSignalSpy alarms(&watch, &Watch::alarmed);
        watch.start(validationPlan(), QStringLiteral("nightly"), 1ms);
        watch.take(nullptr);
        QCOMPARE(watch.state().runs.broken, 1);
        QCOMPARE(alarms.size(), 1);
        QVERIFY(alarms.front().front().toString().startsWith(QStringLiteral("nightly, repetition 1: ")));
        QTRY_COMPARE(due.size(), 2);
    }

    void oneThatWasCancelledSaysNothing()
    {
        Watch watch;
        QSignalSpy due(&watch, &Watch::due);
        watch.start(validationPlan(), QStringLiteral("x"), 1ms);
        watch.take(foldedRun(4e6, 1.32, RunEnd::Cancelled));
        QCOMPARE(watch.state().runs.all(), 0);
        QTRY_COMPARE(due.size(), 2);
    }

    /// The first two are the reference; the last two are half as long again.
    void aSlowerCaseIsAnAlarm()
    {
        Watch watch;
        QSignalSpy alarms(&watch, &Watch::alarmed);
        MonitorRule rule;
        rule.reference = 3;
        rule.window = 2;
        watch.start(validationPlan(), QStringLiteral("nightly"), 1h, rule);
        for (const double mathNs : {4.00e6, 4.01e6, 3.99e6, 4.00e6})
        {
            watch.take(foldedRun(mathNs));
        }
        QCOMPARE(alarms.size(), 0);
        for (const double mathNs : {6.00e6, 6.01e6})
        {
            watch.take(foldedRun(mathNs));
        }
        QVERIFY(alarms.size() >= 1);
        QVERIFY(!watch.state().active.empty());
    }

    void aWatchThatBeginsAnewWaitsForTheOneThatIsOn()
    {
        Watch watch;
        QSignalSpy due(&watch, &Watch::due);
        watch.start(validationPlan(), QStringLiteral("first"), 1h);
        watch.stop();
        watch.start(validationPlan(), QStringLiteral("second"), 1h);
        QCOMPARE(due.size(), 1);
        watch.take(foldedRun()); // of the first
        QCOMPARE(watch.state().runs.all(), 0);
        QCOMPARE(due.size(), 2);
        QCOMPARE(due.back().at(1).toString(), QStringLiteral("second"));
    }
};

QTEST_MAIN(TestWatch)
#include "tst_watch.moc"
