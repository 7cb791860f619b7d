// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/case_table_model.h"
#include "ui/models/history_table_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest>

using namespace headroom;
using namespace headroom::ui;

namespace
{

RunRow runOf(int day, const char* device, const char* dtype, std::optional<double> ratio)
{
    RunRow run;
    run.id = "run-" + std::to_string(day);
    run.file.name = run.id + ".journal.jsonl";
    run.state = headroom::RunState::Finished;
    run.conclusion = Conclusion::Passed;
    run.startedUtc = "2026-11-" + std::string(day < 10 ? "0" : "") + std::to_string(day) + "T12:00:00.000Z";
    run.command = "validate";
    run.preset = "standard";
    run.title = "encoder d_model 256";
    run.device = device;
    run.dtypes = {dtype};
    if (ratio)
    {
        run.speedUps = {{Pass::Forward, Backend::Flash, ComparisonVerdict::Faster, ratio, std::nullopt}};
    }
    return run;
}

HistoryList someRuns()
{
    std::vector<RunRow> runs{runOf(3, "NVIDIA H200", "bfloat16", 5.0), runOf(2, "NVIDIA H200", "float32", 1.5),
                             runOf(1, "cpu", "float32", std::nullopt)};
    runs[1].tags = {"nightly"};
    runs[1].note = "after the new driver";
    runs[2].state = headroom::RunState::Unfinished;
    runs[2].conclusion.reset();
    runs[2].jobs = 40;
    runs[2].finishedJobs = 12;
    return historyListOf(std::move(runs));
}

std::vector<std::string> idsOf(const HistoryTableModel& model)
{
    std::vector<std::string> ids;
    for (int row = 0; row < model.rowCount(); ++row)
    {
        ids.push_back(model.runAt(row).id);
    }
    return ids;
}

using Ids = std::vector<std::string>;

} // namespace

/// The runs of the history as a table that filters and sorts by itself.
class TestHistoryTableModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void itIsAModel()
    {
        HistoryTableModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        model.setRuns(someRuns());
        QCOMPARE(model.rowCount(), 3);
        model.setFilter({QStringLiteral("nightly"), {}, {}, {}, {}});
        QCOMPARE(model.rowCount(), 1);
        model.sort(HistoryTableModel::SpeedUp, Qt::AscendingOrder);
        model.setRuns(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }

    void whatIsTypedIsLookedFor_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<Ids>("ids");
        QTest::newRow("nothing") << QString() << Ids{"run-3", "run-2", "run-1"};
        QTest::newRow("a tag") << QStringLiteral("nightly") << Ids{"run-2"};
        QTest::newRow("a note, in capitals") << QStringLiteral("NEW driver") << Ids{"run-2"};
        QTest::newRow("a device") << QStringLiteral("h200") << Ids{"run-3", "run-2"};
        QTest::newRow("two words of two columns") << QStringLiteral("h200 run-3") << Ids{"run-3"};
        QTest::newRow("part of a word") << QStringLiteral("d_mod") << Ids{"run-3", "run-2", "run-1"};
        QTest::newRow("nowhere") << QStringLiteral("h200 cpu") << Ids{};
    }

    void whatIsTypedIsLookedFor()
    {
        QFETCH(QString, text);
        QFETCH(Ids, ids);
        HistoryTableModel model;
        model.setRuns(someRuns());
        model.setFilter({text, {}, {}, {}, {}});
        QCOMPARE(idsOf(model), ids);
    }

    void eachConditionHolds()
    {
        HistoryTableModel model;
        model.setRuns(someRuns());
        model.setFilter({{}, QStringLiteral("NVIDIA H200"), {}, {}, {}});
        QCOMPARE(idsOf(model), (Ids{"run-3", "run-2"}));
        model.setFilter({{}, QStringLiteral("NVIDIA H200"), {}, DType::Float32, {}});
        QCOMPARE(idsOf(model), Ids{"run-2"});
        model.setFilter({{}, {}, QStringLiteral("nightly"), {}, {}});
        QCOMPARE(idsOf(model), Ids{"run-2"});
        model.setFilter({{}, {}, {}, {}, headroom::RunState::Unfinished});
        QCOMPARE(idsOf(model), Ids{"run-1"});
    }

    /// Numbers by their value, and a run without one before all others from small to large.
    void columnsAreSorted()
    {
        HistoryTableModel model;
        model.setRuns(someRuns());
        QCOMPARE(idsOf(model), (Ids{"run-3", "run-2", "run-1"})); // the latest first
        model.sort(HistoryTableModel::Started, Qt::AscendingOrder);
        QCOMPARE(idsOf(model), (Ids{"run-1", "run-2", "run-3"}));
        model.sort(HistoryTableModel::SpeedUp, Qt::DescendingOrder);
        QCOMPARE(idsOf(model), (Ids{"run-3", "run-2", "run-1"}));
        QCOMPARE(model.index(0, HistoryTableModel::SpeedUp).data(kSortRole).toDouble(), 5.0);
    }

    void aRunThatIsCutOffSaysHowFarItCame()
    {
        HistoryTableModel model;
        model.setRuns(someRuns());
        QCOMPARE(model.index(2, HistoryTableModel::State).data().toString(),
                 QStringLiteral("unfinished, 12 of 40 jobs"));
        QCOMPARE(model.index(2, HistoryTableModel::State).data(kToneRole).toInt(), static_cast<int>(Tone::Caution));
        QCOMPARE(model.index(0, HistoryTableModel::State).data().toString(), QStringLiteral("passed"));
        QCOMPARE(model.index(0, HistoryTableModel::SpeedUp).data().toString(), QStringLiteral("5.00× Flash"));
    }

    void aRowIsFoundByItsFile()
    {
        HistoryTableModel model;
        model.setRuns(someRuns());
        QCOMPARE(model.rowOf("run-2.journal.jsonl"), 1);
        model.setFilter({QStringLiteral("nightly"), {}, {}, {}, {}});
        QCOMPARE(model.rowOf("run-2.journal.jsonl"), 0);
        QCOMPARE(model.rowOf("run-3.journal.jsonl"), -1);
    }

    void everyColumnSaysWhatItIs()
    {
        const HistoryTableModel model;
        for (int column = 0; column < model.columnCount(); ++column)
        {
            QVERIFY(!model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString().isEmpty());
            QVERIFY(model.headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString().size() > 15);
        }
    }
};

QTEST_MAIN(TestHistoryTableModel)
#include "tst_history_table_model.moc"
