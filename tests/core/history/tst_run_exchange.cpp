// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/run_exchange.h"

#include "core/history/baseline.h"
#include "core/history/run_marks.h"
#include "core/report/json_report.h"
#include "core/run/journal.h"
#include "kept_runs.h"

#include <QtTest>

using namespace headroom;
using namespace headroom::testing;

namespace
{

QString refusal(const RunFolder& folder, const std::filesystem::path& file)
{
    try
    {
        importRun(folder, file);
    }
    catch (const std::runtime_error& error)
    {
        return QString::fromUtf8(error.what());
    }
    return QString();
}

} // namespace

class TestRunExchange : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aReportIsImportedUnderItsRun()
    {
        const TemporaryRunFolder kept;
        writeText(kept.outside("a.journal.jsonl"), journalText(runOfDay(1)));
        const Report report = readRun(kept.outside("a.journal.jsonl"));
        writeText(kept.outside("a.json"), writeJsonReport(report));
        const auto place = importRun(kept.folder(), kept.outside("a.json"));
        QCOMPARE(place, kept.folder().importedFile(report.run));
        QVERIFY(readRun(place) == report);
    }

    void aJournalIsImportedBesideTheOthers()
    {
        const TemporaryRunFolder kept;
        writeText(kept.outside("a.journal.jsonl"), journalText(runOfDay(1)));
        QCOMPARE(importRun(kept.folder(), kept.outside("a.journal.jsonl")), kept.path() / "a.journal.jsonl");
        writeText(kept.outside("a.journal.jsonl"), journalText(runOfDay(2)));
        QCOMPARE(importRun(kept.folder(), kept.outside("a.journal.jsonl")),
                 kept.path() / (runOfDay(2).id + std::string(kJournalEnding)));
        RunIndex index(kept.folder());
        index.sync();
        QCOMPARE(index.list().size(), std::size_t{2});
    }

    void whatIsThereAlreadyIsRefused()
    {
        const TemporaryRunFolder kept;
        const auto journal = keep(kept.folder(), runOfDay(1));
        writeText(kept.outside("a.json"), writeJsonReport(readRun(journal)));
        QVERIFY(refusal(kept.folder(), kept.outside("a.json")).contains(QStringLiteral("is in the history already")));
    }

    void aRunThatGoesOnIsNotImported()
    {
        const TemporaryRunFolder kept;
        writeText(kept.outside("a.journal.jsonl"), journalText(runOfDay(1)));
        const Journal journal = Journal::open(kept.outside("a.journal.jsonl"));
        QVERIFY(refusal(kept.folder(), kept.outside("a.journal.jsonl")).contains(QStringLiteral("still goes on")));
        QVERIFY(!std::filesystem::exists(kept.path()));
    }

    void aJournalMayFollowItsReport()
    {
        const TemporaryRunFolder kept;
        writeText(kept.outside("a.journal.jsonl"), journalText(runOfDay(1)));
        writeText(kept.outside("a.json"), writeJsonReport(readRun(kept.outside("a.journal.jsonl"))));
        importRun(kept.folder(), kept.outside("a.json"));
        importRun(kept.folder(), kept.outside("a.journal.jsonl"));
        RunIndex index(kept.folder());
        index.sync();
        QVERIFY(!index.find(runOfDay(1).id)->isImported());
    }

    void whatIsNoRunIsRefusedAndLeavesNothing_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("no JSON") << QStringLiteral("{");
        QTest::newRow("foreign") << QStringLiteral("{\"a\": 1}");
        QTest::newRow("empty") << QString();
    }
    void whatIsNoRunIsRefusedAndLeavesNothing()
    {
        QFETCH(QString, text);
        const TemporaryRunFolder kept;
        writeText(kept.outside("a.json"), text.toStdString());
        QVERIFY(!refusal(kept.folder(), kept.outside("a.json")).isEmpty());
        QVERIFY(!std::filesystem::exists(kept.path()));
    }

    void aRunIsRemovedWithItsMarks()
    {
        const TemporaryRunFolder kept;
        const auto journal = keep(kept.folder(), runOfDay(1));
        keep(kept.folder(), runOfDay(2));
        writeText(kept.folder().importedFile(runOfDay(1).id), writeJsonReport(readRun(journal)));
        changeMarks(kept.folder(), runOfDay(1).id, [](RunMarks& marks) { marks.note = "x"; });
        RunIndex index(kept.folder());
        index.sync();
        removeRun(index, runOfDay(1).id);
        index.sync();
        QCOMPARE(index.list().size(), std::size_t{1});
        QVERIFY(kept.folder().marksFiles().empty());
        QCOMPARE(kept.folder().runFiles().size(), std::size_t{1});
    }

    void theBeginningOfAnIdRemovesNothing()
    {
        const TemporaryRunFolder kept;
        keep(kept.folder(), runOfDay(1));
        RunIndex index(kept.folder());
        index.sync();
        QVERIFY_EXCEPTION_THROWN(removeRun(index, "20261101"), std::runtime_error);
        QCOMPARE(kept.folder().runFiles().size(), std::size_t{1});
    }

    void aRunOfABaselineIsKeptUnlessForced()
    {
        const TemporaryRunFolder kept;
        keep(kept.folder(), runOfDay(1));
        keep(kept.folder(), runOfDay(2));
        writeBaseline(kept.folder(), {"nightly", {runOfDay(1).id, runOfDay(2).id}, "", ""});
        RunIndex index(kept.folder());
        index.sync();
        QVERIFY(whyKept(index, runOfDay(1).id, false).find("baseline nightly") != std::string::npos);
        QVERIFY(whyKept(index, runOfDay(1).id, true).empty());
        removeRun(index, runOfDay(1).id);
        QCOMPARE(readBaseline(kept.folder(), "nightly").runs, std::vector<std::string>{runOfDay(2).id});
        index.sync();
        removeRun(index, runOfDay(2).id);
        QVERIFY(baselineNames(kept.folder()).empty());
    }

    void aRunThatGoesOnIsKept()
    {
        const TemporaryRunFolder kept;
        const Journal journal = Journal::open(keep(kept.folder(), runOfDay(1)));
        RunIndex index(kept.folder());
        index.sync();
        QVERIFY(whyKept(index, runOfDay(1).id, true).find("still goes on") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestRunExchange)
#include "tst_run_exchange.moc"
