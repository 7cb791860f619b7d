// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/json_report.h"
#include "core/report/original_claims.h"
#include "core/report/original_report.h"
#include "core/report/sweep.h"

#include <QtTest>

#include <fstream>
#include <iterator>

using namespace headroom;

namespace
{

OriginalReport dataFile(const char* name)
{
    std::ifstream file(std::string(HEADROOM_TEST_DATA) + "/" + name);
    return originalFromDocument(parseReportText(std::string(std::istreambuf_iterator<char>(file), {})));
}

QString remarks(const OriginalReport& report)
{
    QString all;
    for (const auto& remark : remarksOn(report))
    {
        all += QString::fromStdString(remark) + QLatin1Char('\n');
    }
    return all;
}

} // namespace

class TestOriginalReport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void itsClaimsAreCasesThatNobodyVerified()
    {
        const Report claims = claimsOf(dataFile("original_report.json"));
        QVERIFY(isOriginal(claims));
        QCOMPARE(claims.cases.size(), std::size_t{1});
        const auto& row = claims.cases.front();
        QCOMPARE(row.device->meanNs, 4.881617307662964e6);
        QCOMPARE(row.device->medianNs, 4.879440069198608e6);
        QCOMPARE(row.device->n, std::int64_t{50});
        QVERIFY(!row.device->p95Ns.value); // 50 runs support none
        QVERIFY(!row.device->medianIntervalNs);
        QCOMPARE(row.accuracy, AccuracyVerdict::Unverified);
        QVERIFY(row.deviceNs.empty());
        QVERIFY(!row.evidence);
        QCOMPARE(std::get<ModelInput>(row.measured.subject).batch, std::int64_t{4});
        QCOMPARE(*row.result.peakBytes, 854.96923828125 * 1024 * 1024);
        QCOMPARE(claims.conclusion, Conclusion::CannotTell);
        QVERIFY(claims.conclusionReasons.size() > 2); // what it is, and what to know of it
        QVERIFY(claims.headlines.empty() && claims.comparisons.empty());
    }

    void itsScalingIsASweep()
    {
        const Report claims = claimsOf(dataFile("original_extended.json"));
        const auto sweeps = sweepsOf(claims);
        QCOMPARE(sweeps.size(), std::size_t{2});
        QCOMPARE(sweeps.front().rows.size(), std::size_t{6});
        QCOMPARE(sweeps.front().rows.front().cases.front()->device->meanNs, 2.694928002357483e6);
    }

    void anotherModelsShapeIsNotKnown()
    {
        OriginalReport report = dataFile("original_report.json");
        report.model->parameters = 1000;
        QVERIFY_EXCEPTION_THROWN(claimsOf(report), std::invalid_argument);
    }

    void theReportIsRead()
    {
        const auto report = dataFile("original_report.json");
        QCOMPARE(*report.compatibility->pytorchVersion, std::string("2.11.0+cu130"));
        QCOMPARE(*report.compatibility->attentionLayers, std::int64_t{12});
        QCOMPARE(*report.accuracy->maxAbsoluteError, 4.76837158203125e-06);
        QCOMPARE(*report.accuracy->gradientCheckPassed, false);
        QCOMPARE(*report.performance->latencyMs, 4.881617307662964);
        QCOMPARE(*report.performance->iterations, std::int64_t{50});
        QCOMPARE(*report.model->parameters, std::int64_t{163085905});
        QCOMPARE(report.recommendations.size(), std::size_t{2});
        QVERIFY(report.batchScaling.empty());
    }

    void theExtendedBenchmarksAreRead()
    {
        const auto report = dataFile("original_extended.json");
        QCOMPARE(report.batchScaling.size(), std::size_t{6});
        QCOMPARE(report.batchScaling[5].size, std::int64_t{32});
        QCOMPARE(*report.sequenceScaling[5].latencyMs, 29.054862308502198);
        QVERIFY(!report.performance);
    }

    void claimsThatDoNotHoldAreRemarkedOn()
    {
        const auto all = remarks(dataFile("original_report.json"));
        QVERIFY(all.contains(QLatin1String("There is no baseline")));
        QVERIFY(all.contains(QLatin1String("compares the model with itself")));
        QVERIFY(all.contains(QLatin1String("speed-up of 0.00x was never measured")));
        QVERIFY(all.contains(QLatin1String("p95 needs 72, p99 needs 368")));
        QVERIFY(all.contains(QLatin1String("Accuracy was tested at sequence length 32, speed at 128")));
        QVERIFY(all.contains(QLatin1String("which kernel ran was not looked at")));
    }

    void whatIsNotClaimedIsNotRemarkedOn()
    {
        QVERIFY(remarksOn(OriginalReport()).empty());
        const auto extended = remarks(dataFile("original_extended.json"));
        QCOMPARE(extended.count(QLatin1Char('\n')), 1);
        OriginalReport enough;
        enough.performance.emplace();
        enough.performance->iterations = 400;
        enough.performance->p99Ms = 1.0;
        enough.performance->baselineLatencyMs = 2.0;
        QVERIFY(remarksOn(enough).empty());
    }

    void itIsShownReadably()
    {
        const auto text =
            QString::fromStdString(writeOriginalText(dataFile("original_report.json"), Format(), TextLayout()));
        QVERIFY(text.contains(QLatin1String("Headroom\nhas measured none of it")) ||
                text.contains(QLatin1String("Headroom has measured none of it")));
        QVERIFY(text.contains(QStringLiteral("latency, mean    4.88 ms ± 0.03 ms (standard deviation)")));
        QVERIFY(text.contains(QStringLiteral("163\u202f085\u202f905")));
        for (const auto& line : text.split(QLatin1Char('\n')))
        {
            QVERIFY2(line.size() <= 100, qPrintable(line));
        }
        const auto markdown = QString::fromStdString(writeOriginalMarkdown(dataFile("original_extended.json")));
        QVERIFY(markdown.contains(QLatin1String("### Batch size scaling")));
        QVERIFY(markdown.contains(QLatin1String("| 32 | 25.1 ms |")));
    }

    void partsMayBeMissing()
    {
        const auto report = originalFromDocument(Json::parse(R"({"compatibility_status": {"pytorch_version": null},
                                                                 "performance_metrics": {"speedup": 0.0}})"));
        QVERIFY(!report.compatibility->pytorchVersion);
        QCOMPARE(*report.performance->speedup, 0.0);
        QVERIFY(remarks(report).contains(QLatin1String("never measured")));
        QVERIFY(!writeOriginalText(report, Format(true), TextLayout()).empty());
    }

    void faults_data()
    {
        QTest::addColumn<QByteArray>("given");
        QTest::addColumn<QString>("words");
        QTest::newRow("a string for a number") << QByteArray(R"({"performance_metrics": {"flash_latency_ms": "4"}})")
                                               << QStringLiteral("'flash_latency_ms' is a string");
        QTest::newRow("a section that is none")
            << QByteArray(R"({"accuracy_metrics": 3})") << QStringLiteral("'accuracy_metrics' is no object");
        QTest::newRow("a point without its size")
            << QByteArray(R"({"batch_size_scaling": [{"latency_ms": 1}]})") << QStringLiteral("has no batch_size");
    }
    void faults()
    {
        QFETCH(QByteArray, given);
        QFETCH(QString, words);
        const auto document = Json::parse(given.toStdString());
        QVERIFY(isOriginalReport(document));
        try
        {
            originalFromDocument(document);
            QFAIL("it was read");
        }
        catch (const std::invalid_argument& error)
        {
            QVERIFY2(QString::fromUtf8(error.what()).contains(words), error.what());
        }
    }

    void foreignDocumentsAreNone()
    {
        QVERIFY(!isOriginalReport(Json::parse(R"({"a": 1})")));
        QVERIFY(!isOriginalReport(Json::parse("[1]")));
    }
};

QTEST_APPLESS_MAIN(TestOriginalReport)
#include "tst_original_report.moc"
