// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/comparison_document.h"
#include "core/report/fold.h"
#include "core/report/summary.h"
#include "core/report/unlike_circumstances.h"
#include "tests/core/report/event_builder.h"

#include <QTest>

#include <functional>

using namespace headroom;
using namespace headroom::testing;

/// Two reports of known differences, compared.
class TestReportComparison : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// As people write them, and not as NVIDIA's libraries count them.
    void versionsAreReadAsVersions()
    {
        const Format format;
        QCOMPARE(circumstanceValue("cudnnVersion", "91900", format), std::string("9.19.0"));
        QCOMPARE(circumstanceValue("device.cudnnVersion", "0", format), std::string("none"));
        QCOMPARE(circumstanceValue("driverCudaVersion", "13000", format), std::string("13.0"));
        QCOMPARE(circumstanceValue("cudaRuntimeVersion", "12080", format), std::string("12.8"));
    }

    void aRunIsTheSameAsItself()
    {
        const Report run = goodReport();
        const ReportComparison comparison = compareReports(run, run);
        QVERIFY(comparison.alike && comparison.judged && comparison.differences.empty());
        QCOMPARE(comparison.counts.same, comparison.counts.judged());
        QVERIFY(comparison.counts.same > 4);
        QVERIFY(comparison.onlyFirst.empty() && comparison.onlySecond.empty());
        QCOMPARE(concludeComparison(comparison), Conclusion::Passed);
    }

    void aPlantedDifferenceIsFound_data()
    {
        QTest::addColumn<double>("factor");
        QTest::addColumn<double>("noise");
        QTest::addColumn<ComparisonVerdict>("verdict");
        QTest::addColumn<Conclusion>("conclusion");
        QTest::newRow("equal") << 1.0 << 0.001 << ComparisonVerdict::Same << Conclusion::Passed;
        QTest::newRow("a tenth slower") << 1.1 << 0.002 << ComparisonVerdict::Slower << Conclusion::Failed;
        QTest::newRow("a fifth faster") << 0.8 << 0.002 << ComparisonVerdict::Faster << Conclusion::Passed;
        QTest::newRow("slower within the noise")
            << 1.01 << 0.1 << ComparisonVerdict::CannotTell << Conclusion::CannotTell;
        QTest::newRow("perhaps faster, surely not slower")
            << 0.995 << 0.015 << ComparisonVerdict::CannotTell << Conclusion::Passed;
    }

    void aPlantedDifferenceIsFound()
    {
        QFETCH(double, factor);
        QFETCH(double, noise);
        QFETCH(ComparisonVerdict, verdict);
        QFETCH(Conclusion, conclusion);
        const ReportComparison comparison = compareReports(timed(4e6, noise), timed(4e6 * factor, noise));
        QVERIFY(!comparison.cases.empty());
        for (const auto& one : comparison.cases)
        {
            QVERIFY2(one.isRanked(), one.whyUnranked.c_str());
            QVERIFY2(one.time.verdict == verdict, one.time.reason.c_str());
            QVERIFY(one.time.interval && one.time.minimumDetectableEffect);
            QVERIFY(std::abs(*one.time.ratio * factor - 1) < noise + 0.002);
        }
        QCOMPARE(concludeComparison(comparison), conclusion);
    }

    void unlikeCircumstancesKeepVerdictsBack_data()
    {
        QTest::addColumn<std::function<void(Report&)>>("change");
        QTest::addColumn<QString>("name");
        const auto row = [](const char* name, std::function<void(Report&)> change)
        { QTest::newRow(name) << std::move(change) << QString::fromLatin1(name); };
        row("driver", [](Report& report) { report.circumstances->driverVersion = "590.1"; });
        row("device", [](Report& report) { report.circumstances->devices.back().name = "Another GPU"; });
        row("power limit", [](Report& report) { report.circumstances->devices.back().powerLimitW = 350; });
        row("LibTorch", [](Report& report) { report.circumstances->libtorchVersion = "2.12.0"; });
        row("threads", [](Report& report) { report.circumstances->threads = 7; });
        row("circumstances", [](Report& report) { report.circumstances.reset(); });
        row("clock while sampling",
            [](Report& report)
            {
                for (auto& one : report.cases)
                {
                    one.roofline->smMhz = 900;
                }
            });
        row("how FLOPs are counted",
            [](Report& report)
            {
                for (auto& one : report.cases)
                {
                    one.roofline->flopsPerSecond *= 2;
                }
            });
    }

    void unlikeCircumstancesKeepVerdictsBack()
    {
        QFETCH(std::function<void(Report&)>, change);
        QFETCH(QString, name);
        const Report first = cudaRun(4e6);
        Report second = cudaRun(8e6);
        change(second);
        const ReportComparison comparison = compareReports(first, second);
        QVERIFY(!comparison.alike && !comparison.judged);
        QCOMPARE(QString::fromStdString(circumstanceName(comparison.differences.front().name)), name);
        QCOMPARE(comparison.counts.judged(), 0);
        QCOMPARE(concludeComparison(comparison), Conclusion::CannotTell);
        QVERIFY(comparison.cases.front().time.ratio);
        ComparisonRequest forced;
        forced.force = true;
        const ReportComparison all = compareReports(first, second, forced);
        QVERIFY(!all.alike && all.judged);
        QCOMPARE(all.counts.slower, static_cast<std::int64_t>(all.cases.size()));
        QCOMPARE(concludeComparison(all), Conclusion::Failed);
    }

    void likeCircumstancesAreSaidToBe()
    {
        const Format format;
        QVERIFY(unlikenessOf(cudaRun(4e6), cudaRun(4e6)).empty());
        QCOMPARE(unlikeSentence("B", {}, format), std::string("B was measured in the same circumstances."));
        Report other = cudaRun(4e6);
        other.circumstances->driverVersion = "590.1";
        QCOMPARE(unlikeSentence("B", unlikenessOf(cudaRun(4e6), other), format),
                 std::string("B differs in driver (590.1, here 580.1)."));
    }

    void aSentenceNamesTheFirstThreeDifferences()
    {
        using enum CircumstanceValues;
        const Format format;
        std::vector<CircumstanceDifference> differences{{"driver", "580.1", "590.1", true}};
        QCOMPARE(unlikeSentence("B", differences, format, LeftOut), std::string("B differs in driver."));
        for (const char* name : {"environment.A", "environment.B", "environment.C", "environment.D"})
        {
            differences.push_back({name, "1", "2", true});
        }
        QCOMPARE(unlikeSentence("B", differences, format, LeftOut),
                 std::string("B differs in driver, A, B and 2 more."));
        QCOMPARE(unlikeSentence("B", differences, format, Named),
                 std::string("B differs in driver (590.1, here 580.1), A (2, here 1), B (2, here 1) and 2 more."));
    }

    void whatChangedBesideTimeFails_data()
    {
        QTest::addColumn<std::function<void(Report&)>>("change");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const char* words, std::function<void(Report&)> change)
        { QTest::newRow(name) << std::move(change) << QString::fromUtf8(words); };
        row("another backend ran", "flash → math",
            [](Report& report) { flashOf(report).evidence->ran = Backend::Math; });
        row("wrong numbers", "accuracy passed → FAILED",
            [](Report& report) { flashOf(report).accuracy = AccuracyVerdict::Failed; });
        row("NaN", "accuracy passed → NaN",
            [](Report& report) { flashOf(report).accuracy = AccuracyVerdict::NotFinite; });
    }

    void whatChangedBesideTimeFails()
    {
        QFETCH(std::function<void(Report&)>, change);
        QFETCH(QString, words);
        Report second = timed(4e6);
        change(second);
        second.circumstances->driverVersion = "unlike";
        const ReportComparison comparison = compareReports(timed(4e6), second);
        const auto& one = comparison.cases.at(1);
        QStringList beside;
        for (const auto& text : besideTime(one, Format()))
        {
            beside << QString::fromStdString(text);
        }
        QVERIFY2(beside.join(u',').contains(words), qPrintable(beside.join(u',')));
        QVERIFY(!one.isRanked());
        QCOMPARE(concludeComparison(comparison), Conclusion::Failed);
    }

    void memoryAndErrorsStandBesideTime()
    {
        Report second = timed(4e6);
        for (auto& row : second.cases)
        {
            row.result.peakBytes = 2 * *row.result.peakBytes;
        }
        for (auto& judgement : second.judgements)
        {
            for (auto& tensor : judgement.tensors)
            {
                tensor.ratio = 1.9;
            }
        }
        const ReportComparison comparison = compareReports(timed(4e6), second);
        const auto& one = comparison.cases.at(1);
        QCOMPARE(*one.memoryRatio, 0.5);
        QCOMPARE(*one.first.errorRatio, 0.8);
        QCOMPARE(*one.second.errorRatio, 1.9);
        const auto words = besideTime(one, Format());
        QCOMPARE(words.size(), std::size_t{2});
        QVERIFY(words[0].starts_with("error 0.8"));
        QVERIFY(words[1].starts_with("peak 1.16 GiB"));
        QCOMPARE(concludeComparison(comparison), Conclusion::Passed);
    }

    void aCaseThatHasNoTimeAnyMoreFails_data()
    {
        QTest::addColumn<Outcome>("outcome");
        QTest::addColumn<Cause>("cause");
        QTest::addColumn<bool>("lost");
        QTest::newRow("failed") << Outcome::Failed << Cause::WorkerDied << true;
        QTest::newRow("out of memory") << Outcome::Skipped << Cause::OutOfMemory << true;
        QTest::newRow("refused") << Outcome::Skipped << Cause::NotEligible << true;
        QTest::newRow("no time left for it") << Outcome::Skipped << Cause::Budget << false;
        QTest::newRow("cancelled") << Outcome::Cancelled << Cause::None << false;
    }

    void aCaseThatHasNoTimeAnyMoreFails()
    {
        QFETCH(Outcome, outcome);
        QFETCH(Cause, cause);
        QFETCH(bool, lost);
        Report second = timed(4e6);
        flashOf(second).outcome = outcome;
        flashOf(second).cause = cause;
        const ReportComparison comparison = compareReports(timed(4e6), second);
        QCOMPARE(comparison.counts.lost, lost ? 1 : 0);
        QCOMPARE(concludeComparison(comparison), lost ? Conclusion::Failed : Conclusion::Passed);
        QVERIFY(!comparison.cases.at(1).isRanked());
    }

    void casesOfOneSideAreListed()
    {
        const Report all = goodReport();
        Report some = all;
        some.cases.resize(2);
        const ReportComparison comparison = compareReports(some, all);
        QCOMPARE(comparison.cases.size(), std::size_t{2});
        QVERIFY(comparison.onlyFirst.empty());
        QVERIFY(!comparison.onlySecond.empty());
        QCOMPARE(compareReports(all, some).onlyFirst, comparison.onlySecond);
        const auto lines = lonelyLines({"A", "B", comparison}, Format(), 2);
        QCOMPARE(lines.size(), std::size_t{1});
        QVERIFY2(lines[0].starts_with("B has ") && lines[0].find(" that A has not: ") != std::string::npos,
                 lines[0].c_str());
        QVERIFY2(lines[0].find("more.") != std::string::npos, lines[0].c_str());
    }

    /// "forward" and "batch-4" time the same cases; each counts once.
    void aCaseThatWasMeasuredTwiceCountsByItsFirstJob()
    {
        const Report run = goodReport();
        const auto meeting = meetCases(run, run);
        QVERIFY(meeting.shared.size() < run.cases.size());
        QCOMPARE(meeting.shared.front().first, std::size_t{0});
        QVERIFY(meeting.onlyFirst.empty() && meeting.onlySecond.empty());
    }

    void nothingInCommonCannotBeTold()
    {
        Report other = timed(4e6);
        for (auto& row : other.cases)
        {
            std::get<ModelInput>(row.measured.subject).batch = 99;
        }
        const NamedComparison named{"A", "B", compareReports(timed(4e6), other)};
        QCOMPARE(comparisonSentence(named, Format()), std::string("A and B have no case in common."));
        QCOMPARE(concludeComparison(named.comparison), Conclusion::CannotTell);
    }

    void unverifiedCasesAreNotRanked()
    {
        Report second = timed(5e6);
        for (auto& row : second.cases)
        {
            row.accuracy = AccuracyVerdict::Unverified;
        }
        const ReportComparison comparison = compareReports(timed(4e6), second);
        QCOMPARE(comparison.counts.judged(), 0);
        QCOMPARE(comparison.counts.unranked, 2);
        QCOMPARE(concludeComparison(comparison), Conclusion::CannotTell);
        QVERIFY(comparedRatio(comparison.cases.front(), true, Format()).text.ends_with("not ranked"));
    }

    void aRuleOutOfItsRangeIsRefused()
    {
        ComparisonRequest request;
        request.rule.confidence = 1.5;
        QVERIFY_EXCEPTION_THROWN(compareReports(timed(4e6), timed(4e6), request), std::invalid_argument);
    }

    void severalReportsAreComparedWithTheFirst()
    {
        const ComparisonDocument document = compareAll({timed(4e6), timed(4e6), timed(5e6)}, {"a", "b", "c"}, {});
        QCOMPARE(document.comparisons.size(), std::size_t{2});
        QCOMPARE(document.comparisons[1].second, std::string("C"));
        QCOMPARE(concludeComparison(document), Conclusion::Failed);
        const Json json = comparisonJson(document);
        QCOMPARE(json["comparisons"][0]["conclusion"], Json("passed"));
        QCOMPARE(json["comparisons"][1]["cases"][0]["verdict"], Json("slower"));
        QCOMPARE(json["conclusion"], Json("failed"));
    }

    void theTextFitsItsTerminal_data()
    {
        QTest::addColumn<int>("width");
        QTest::newRow("80") << 80;
        QTest::newRow("100") << 100;
        QTest::newRow("140") << 140;
    }

    void theTextFitsItsTerminal()
    {
        QFETCH(int, width);
        Report second = timed(5e6);
        second.circumstances->driverVersion = "590";
        flashOf(second).evidence->ran = Backend::MemoryEfficient;
        const auto document = compareAll({timed(4e6), second}, {"before.json", "after.json"}, {});
        const TextLayout layout{static_cast<std::size_t>(width), false};
        const std::string text = writeComparisonText(document, Format(), layout, false, "Force it.");
        for (const auto& line : QString::fromStdString(text).split(u'\n'))
        {
            QVERIFY2(line.size() <= width, qPrintable(line));
        }
        const auto unlike = text.find("Unlike circumstances");
        const auto like = text.find("like for like");
        QVERIFY2(unlike != std::string::npos && unlike < like, text.c_str());
        QVERIFY2(QString::fromStdString(text).simplified().endsWith(
                     QStringLiteral("so there is no verdict. Another backend ran in 1. Force it.")),
                 text.c_str());
    }

    void changesAloneLeaveOutWhatIsTheSame()
    {
        Report second = timed(4e6);
        flashOf(second).deviceNs = timesNear(9e6);
        const NamedComparison named{"A", "B", compareReports(timed(4e6), second)};
        QCOMPARE(comparisonTable(named, Format(), Detail::Compact, false).rows.size(), std::size_t{2});
        QCOMPARE(comparisonTable(named, Format(), Detail::Compact, true).rows.size(), std::size_t{1});
        QVERIFY(writeComparisonMarkdown(compareAll({timed(4e6), second}, {"a", "b"}, {}), true).find("slower") !=
                std::string::npos);
    }

private:
    static Report goodReport() { return foldEvents(goodRun()); }

    /// Math and flash, judged, each near \a ns.
    static Report timed(double ns, double noise = 0.002, const Circumstances& facts = cpuCircumstances())
    {
        auto plan = validationPlan();
        plan.device = facts.selected;
        plan.jobs = {judgeJob(smallModel()), compareJob("forward", smallModel(), Pass::Forward)};
        EventBuilder builder(plan);
        builder.begin(facts).judge().compare("forward", ns, 1.25, noise);
        return foldEvents(builder.end().events());
    }

    static Report cudaRun(double ns)
    {
        Report report = timed(ns, 0.002, cudaCircumstances());
        for (auto& row : report.cases)
        {
            row.roofline->smMhz = 1000;
        }
        return report;
    }

    static CaseReport& flashOf(Report& report)
    {
        for (auto& row : report.cases)
        {
            if (row.measured.backend == Backend::Flash)
            {
                return row;
            }
        }
        throw std::logic_error("the run has no flash");
    }
};

QTEST_APPLESS_MAIN(TestReportComparison)
#include "tst_report_comparison.moc"
