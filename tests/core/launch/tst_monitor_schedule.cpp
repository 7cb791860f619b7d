// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/monitor_schedule.h"

#include <QTest>

using namespace headroom;

/// When a plan is repeated, as a value: no clock is asked.
class TestMonitorSchedule : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theNextTickIsTheFirstThatHasNotPassed_data()
    {
        QTest::addColumn<std::int64_t>("last");
        QTest::addColumn<double>("elapsed");
        QTest::addColumn<std::int64_t>("number");
        QTest::addColumn<std::int64_t>("missed");
        const auto row = [](const char* name, std::int64_t last, double elapsed, std::int64_t number,
                            std::int64_t missed) { QTest::newRow(name) << last << elapsed << number << missed; };
        row("a short run", 0, 20, 1, 0);
        row("no time at all", 0, 0, 1, 0);
        row("just in time", 0, 60, 1, 0);
        row("a little late", 0, 60.5, 2, 1);
        row("one and a half", 3, 270, 5, 1);
        row("five missed", 0, 330, 6, 5);
        row("a night", 10, 36000, 600, 589);
    }

    void theNextTickIsTheFirstThatHasNotPassed()
    {
        QFETCH(std::int64_t, last);
        QFETCH(double, elapsed);
        QFETCH(std::int64_t, number);
        QFETCH(std::int64_t, missed);
        const MonitorTick tick = nextTick({60, {}}, last, elapsed);
        QCOMPARE(tick.number, number);
        QCOMPARE(tick.missed, missed);
        QCOMPARE(tick.atSeconds, 60.0 * static_cast<double>(number));
    }

    void aCountEndsIt()
    {
        QVERIFY(!isDone({60, 3}, 2));
        QVERIFY(isDone({60, 3}, 3));
        QVERIFY(!isDone({60, {}}, 1000000));
    }

    void timesAreRead_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<double>("seconds");
        QTest::addColumn<QByteArray>("shown");
        QTest::newRow("minutes") << QByteArray("10m") << 600.0 << QByteArray("10 min");
        QTest::newRow("hours and minutes") << QByteArray("1h30m") << 5400.0 << QByteArray("1 h 30 min");
        QTest::newRow("bare") << QByteArray("90") << 90.0 << QByteArray("1 min 30 s");
        QTest::newRow("milliseconds") << QByteArray("250ms") << 0.25 << QByteArray("250 ms");
        QTest::newRow("a fraction") << QByteArray("1.5h") << 5400.0 << QByteArray("1 h 30 min");
        QTest::newRow("a day") << QByteArray("1d") << 86400.0 << QByteArray("1 d");
    }

    void timesAreRead()
    {
        QFETCH(QByteArray, text);
        QFETCH(double, seconds);
        QFETCH(QByteArray, shown);
        QCOMPARE(secondsFromText(text.toStdString()), seconds);
        QCOMPARE(QByteArray::fromStdString(textOfSeconds(seconds)), shown);
    }

    void otherTextsAreRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const char* text : {"", "0", "0s", "-5m", "soon", "10 m", "10x", "m", "1e9", "5m3", "nan", "inf", "400d"})
        {
            QTest::addRow("\"%s\"", text) << QByteArray(text);
        }
    }

    void otherTextsAreRefused()
    {
        QFETCH(QByteArray, text);
        QVERIFY_EXCEPTION_THROWN(secondsFromText(text.toStdString()), std::invalid_argument);
    }
};

QTEST_APPLESS_MAIN(TestMonitorSchedule)
#include "tst_monitor_schedule.moc"
