// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/json_report.h"
#include "tests/core/run/fake_plan.h"
#include "ui/run/live_report.h"

#include <QSignalSpy>
#include <QThread>
#include <QtTest>

#include <thread>

using namespace headroom;

using ReportPointer = std::shared_ptr<const Report>;

/// The fold in its thread, fed as fast as one can.
class TestLiveReport : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    static std::vector<Event> manyEvents(int samples)
    {
        const Plan plan = fakePlan();
        std::vector<Event> events;
        const auto add = [&](const std::string& job, EventData data)
        {
            Event event;
            event.run = "many";
            event.seq = static_cast<std::int64_t>(events.size());
            event.job = job;
            event.data = std::move(data);
            events.push_back(std::move(event));
        };
        add({}, RunStarted{plan, "1", ""});
        add("forward", JobStarted{2, 4, "forward", 1, 30});
        const auto cases = casesOf(plan.jobs[2]);
        for (int at = 0; at < samples; ++at)
        {
            SamplesTaken taken;
            taken.caseId = cases[static_cast<std::size_t>(at % 2)].id();
            taken.ns = {1e6 + at};
            taken.round = {at / 2};
            add("forward", taken);
        }
        return events;
    }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(qputenv("XDG_CACHE_HOME", m_folder.filePath(QStringLiteral("cache")).toLocal8Bit()));
    }

    void nothingIsLostInTheFinalReport()
    {
        const auto events = manyEvents(60'000); // more than may wait
        QThread thread;
        ui::LiveReport live;
        live.moveToThread(&thread);
        QSignalSpy ended(&live, &ui::LiveReport::ended);
        thread.start();
        QMetaObject::invokeMethod(&live, [&] { live.begin(fakePlan(), {}, QStringLiteral("many")); });
        std::thread feeder(
            [&]
            {
                for (const Event& event : events)
                {
                    live.take(event);
                }
                QMetaObject::invokeMethod(&live, &ui::LiveReport::finish);
            });
        QTRY_VERIFY_WITH_TIMEOUT(!ended.isEmpty(), 60000); // another thread's: it may be there already
        feeder.join();
        thread.quit();
        thread.wait();
        QCOMPARE(writeJsonReport(*ended.value(0).value(0).value<ReportPointer>()), writeJsonReport(foldEvents(events)));
    }

    void aReaderThatDoesNotComeFindsOneUpdate()
    {
        ui::LiveReport live; // in this thread
        QSignalSpy posted(&live, &ui::LiveReport::updatePosted);
        live.begin(fakePlan(), {}, QStringLiteral("many"));
        for (const Event& event : manyEvents(100))
        {
            live.take(event);
        }
        QTest::qWait(400);
        QCOMPARE(posted.size(), 1); // told once, however often it was replaced
        const auto update = live.updates().take();
        QVERIFY(update.has_value());
        QCOMPARE(update->report->cases.front().deviceNs.size(), std::size_t{50}); // the newest
        QVERIFY(!live.updates().take().has_value());
    }

    void theLastEventsOfABurstAreShown()
    {
        ui::LiveReport live;
        live.begin(fakePlan(), {}, QStringLiteral("many"));
        for (const Event& event : manyEvents(10))
        {
            live.take(event);
        }
        QTest::qWait(50);
        const auto first = live.updates().take(); // of the start: the pause is not over
        QVERIFY(first.has_value());
        QSignalSpy posted(&live, &ui::LiveReport::updatePosted);
        QTRY_COMPARE(posted.size(), 1); // with no further event
    }

    void jobsOfAnEarlierAttemptCount()
    {
        auto earlier = manyEvents(2);
        Event end;
        end.job = "forward";
        end.data = JobFinished{};
        earlier.push_back(end);
        ui::LiveReport live;
        live.begin(fakePlan(), earlier, QStringLiteral("many"));
        QCOMPARE(live.updates().take()->state.done, std::size_t{1});
    }
};

QTEST_GUILESS_MAIN(TestLiveReport)
#include "tst_live_report.moc"
