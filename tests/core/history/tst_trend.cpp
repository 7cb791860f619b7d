// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/trend.h"

#include "core/report/json_report.h"
#include "kept_runs.h"
#include "tests/core/measure/noise.h"

#include <QtTest>

using namespace headroom;
using namespace headroom::testing;

namespace
{

/// 24 runs, a day each; from the 13th on 10 % slower, under another driver.
void keepSlower(const RunFolder& folder)
{
    Noise noise(11);
    for (int day = 1; day <= 24; ++day)
    {
        KeptRun run = runOfDay(day);
        run.facts = cudaCircumstances();
        run.input.device = DeviceKind::Cuda;
        run.mathNs = (day > 12 ? 4.4e6 : 4e6) * (1 + 0.004 * noise.normal());
        run.facts.driverVersion = day > 12 ? "590.2" : "580.1";
        keep(folder, run);
    }
}

std::string caseOfMath(RunIndex& index)
{
    for (const IndexedCase& one : index.cases())
    {
        if (one.backend == Backend::Math)
        {
            return one.caseId;
        }
    }
    return {};
}

} // namespace

class TestTrend : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aChangeIsMarkedWithWhatElseChanged()
    {
        const TemporaryRunFolder kept;
        keepSlower(kept.folder());
        RunIndex index(kept.folder());
        const Trend trend = trendOf(index, caseOfMath(index));
        QCOMPARE(trend.points.size(), std::size_t{24});
        QCOMPARE(trend.device, std::string("Test GPU"));
        QCOMPARE(trend.changes.size(), std::size_t{1});
        const TrendChange& change = trend.changes.front();
        QCOMPARE(change.point.index, std::size_t{12});
        QCOMPARE(change.runBefore, runOfDay(12).id);
        QCOMPARE(change.runAfter, runOfDay(13).id);
        QVERIFY(std::abs(change.point.ratio - 1.1) < 0.01);
        QCOMPARE(change.differences.size(), std::size_t{1});
        QCOMPARE(change.differences.front().name, std::string("driverVersion"));
        QCOMPARE(change.differences.front().second, std::string("590.2"));
        QVERIFY(change.unknown.empty());
    }

    void theFilterChoosesThePoints()
    {
        const TemporaryRunFolder kept;
        keepSlower(kept.folder());
        RunIndex index(kept.folder());
        RunFilter early;
        early.untilUtc = "2026-11-12";
        const Trend trend = trendOf(index, caseOfMath(index), early);
        QCOMPARE(trend.points.size(), std::size_t{12});
        QVERIFY(trend.changes.empty());
    }

    void twoDevicesMakeNoTrend()
    {
        const TemporaryRunFolder kept;
        keepSlower(kept.folder());
        KeptRun other = runOfDay(25);
        other.facts = cudaCircumstances();
        other.facts.devices.back().name = "Other GPU";
        other.input.device = DeviceKind::Cuda;
        keep(kept.folder(), other);
        RunIndex index(kept.folder());
        const Trend trend = trendOf(index, caseOfMath(index));
        QCOMPARE(trend.device, std::string("Other GPU"));
        QCOMPARE(trend.points.size(), std::size_t{1});
        QCOMPARE(trend.otherDevices, 24);
    }

    void whatCannotBeReadIsSaid()
    {
        const TemporaryRunFolder kept;
        keepSlower(kept.folder());
        RunIndex index(kept.folder());
        const std::string id = caseOfMath(index);
        std::filesystem::remove(kept.path() / (runOfDay(12).id + std::string(kJournalEnding)));
        const Trend trend = trendOf(index, id);
        QCOMPARE(trend.changes.size(), std::size_t{1});
        QVERIFY(!trend.changes.front().unknown.empty());
    }

    void anUnknownCaseHasNoPoints()
    {
        const TemporaryRunFolder kept;
        keepSlower(kept.folder());
        RunIndex index(kept.folder());
        QVERIFY(trendOf(index, "0000000000000000").points.empty());
    }

    void circumstancesOfAJournalAndOfItsReportAreTheSame()
    {
        const TemporaryRunFolder kept;
        const auto journal = keep(kept.folder(), runOfDay(1));
        const auto report = kept.folder().importedFile("x");
        writeText(report, writeJsonReport(readRun(journal)));
        QVERIFY(circumstancesOf(journal) == circumstancesOf(report));
    }
};

QTEST_APPLESS_MAIN(TestTrend)
#include "tst_trend.moc"
