// SPDX-License-Identifier: GPL-3.0-or-later
#include "kept_history.h"

#include "core/report/json_report.h"

#include <QtTest>

#include <deque>
#include <memory>

using namespace headroom;
using namespace headroom::ui;
using namespace headroom::testing;

/// The history on a thread of its own: read, marked, changed.
class TestRunHistory : public QObject
{
    Q_OBJECT

    std::unique_ptr<KeptHistory> m_kept;
    RunHistory* m_history = nullptr;

    using Snapshot = std::shared_ptr<const HistorySnapshot>;

    // Kept from the start on, and by queue: a spy hears of another thread's signals there and then, and misses those
    // that come before it waits.
    std::deque<Snapshot> m_listed;
    QStringList m_failed;
    QStringList m_changed;

    /// What is listed next.
    Snapshot next()
    {
        if (!QTest::qWaitFor([this] { return !m_listed.empty(); }, kPatienceMs))
        {
            return {};
        }
        const Snapshot first = m_listed.front();
        m_listed.pop_front();
        return first;
    }

    Snapshot read()
    {
        m_history->refresh();
        return next();
    }

    void listenTo(RunHistory& history)
    {
        m_history = &history;
        m_listed.clear();
        m_failed.clear();
        m_changed.clear();
        connect(m_history, &RunHistory::listed, this,
                [this](const Snapshot& snapshot) { m_listed.push_back(snapshot); });
        connect(m_history, &RunHistory::failed, this, [this](const QString& text) { m_failed << text; });
        connect(m_history, &RunHistory::changed, this, [this](const QString& text) { m_changed << text; });
    }

private Q_SLOTS:
    void init()
    {
        m_kept = std::make_unique<KeptHistory>();
        m_kept->keepDays(3);
        listenTo(m_kept->open());
    }
    void cleanup() { m_kept.reset(); }

    void theLatestIsFirst()
    {
        const Snapshot snapshot = read();
        QCOMPARE(snapshot->runs->size(), std::size_t{3});
        QCOMPARE(snapshot->runs->front().run.id, runOfDay(3).id);
        QVERIFY(!snapshot->cases.empty());
        QVERIFY(snapshot->notes.isEmpty());
    }

    void aNewRunIsThereAfterTheNextReading()
    {
        read();
        keep(m_kept->kept().folder(), runOfDay(4));
        QCOMPARE(read()->runs->size(), std::size_t{4});
    }

    void severalRequestsAreOneReading()
    {
        for (int times = 0; times < 50; ++times)
        {
            m_history->refresh();
        }
        QTRY_VERIFY_WITH_TIMEOUT(!m_listed.empty(), kPatienceMs);
        QTest::qWait(50);
        QVERIFY(m_listed.size() < 10);
    }

    void tagsAreGivenAndTaken()
    {
        const std::string run = runOfDay(2).id;
        m_history->changeTags({run, runOfDay(3).id}, {QStringLiteral("nightly"), QStringLiteral("h200")}, {});
        QCOMPARE(next()->runs->front().run.tags, (std::vector<std::string>{"h200", "nightly"}));
        m_history->changeTags({run}, {}, {QStringLiteral("nightly")});
        QCOMPARE((*next()->runs)[1].run.tags, std::vector<std::string>{"h200"});
    }

    void aTagThatIsNoneIsASentence()
    {
        m_history->changeTags({runOfDay(2).id}, {QStringLiteral("-x")}, {});
        QTRY_VERIFY_WITH_TIMEOUT(!m_failed.isEmpty(), kPatienceMs);
        QVERIFY(m_failed.front().size() > 10);
        QVERIFY(read()->runs->front().run.tags.empty());
    }

    void aNoteIsKept()
    {
        m_history->setNote(runOfDay(3).id, QStringLiteral("after the new driver"));
        QCOMPARE(next()->runs->front().run.note, std::string("after the new driver"));
    }

    void aRunIsRemovedWithItsMarks()
    {
        m_history->setNote(runOfDay(3).id, QStringLiteral("x"));
        const RunRow run = next()->runs->front().run;
        m_history->remove({run});
        const Snapshot after = next();
        QCOMPARE(after->runs->size(), std::size_t{2});
        QVERIFY(!std::filesystem::exists(m_kept->kept().path() / run.file.name));
        QVERIFY(!std::filesystem::exists(m_kept->kept().folder().marksFile(run.id)));
    }

    void aReportIsTakenIn()
    {
        const auto file = m_kept->kept().outside("elsewhere.json");
        writeText(file, writeJsonReport(foldEvents(eventsOf(runOfDay(9)))));
        m_history->importFiles({QString::fromStdString(file.string())});
        const Snapshot after = next();
        QCOMPARE(after->runs->size(), std::size_t{4});
        QCOMPARE(after->runs->front().run.id, runOfDay(9).id);
        QVERIFY(after->runs->front().run.isImported());
    }

    void aFileThatIsNoReportIsASentence()
    {
        const auto file = m_kept->kept().outside("shopping.txt");
        writeText(file, "milk");
        m_history->importFiles({QString::fromStdString(file.string())});
        QTRY_VERIFY_WITH_TIMEOUT(!m_failed.isEmpty(), kPatienceMs);
        QVERIFY(m_failed.front().contains(QStringLiteral("shopping.txt")));
    }

    void aRunIsExported()
    {
        const RunRow run = read()->runs->front().run;
        const QString file = QString::fromStdString(m_kept->kept().outside("run.json").string());
        m_history->exportRun(run, file);
        QTRY_VERIFY_WITH_TIMEOUT(!m_changed.isEmpty(), kPatienceMs);
        QCOMPARE(readRun(file.toStdString()).run, run.id);
    }

    void aTrendIsRead()
    {
        const Snapshot snapshot = read();
        std::shared_ptr<const Trend> trend;
        connect(m_history, &RunHistory::trendRead, this,
                [&](const std::shared_ptr<const Trend>& read) { trend = read; });
        m_history->readTrend(snapshot->cases.front().caseId, {});
        QTRY_VERIFY_WITH_TIMEOUT(trend || !m_failed.isEmpty(), kPatienceMs);
        QVERIFY2(trend, qPrintable(m_failed.value(0)));
        disconnect(m_history, &RunHistory::trendRead, this, nullptr);
        QCOMPARE(trend->points.size(), std::size_t{3});
    }

    void aFolderThatIsNotThereIsEmpty()
    {
        listenTo(m_kept->openIn(m_kept->kept().outside("nowhere")));
        QVERIFY(read()->runs->empty());
    }
};

QTEST_MAIN(TestRunHistory)
#include "tst_run_history.moc"
