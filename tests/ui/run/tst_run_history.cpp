// SPDX-License-Identifier: GPL-3.0-or-later
#include "kept_history.h"

#include "core/report/json_report.h"

#include <QSignalSpy>
#include <QtTest>

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

    /// What is listed next.
    Snapshot next()
    {
        QSignalSpy listed(m_history, &RunHistory::listed);
        return listed.wait(kPatienceMs) ? listed.front().front().value<Snapshot>() : Snapshot();
    }

    Snapshot read()
    {
        m_history->refresh();
        return next();
    }

private Q_SLOTS:
    void init()
    {
        m_kept = std::make_unique<KeptHistory>();
        m_kept->keepDays(3);
        m_history = &m_kept->open();
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
        QSignalSpy listed(m_history, &RunHistory::listed);
        for (int times = 0; times < 50; ++times)
        {
            m_history->refresh();
        }
        QTRY_VERIFY_WITH_TIMEOUT(!listed.isEmpty(), kPatienceMs);
        QTest::qWait(50);
        QVERIFY(listed.size() < 10);
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
        QSignalSpy failed(m_history, &RunHistory::failed);
        m_history->changeTags({runOfDay(2).id}, {QStringLiteral("-x")}, {});
        QVERIFY(failed.wait(kPatienceMs));
        QVERIFY(failed.front().front().toString().size() > 10);
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
        QSignalSpy failed(m_history, &RunHistory::failed);
        m_history->importFiles({QString::fromStdString(file.string())});
        QVERIFY(failed.wait(kPatienceMs));
        QVERIFY(failed.front().front().toString().contains(QStringLiteral("shopping.txt")));
    }

    void aRunIsExported()
    {
        const RunRow run = read()->runs->front().run;
        const QString file = QString::fromStdString(m_kept->kept().outside("run.json").string());
        QSignalSpy changed(m_history, &RunHistory::changed);
        m_history->exportRun(run, file);
        QVERIFY(changed.wait(kPatienceMs));
        QCOMPARE(readRun(file.toStdString()).run, run.id);
    }

    void aTrendIsRead()
    {
        const Snapshot snapshot = read();
        QSignalSpy trends(m_history, &RunHistory::trendRead);
        QSignalSpy failed(m_history, &RunHistory::failed);
        m_history->readTrend(snapshot->cases.front().caseId, {});
        QTRY_VERIFY_WITH_TIMEOUT(!trends.isEmpty() || !failed.isEmpty(), kPatienceMs);
        QVERIFY2(failed.isEmpty(), qPrintable(failed.value(0).value(0).toString()));
        QCOMPARE(trends.front().front().value<std::shared_ptr<const Trend>>()->points.size(), std::size_t{3});
    }

    void aFolderThatIsNotThereIsEmpty()
    {
        m_history = &m_kept->openIn(m_kept->kept().outside("nowhere"));
        QVERIFY(read()->runs->empty());
    }
};

QTEST_MAIN(TestRunHistory)
#include "tst_run_history.moc"
