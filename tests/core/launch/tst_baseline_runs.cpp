// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/baseline_runs.h"
#include "core/launch/set_up_error.h"
#include "core/report/export.h"
#include "core/report/json_report.h"
#include "tests/core/gate/gated_runs.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace headroom;
using namespace headroom::testing;

class TestBaselineRuns : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    std::string newPath() const
    {
        static int next = 0;
        return m_folder.filePath(QString::number(next++)).toStdString();
    }

    static BaselineRuns someRuns()
    {
        BaselineRuns runs;
        runs.baseline = {"nightly", {}, "2026-11-23T05:00:00.123Z", "before the driver"};
        runs.reports = gatedReports("base", 3);
        for (const auto& report : runs.reports)
        {
            runs.baseline.runs.push_back(report.run);
        }
        return runs;
    }

private Q_SLOTS:
    void whatIsExportedIsReadBack()
    {
        const auto runs = someRuns();
        const auto read = baselineFromText(exportedBaseline(runs));
        QCOMPARE(read.baseline, runs.baseline);
        QVERIFY(read.reports == runs.reports);
    }

    void whatIsNoBaselineIsASentence_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("no object") << QByteArray("[1]");
        QTest::newRow("something else") << QByteArray("{\"a\": 1}");
        QTest::newRow("newer") << QByteArray("{\"headroom_baseline\": 2}");
        QTest::newRow("no reports") << QByteArray("{\"headroom_baseline\": 1, \"name\": \"a\"}");
        QTest::newRow("name of a wrong kind") << QByteArray("{\"headroom_baseline\": 1, \"name\": 1, \"reports\": []}");
        QTest::newRow("no report inside") << QByteArray("{\"headroom_baseline\": 1, \"reports\": [{}]}");
        QTest::newRow("cut off") << QByteArray::fromStdString(exportedBaseline(someRuns())).left(5000);
    }
    void whatIsNoBaselineIsASentence()
    {
        QFETCH(QByteArray, text);
        QVERIFY_EXCEPTION_THROWN((void)baselineFromText(text.toStdString()), std::invalid_argument);
    }

    void anImportedBaselineIsOneOfTheHistory()
    {
        const RunFolder folder(newPath());
        const auto runs = someRuns();
        const auto made = importBaseline(folder, runs, "other");
        QCOMPARE(made.name, std::string("other"));
        const auto opened = openBaseline("other", folder);
        QCOMPARE(opened.baseline.runs, runs.baseline.runs);
        QVERIFY(opened.reports == runs.reports);
        (void)importBaseline(folder, runs, ""); // again: the runs are there already
        QCOMPARE(folder.runFiles().size(), 3U);
        QCOMPARE(openBaseline("nightly", folder).baseline.note, std::string("before the driver"));
    }

    void aFileAndAFolderAreBaselinesToo()
    {
        const RunFolder folder(newPath());
        const auto runs = someRuns();
        const std::string file = newPath() + ".json";
        writeFileAtomically(file, exportedBaseline(runs));
        QVERIFY(openBaseline(file, folder).reports == runs.reports);
        const std::filesystem::path place = newPath();
        for (const auto& report : runs.reports)
        {
            writeFileAtomically(place / (report.run + ".json"), writeJsonReport(report));
        }
        writeFileAtomically(place / "notes.txt", "not a run");
        const auto opened = openBaseline(place.string(), folder);
        QVERIFY(opened.reports == runs.reports);
        QCOMPARE(opened.baseline.name, place.filename().string());
    }

    void whatIsNotThereIsASentence()
    {
        const RunFolder folder(newPath());
        QVERIFY_EXCEPTION_THROWN((void)openBaseline("nowhere", folder), std::runtime_error);
        const std::filesystem::path empty = newPath();
        std::filesystem::create_directories(empty);
        QVERIFY_EXCEPTION_THROWN((void)openBaseline(empty.string(), folder), SetUpError);
        const std::string file = newPath();
        writeFileAtomically(file, "no baseline");
        QVERIFY_EXCEPTION_THROWN((void)openBaseline(file, folder), SetUpError);
    }

    void aJournalIsARunAndNoBaseline()
    {
        const std::string file = newPath() + ".journal.jsonl";
        writeFileAtomically(file, "{}\n");
        try
        {
            (void)openBaseline(file, RunFolder(newPath()));
            QFAIL("a journal is no baseline");
        }
        catch (const SetUpError& error)
        {
            const QString said = QString::fromUtf8(error.what());
            QVERIFY2(said.contains(QStringLiteral("is the journal of one run")), error.what());
            QVERIFY2(said.contains(QStringLiteral("headroom-cli baseline make")), error.what());
        }
    }

    void aRunThatIsGoneIsNamed()
    {
        const RunFolder folder(newPath());
        const auto runs = someRuns();
        (void)importBaseline(folder, runs, "");
        std::filesystem::remove(folder.importedFile(runs.reports[1].run));
        try
        {
            (void)openBaseline("nightly", folder);
            QFAIL("a run is gone");
        }
        catch (const SetUpError& error)
        {
            QVERIFY2(QString::fromUtf8(error.what()).startsWith(QStringLiteral("Run base-1 of the baseline nightly")),
                     error.what());
        }
    }
};

QTEST_GUILESS_MAIN(TestBaselineRuns)
#include "tst_baseline_runs.moc"
