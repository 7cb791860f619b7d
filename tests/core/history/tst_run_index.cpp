// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/run_index.h"

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

std::vector<std::string> idsOf(const std::vector<RunRow>& rows)
{
    std::vector<std::string> ids;
    for (const RunRow& row : rows)
    {
        ids.push_back(row.id);
    }
    return ids;
}

RunIndex readIndex(const TemporaryRunFolder& kept)
{
    RunIndex index(kept.folder());
    index.sync();
    return index;
}

} // namespace

class TestRunIndex : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRowSaysWhatTheReportSays()
    {
        const TemporaryRunFolder kept;
        KeptRun run = runOfDay(1);
        run.facts = cudaCircumstances();
        run.input.device = DeviceKind::Cuda;
        const Report report = readRun(keep(kept.folder(), run));
        const auto rows = readIndex(kept).list();
        QCOMPARE(rows.size(), std::size_t{1});
        const RunRow& row = rows.front();
        QCOMPARE(row.id, run.id);
        QCOMPARE(row.state, RunState::Finished);
        QVERIFY(row.conclusion == report.conclusion);
        QCOMPARE(row.command, std::string("validate"));
        QCOMPARE(row.startedUtc, run.utc);
        QCOMPARE(row.device, std::string("Test GPU"));
        QCOMPARE(row.kind, DeviceKind::Cuda);
        QCOMPARE(row.driverVersion, std::string("580.1"));
        QCOMPARE(row.libtorchVersion, std::string("2.11.0+cu130"));
        QCOMPARE(row.cudnnVersion, 91900);
        QCOMPARE(row.headroomVersion, std::string("0.1.0"));
        QCOMPARE(row.dtypes, std::vector<std::string>{"float32"});
        QCOMPARE(row.jobs, 2);
        QCOMPARE(row.finishedJobs, 2);
        QCOMPARE(row.failedJobs, 0);
        QCOMPARE(row.cases, 2);
        QCOMPARE(row.speedUps.size(), report.headlines.size());
        QVERIFY(row.speedUps.front().ratio == report.headlines.front().comparison.comparison.ratio);
        QVERIFY(row.speedUps.front().interval == report.headlines.front().comparison.comparison.interval);
    }

    void theStateIsHowItEnded_data()
    {
        QTest::addColumn<int>("end");
        QTest::addColumn<QString>("state");
        QTest::newRow("finished") << static_cast<int>(RunEnd::Finished) << QStringLiteral("finished");
        QTest::newRow("cancelled") << static_cast<int>(RunEnd::Cancelled) << QStringLiteral("cancelled");
        QTest::newRow("cut off") << static_cast<int>(RunEnd::CutOff) << QStringLiteral("unfinished");
    }
    void theStateIsHowItEnded()
    {
        QFETCH(int, end);
        const TemporaryRunFolder kept;
        KeptRun run = runOfDay(1);
        run.end = static_cast<RunEnd>(end);
        keep(kept.folder(), run);
        const auto rows = readIndex(kept).list();
        QTEST(QString::fromUtf8(toString(rows.front().state).data()), "state");
        QCOMPARE(rows.front().conclusion.has_value(), run.end == RunEnd::Finished);
    }

    void aRunGoesOnAsLongAsItsJournalIsHeld()
    {
        const TemporaryRunFolder kept;
        KeptRun run = runOfDay(1);
        run.end = RunEnd::CutOff;
        const auto file = keep(kept.folder(), run);
        RunIndex index = readIndex(kept);
        QCOMPARE(index.list().front().state, RunState::Unfinished);
        {
            const Journal journal = Journal::open(file);
            index.sync();
            QCOMPARE(index.list().front().state, RunState::Running);
        }
        index.sync();
        QCOMPARE(index.list().front().state, RunState::Unfinished);
    }

    void aDamagedFileIsARowWithTheReason()
    {
        const TemporaryRunFolder kept;
        writeText(kept.path() / "bad.journal.jsonl", "{\"v\":1}\n");
        const auto rows = readIndex(kept).list();
        QCOMPARE(rows.size(), std::size_t{1});
        QCOMPARE(rows.front().id, std::string("bad"));
        QCOMPARE(rows.front().state, RunState::Unreadable);
        QVERIFY2(rows.front().problem.find("line 1") != std::string::npos, rows.front().problem.c_str());
    }

    void syncTellsWhatIsNewChangedAndGone()
    {
        const TemporaryRunFolder kept;
        const auto first = keep(kept.folder(), runOfDay(1));
        keep(kept.folder(), runOfDay(2));
        RunIndex index(kept.folder());
        QVERIFY(index.sync() == (IndexChanges{2, 0, 0, false}));
        QVERIFY(index.sync() == IndexChanges{});
        std::filesystem::remove(first);
        KeptRun longer = runOfDay(2);
        longer.mathNs = 8e6;
        writeText(kept.path() / (longer.id + ".journal.jsonl"), journalText(longer) + "{\"torn");
        keep(kept.folder(), runOfDay(3));
        QVERIFY(index.sync() == (IndexChanges{1, 1, 1, false}));
        QCOMPARE(idsOf(index.list()), (std::vector<std::string>{runOfDay(3).id, runOfDay(2).id}));
    }

    void whatAnotherProgramReadIsThere()
    {
        const TemporaryRunFolder kept;
        keep(kept.folder(), runOfDay(1));
        readIndex(kept);
        RunIndex again(kept.folder());
        QCOMPARE(again.list().size(), std::size_t{1});
        QVERIFY(again.sync() == IndexChanges{});
    }

    void whoStopsKeepsWhatWasRead()
    {
        const TemporaryRunFolder kept;
        for (int day = 1; day <= 3; ++day)
        {
            keep(kept.folder(), runOfDay(day));
        }
        RunIndex index(kept.folder());
        const auto changes = index.sync([](std::size_t done, std::size_t total) { return done < 2 && total == 3; });
        QVERIFY(changes.stopped);
        QCOMPARE(index.list().size(), std::size_t{2});
        QCOMPARE(index.sync().added, 1);
    }

    void aFilterChoosesRows_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<int>("rows");
        QTest::newRow("none") << QStringLiteral("{}") << 4;
        QTest::newRow("text") << QStringLiteral(R"({"text":"GPU validate"})") << 1;
        QTest::newRow("text of a note") << QStringLiteral(R"({"text":"100%"})") << 1;
        QTest::newRow("text that is a pattern") << QStringLiteral(R"({"text":"2026_101"})") << 0;
        QTest::newRow("device") << QStringLiteral(R"({"device":"test cpu"})") << 3;
        QTest::newRow("kind") << QStringLiteral(R"({"device":"cuda"})") << 1;
        QTest::newRow("dtype") << QStringLiteral(R"({"dtype":"bfloat16"})") << 1;
        QTest::newRow("state") << QStringLiteral(R"({"state":"unfinished"})") << 1;
        QTest::newRow("command") << QStringLiteral(R"({"command":"sweep"})") << 0;
        QTest::newRow("tag") << QStringLiteral(R"({"tag":"h200"})") << 2;
        QTest::newRow("part of a tag") << QStringLiteral(R"({"tag":"h2"})") << 0;
        QTest::newRow("since") << QStringLiteral(R"({"since":"2026-11-02"})") << 3;
        QTest::newRow("until, that day included") << QStringLiteral(R"({"until":"2026-11-02"})") << 2;
        QTest::newRow("between") << QStringLiteral(R"({"since":"2026-11-02","until":"2026-11-03T12:00"})") << 2;
        QTest::newRow("the latest two") << QStringLiteral(R"({"atMost":2})") << 2;
    }
    void aFilterChoosesRows()
    {
        QFETCH(QString, json);
        const TemporaryRunFolder kept;
        keepFour(kept.folder());
        const Json wanted = parseJson(json.toStdString());
        RunFilter filter;
        filter.text = wanted.value("text", "");
        filter.device = wanted.value("device", "");
        filter.command = wanted.value("command", "");
        filter.tag = wanted.value("tag", "");
        filter.sinceUtc = wanted.value("since", "");
        filter.untilUtc = wanted.value("until", "");
        filter.dtype = fromString<DType>(wanted.value("dtype", ""));
        filter.state = fromString<RunState>(wanted.value("state", ""));
        filter.atMost = wanted.contains("atMost") ? std::optional(wanted["atMost"].get<std::int64_t>()) : std::nullopt;
        const auto rows = readIndex(kept).list(filter);
        QTEST(static_cast<int>(rows.size()), "rows");
        for (const RunRow& row : rows)
        {
            QVERIFY(row.state == RunState::Unfinished || row.speedUps.size() == 1);
        }
    }

    void theConclusionIsAFilterToo()
    {
        const TemporaryRunFolder kept;
        keepFour(kept.folder());
        RunIndex index = readIndex(kept);
        RunFilter filter;
        filter.conclusion = Conclusion::Passed;
        const auto passed = index.list(filter).size();
        filter.conclusion = Conclusion::Failed;
        QCOMPARE(passed + index.list(filter).size(), std::size_t{3});
    }

    void marksAndBaselinesAreInTheRow()
    {
        const TemporaryRunFolder kept;
        keep(kept.folder(), runOfDay(1));
        RunIndex index = readIndex(kept);
        changeMarks(kept.folder(), runOfDay(1).id,
                    [](RunMarks& marks)
                    {
                        marks.tags = {"b", "a"};
                        marks.note = "a note";
                    });
        writeBaseline(kept.folder(), {"nightly", {runOfDay(1).id}, "", ""});
        index.sync();
        const RunRow row = index.list().front();
        QCOMPARE(row.tags, (std::vector<std::string>{"a", "b"}));
        QCOMPARE(row.note, std::string("a note"));
        QCOMPARE(row.baselines, std::vector<std::string>{"nightly"});
        changeMarks(kept.folder(), runOfDay(1).id, [](RunMarks& marks) { marks = {}; });
        index.sync();
        QVERIFY(index.list().front().tags.empty());
    }

    void theJournalGoesBeforeAnImportedReport()
    {
        const TemporaryRunFolder kept;
        const auto journal = keep(kept.folder(), runOfDay(1));
        writeText(kept.folder().importedFile(runOfDay(1).id), writeJsonReport(readRun(journal)));
        RunIndex index = readIndex(kept);
        QCOMPARE(index.list().size(), std::size_t{2});
        QVERIFY(!index.find(runOfDay(1).id)->isImported());
        std::filesystem::remove(journal);
        index.sync();
        QVERIFY(index.find(runOfDay(1).id)->isImported());
        QCOMPARE(index.find(runOfDay(1).id)->speedUps.size(), std::size_t{1});
        QVERIFY(!index.find("unknown"));
    }

    void figuresOfACaseComeByTime()
    {
        const TemporaryRunFolder kept;
        keepFour(kept.folder());
        RunIndex index = readIndex(kept);
        const auto cases = index.cases();
        QVERIFY(cases.size() >= 2);
        QCOMPARE(cases.front().runs, 1);
        KeptRun again = runOfDay(9);
        again.mathNs = 5e6;
        keep(kept.folder(), again);
        index.sync();
        const IndexedCase most = index.cases().front();
        QCOMPARE(most.runs, 2);
        QCOMPARE(most.lastUtc, again.utc);
        const auto figures = index.figures(most.caseId);
        QCOMPARE(figures.size(), std::size_t{2});
        QVERIFY(figures[0].startedUtc < figures[1].startedUtc);
        const Report report = readRun(kept.path() / figures[1].file);
        const auto one = std::find_if(report.cases.begin(), report.cases.end(),
                                      [&](const CaseReport& row) { return row.measured.id() == most.caseId; });
        QVERIFY(one != report.cases.end());
        QCOMPARE(figures[1].figure.medianNs, one->device->medianNs);
        QVERIFY(figures[1].figure.intervalNs == one->device->medianIntervalNs);
        QCOMPARE(figures[1].figure.n, one->device->n);
        QVERIFY(figures[1].figure.ran == one->measured.backend);
        QCOMPARE(figures[1].figure.accuracy, one->accuracy);
        RunFilter early;
        early.untilUtc = "2026-11-08";
        QCOMPARE(index.figures(most.caseId, early).size(), std::size_t{1});
    }

    void aFolderThatIsNotThereIsEmptyAndNotMade()
    {
        const TemporaryRunFolder kept;
        RunIndex index = readIndex(kept);
        QVERIFY(index.list().empty());
        QVERIFY(index.notes().empty());
        QVERIFY(!std::filesystem::exists(kept.path()));
    }

    void rebuildReadsAllAnew()
    {
        const TemporaryRunFolder kept;
        keepFour(kept.folder());
        RunIndex index = readIndex(kept);
        const auto before = index.list();
        QCOMPARE(index.rebuild().changed, 4);
        QVERIFY(index.list() == before);
    }

    void anotherProgramListsAllRunsMeanwhile()
    {
        const TemporaryRunFolder kept;
        keepFour(kept.folder());
        RunIndex index = readIndex(kept);
        RunIndex other = readIndex(kept);
        int looks = 0;
        index.rebuild(
            [&](std::size_t, std::size_t)
            {
                ++looks;
                return other.list().size() == 4;
            });
        QCOMPARE(looks, 4); // it stops at the first that misses one
    }

private:
    static void keepFour(const RunFolder& folder)
    {
        keep(folder, runOfDay(1));
        KeptRun gpu = runOfDay(2);
        gpu.facts = cudaCircumstances();
        gpu.input.device = DeviceKind::Cuda;
        keep(folder, gpu);
        KeptRun half = runOfDay(3);
        half.input.dtype = DType::BFloat16;
        keep(folder, half);
        KeptRun open = runOfDay(4);
        open.end = RunEnd::CutOff;
        open.input.batch = 8;
        keep(folder, open);
        changeMarks(folder, runOfDay(1).id, [](RunMarks& marks) { marks.tags = {"h200", "x"}; });
        changeMarks(folder, runOfDay(2).id,
                    [](RunMarks& marks)
                    {
                        marks.tags = {"h200"};
                        marks.note = "at 100% power";
                    });
    }
};

QTEST_APPLESS_MAIN(TestRunIndex)
#include "tst_run_index.moc"
