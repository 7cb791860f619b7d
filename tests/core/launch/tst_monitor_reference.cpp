// SPDX-License-Identifier: GPL-3.0-or-later
#include "monitored_runs.h"

#include <QTest>

using namespace headroom;
using namespace headroom::testing;

/// What a monitor learns first, and what is no part of that.
class TestMonitorReference : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Both backends were seen before: neither is news.
    void allBackendsOfTheReferenceAreKnown()
    {
        MonitorFold fold(rule());
        for (std::int64_t number = 1; number <= 9; ++number)
        {
            auto one = repetition(number, 1);
            one.report->cases[1].evidence->ran = number == 2 || number == 6 ? Backend::Math : Backend::Flash;
            fold.take(one);
        }
        QCOMPARE(raised(fold, AlarmKind::Backend), 1); // in the second: what it was held against knew one
        QVERIFY2(fold.state().active.empty(), alarmText(fold.state()).c_str());
        QCOMPARE(fold.state().alarms.front().repetition, 2);
        auto odd = repetition(10, 1);
        odd.report->cases[1].evidence->ran = Backend::Naive;
        fold.take(odd);
        QVERIFY2(alarmText(fold.state()).find("naive ran, and flash and math in the reference") != std::string::npos ||
                     alarmText(fold.state()).find("naive ran, and math and flash in the reference") !=
                         std::string::npos,
                 alarmText(fold.state()).c_str());
    }

    /// Wrong in one repetition of the reference that did not fail, and right in its last: it was wrong before.
    void theWorstAccuracyOfTheReferenceCounts()
    {
        MonitorFold fold(rule());
        for (std::int64_t number = 1; number <= 5; ++number)
        {
            auto one = repetition(number, 1);
            one.report->cases[1].accuracy =
                number == 2 || number == 5 ? AccuracyVerdict::Failed : AccuracyVerdict::Passed;
            fold.take(one);
        }
        QCOMPARE(raised(fold, AlarmKind::Accuracy), 1);
        QCOMPARE(fold.state().alarms.front().repetition, 2);
        QVERIFY2(fold.state().active.empty(), alarmText(fold.state()).c_str());
    }

    void whatFailedOrIsUnlikeIsNoReference_data()
    {
        QTest::addColumn<std::function<void(Report&)>>("change");
        const auto row = [](const char* name, std::function<void(Report&)> change)
        { QTest::newRow(name) << std::move(change); };
        row("failed",
            [](Report& report)
            {
                report.conclusion = Conclusion::Failed;
                report.cases[1].accuracy = AccuracyVerdict::Failed;
            });
        row("another device", [](Report& report) { report.circumstances->devices.front().name = "another processor"; });
    }

    void whatFailedOrIsUnlikeIsNoReference()
    {
        QFETCH(std::function<void(Report&)>, change);
        MonitorFold fold(rule());
        fold.take(repetition(1, 1));
        auto odd = repetition(2, 3);
        change(*odd.report);
        fold.take(odd);
        QCOMPARE(fold.state().referenceRuns, 1);
        fold.take(repetition(3, 1.001));
        fold.take(repetition(4, 0.999));
        QVERIFY(!fold.state().isLearning());
        QVERIFY(std::abs(*fold.state().cases[0].referenceNs / 4e6 - 1) < 0.01);
        QVERIFY2(fold.state().active.empty(), alarmText(fold.state()).c_str());
        odd = repetition(5, 1);
        odd.report->cases[1].accuracy = AccuracyVerdict::Failed;
        fold.take(odd);
        QCOMPARE(fold.state().active.size(), std::size_t{1});
        QCOMPARE(fold.state().active[0].kind, AlarmKind::Accuracy);
    }

    /// The first repetition fails: the next is the first of the reference, and held against nothing.
    void aFirstRepetitionThatFailsIsNoReference()
    {
        MonitorFold fold(rule());
        auto failed = repetition(1, 1);
        failed.report->conclusion = Conclusion::Failed;
        failed.report->circumstances->devices.front().name = "another processor";
        failed.report->cases[1].evidence->ran = Backend::Math;
        fold.take(failed);
        QCOMPARE(fold.state().referenceRuns, 0);
        fold.take(repetition(2, 1));
        QCOMPARE(fold.state().referenceRuns, 1);
        QCOMPARE(raised(fold, AlarmKind::Circumstances), 0);
        QCOMPARE(raised(fold, AlarmKind::Backend), 0);
        QVERIFY2(fold.state().active.empty(), alarmText(fold.state()).c_str());
    }

    /// Nothing is compared while every run fails: that is said, once, and the first good run is learnt from.
    void aReferenceThatIsNeverLearntIsAnAlarm_data()
    {
        QTest::addColumn<QByteArray>("how");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("each run fails") << QByteArray("failed") << QByteArray("The last one failed.");
        QTest::newRow("none can be made") << QByteArray("broken") << QByteArray("The last one could not be made.");
    }

    void aReferenceThatIsNeverLearntIsAnAlarm()
    {
        QFETCH(QByteArray, how);
        QFETCH(QByteArray, says);
        MonitorFold fold(rule());
        const auto most = fold.state().rule.reference;
        std::int64_t number = 1;
        for (; number <= 3 * most; ++number)
        {
            auto bad = repetition(number, 1);
            if (how == "broken")
            {
                bad.report.reset();
                bad.problem = "the disk is full";
            }
            else
            {
                bad.report->conclusion = Conclusion::Failed;
            }
            fold.take(bad);
            QCOMPARE(raised(fold, AlarmKind::Reference), number < most ? 0 : 1);
        }
        const std::string text = alarmText(fold.state());
        QVERIFY2(text.find("There is no reference, and nothing is compared") != std::string::npos, text.c_str());
        QVERIFY2(text.find(says.toStdString()) != std::string::npos, text.c_str());
        fold.take(repetition(number++, 1));
        QCOMPARE(fold.state().referenceRuns, 1);
        QVERIFY2(fold.state().active.empty(), alarmText(fold.state()).c_str());
        for (std::int64_t more = 1; more < most + 3; ++more)
        {
            fold.take(repetition(number++, 1));
        }
        QVERIFY(!fold.state().isLearning());
        QCOMPARE(fold.state().cases[0].verdict, ComparisonVerdict::Same);
    }

    /// The machine changes after the first run of the reference, and stays so.
    void aReferenceOfAnotherMachineIsAnAlarm()
    {
        MonitorFold fold(rule());
        fold.take(repetition(1, 1));
        for (std::int64_t number = 2; number <= 1 + fold.state().rule.reference; ++number)
        {
            auto other = repetition(number, 1);
            other.report->circumstances->devices.front().name = "another processor";
            fold.take(other);
        }
        QCOMPARE(raised(fold, AlarmKind::Circumstances), 1);
        QCOMPARE(raised(fold, AlarmKind::Reference), 1);
        QVERIFY2(alarmText(fold.state()).find("it has 1 of") != std::string::npos, alarmText(fold.state()).c_str());
    }

    /// Others use the cores: no slower attention.
    void waitsForACoreAreNoAlarm()
    {
        MonitorFold fold(rule());
        std::int64_t number = 1;
        for (; number <= 8; ++number)
        {
            fold.take(repetition(number, wobble(number)));
        }
        for (; number <= 14; ++number)
        {
            auto busy = repetition(number, 1.15 * wobble(number));
            for (auto& row : busy.report->cases)
            {
                row.waitedShare = 0.13;
            }
            fold.take(busy);
        }
        QVERIFY2(fold.state().active.empty(), alarmText(fold.state()).c_str());
        QVERIFY(fold.state().cases[0].change.reason.find("without the waits for a core") != std::string::npos);
        for (; number <= 20; ++number)
        {
            fold.take(repetition(number, 1.15 * wobble(number)));
        }
        QVERIFY(raised(fold, AlarmKind::Time) > 0);
    }
};

QTEST_APPLESS_MAIN(TestMonitorReference)
#include "tst_monitor_reference.moc"
