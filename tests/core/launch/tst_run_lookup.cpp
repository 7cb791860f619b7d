// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/run_lookup.h"

#include "core/history/run_marks.h"
#include "core/launch/set_up_error.h"
#include "core/run/journal.h"
#include "tests/core/history/kept_runs.h"

#include <QtTest>

using namespace headroom;
using namespace headroom::testing;

class TestRunLookup : public QObject
{
    Q_OBJECT

    TemporaryRunFolder m_kept;

    static QString refusal(const std::string& reference, const RunFolder& folder)
    {
        try
        {
            return QStringLiteral("found %1").arg(QString::fromStdString(findRun(reference, folder).run));
        }
        catch (const SetUpError& error)
        {
            return QString::fromUtf8(error.what());
        }
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (int day = 1; day <= 12; ++day)
        {
            keep(m_kept.folder(), runOfDay(day));
        }
        writeText(m_kept.path() / "damaged.journal.jsonl", "no journal\n");
        std::filesystem::rename(m_kept.path() / (runOfDay(5).id + ".journal.jsonl"),
                                m_kept.path() / "20261105-130000-000-validate.journal.jsonl");
        changeMarks(m_kept.folder(), runOfDay(3).id, [](RunMarks& marks) { marks.tags = {"one", "two"}; });
        changeMarks(m_kept.folder(), runOfDay(7).id, [](RunMarks& marks) { marks.tags = {"two"}; });
    }

    void aReferenceMeansARun_data()
    {
        QTest::addColumn<QString>("reference");
        QTest::addColumn<int>("day");
        QTest::newRow("id") << QStringLiteral("20261104T120000-00000004") << 4;
        QTest::newRow("beginning of an id") << QStringLiteral("20261104") << 4;
        QTest::newRow("name of a file") << QStringLiteral("20261105-130000-000-validate") << 5;
        QTest::newRow("beginning of a name") << QStringLiteral("20261105-13") << 5;
        QTest::newRow("last") << QStringLiteral("last") << 12;
        QTest::newRow("last~0") << QStringLiteral("last~0") << 12;
        QTest::newRow("last~2") << QStringLiteral("last~2") << 10;
        QTest::newRow("tag") << QStringLiteral("one") << 3;
    }
    void aReferenceMeansARun()
    {
        QFETCH(QString, reference);
        QFETCH(int, day);
        const FoundRun found = findRun(reference.toStdString(), m_kept.folder());
        QCOMPARE(found.run, runOfDay(day).id);
        QCOMPARE(readRun(found.file).run, found.run);
    }

    void whatMeansNoneOrSeveralIsASentence_data()
    {
        QTest::addColumn<QString>("reference");
        QTest::addColumn<QString>("said");
        QTest::newRow("nothing") << QString()
                                 << QStringLiteral("20261112T120000-0000000c (validate of 2026-11-12T12:00), ");
        QTest::newRow("unknown") << QStringLiteral("nightly") << QStringLiteral("There is no run 'nightly'");
        QTest::newRow("too far back") << QStringLiteral("last~12") << QStringLiteral("holds 12 runs that ended");
        QTest::newRow("no number") << QStringLiteral("last~x") << QStringLiteral("There is no run 'last~x'");
        QTest::newRow("several ids") << QStringLiteral("2026110")
                                     << QStringLiteral(
                                            "'2026110' is the beginning of 9 runs: 20261109T120000-00000009");
        QTest::newRow("too many to list")
            << QStringLiteral("202611") << QStringLiteral("and 4 more. Write more of one id.");
        QTest::newRow("a tag of several") << QStringLiteral("two")
                                          << QStringLiteral("'two' is the tag of 2 runs; name one: "
                                                            "20261103T120000-00000003, 20261107T120000-00000007.");
    }
    void whatMeansNoneOrSeveralIsASentence()
    {
        QFETCH(QString, reference);
        QFETCH(QString, said);
        const QString sentence = refusal(reference.toStdString(), m_kept.folder());
        QVERIFY2(sentence.contains(said), qPrintable(sentence));
    }

    void aTagMayMeanSeveralWhereThatIsAskedFor()
    {
        const auto runs = findRuns("two", m_kept.folder());
        QCOMPARE(runs.size(), std::size_t{2});
        QCOMPARE(runs[0].run, runOfDay(3).id);
        QCOMPARE(runs[1].run, runOfDay(7).id);
    }

    void aFileGoesFirstAndNeedsNoHistory()
    {
        const FoundRun found = findRun(HEADROOM_TEST_DATA "/original_report.json", RunFolder("/nonexistent"));
        QCOMPARE(found.file, std::filesystem::path(HEADROOM_TEST_DATA "/original_report.json"));
        QVERIFY(found.run.empty());
    }

    void anEmptyHistorySaysSo()
    {
        const TemporaryRunFolder none;
        QVERIFY(refusal("last", none.folder()).contains(QStringLiteral("holds 0 runs that ended")));
        QVERIFY(refusal("x", none.folder()).contains(QStringLiteral("No run is kept there.")));
    }

    void lastIsNotTheRunThatGoesOn()
    {
        const TemporaryRunFolder kept;
        keep(kept.folder(), runOfDay(1));
        const Journal journal = Journal::open(keep(kept.folder(), runOfDay(2)));
        QCOMPARE(findRun("last", kept.folder()).run, runOfDay(1).id);
        QCOMPARE(findRun(runOfDay(2).id, kept.folder()).run, runOfDay(2).id);
    }
};

QTEST_APPLESS_MAIN(TestRunLookup)
#include "tst_run_lookup.moc"
