// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/report/event_builder.h"

#include "core/advice/advise.h"
#include "core/report/fold.h"
#include "core/report/json_report.h"
#include "core/report/original_keys.h"

#include <QtTest>

#include <fstream>
#include <iterator>

using namespace headroom;
using namespace headroom::testing;

namespace
{

Report fullReport()
{
    auto events = goodRun();
    auto report = foldEvents(events);
    report.recommendations = advise(report);
    report.telemetry.push_back({});
    report.telemetry.back().smClockMhz = 1000;
    report.telemetry.back().throttleReasons = {"power"};
    report.log.push_back({LogLevel::Warning, "a line\nof two"});
    report.checks.push_back({CheckKind::Autocast, Backend::Flash, CheckStatus::Passed, "fine", {"a detail"}});
    return report;
}

Json dataFile(const char* name)
{
    std::ifstream file(std::string(HEADROOM_TEST_DATA) + "/" + name);
    return Json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

/// The sentence that reading \a text ends with; empty when it is read.
std::string faultOf(const std::string& text)
{
    try
    {
        readJsonReport(text);
    }
    catch (const std::invalid_argument& error)
    {
        return error.what();
    }
    return {};
}

} // namespace

class TestJsonReport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsWrittenIsRead()
    {
        const auto report = fullReport();
        QVERIFY(readJsonReport(writeJsonReport(report)) == report);
        QVERIFY(readJsonReport(writeJsonReport(Report())) == Report());
    }

    void writingTwiceIsTheSame() { QVERIFY(writeJsonReport(fullReport()) == writeJsonReport(fullReport())); }

    void theOriginalsKeysKeepTheirTypes()
    {
        const auto ours = Json::parse(writeJsonReport(fullReport()));
        const auto original = dataFile("original_report.json");
        for (const auto& [name, section] : original.items())
        {
            QVERIFY2(ours.contains(name), name.c_str());
            if (!section.is_object())
            {
                QCOMPARE(ours[name].type(), section.type());
                continue;
            }
            for (const auto& [key, value] : section.items())
            {
                QVERIFY2(ours[name].contains(key), key.c_str());
                const auto& mine = ours[name][key];
                const bool alike = mine.type() == value.type() || (mine.is_number() && value.is_number());
                const bool mayLack = mine.is_null() && (key.find("_p9") != std::string::npos || key == "cuda_version");
                QVERIFY2(alike || mayLack, key.c_str());
            }
            QCOMPARE(ours[name].size(), section.size()); // nothing of ours among the original's
        }
    }

    void theOriginalsSweepsAreThere()
    {
        const auto ours = Json::parse(writeJsonReport(fullReport()));
        const auto original = dataFile("original_extended.json");
        for (const auto& [name, points] : original.items())
        {
            QVERIFY2(ours.contains(name), name.c_str());
            QCOMPARE(ours[name].size(), std::size_t{3});
            for (const auto& [key, value] : points[0].items())
            {
                QVERIFY2(ours[name][0].contains(key) && ours[name][0][key].is_number(), key.c_str());
            }
        }
        QVERIFY(!Json::parse(writeJsonReport(Report())).contains("batch_size_scaling"));
    }

    void theOriginalsFiguresAreTheBestFusedOnes()
    {
        const auto ours = Json::parse(writeJsonReport(fullReport()));
        const auto& speed = ours["performance_metrics"];
        QVERIFY(std::abs(speed["flash_latency_ms"].get<double>() - 4.0 / 1.32) < 0.01);
        QVERIFY(speed["flash_latency_p95_ms"].is_null());
        QCOMPARE(speed["num_iterations"].get<int>(), 40);
        QCOMPARE(speed["flash_peak_memory_mb"].get<double>(), 1.25e9 / 1024 / 1024);
        QCOMPARE(ours["accuracy_metrics"]["tolerance_used"].get<double>(), 1e-5);
        QVERIFY(ours["accuracy_metrics"]["gradient_check_passed"].get<bool>());
        QCOMPARE(ours["compatibility_status"]["num_attention_layers"].get<int>(), 2);
        QCOMPARE(ours["model_info"]["num_parameters"].get<std::int64_t>(), std::int64_t{27623505});
        QCOMPARE(ours["timestamp"].get<std::string>(), std::string("2026-11-23T05:00:00.123000"));
    }

    void skippedStagesAreNull()
    {
        EventBuilder builder(validationPlan());
        builder.begin().probe(smallModel()).end();
        const auto ours = Json::parse(writeJsonReport(foldEvents(builder.events())));
        QVERIFY(ours["accuracy_metrics"].is_null());
        QVERIFY(ours["performance_metrics"].is_null());
        QVERIFY(ours["compatibility_status"].is_object());
    }

    void rawSamplesAreKeptOnOneLine()
    {
        const auto text = writeJsonReport(fullReport());
        const auto document = Json::parse(text);
        QCOMPARE(document["cases"][0]["deviceNs"].size(), std::size_t{40});
        const auto at = text.find("\"deviceNs\": [");
        QVERIFY(at != std::string::npos);
        QVERIFY(text.find(']', at) < text.find('\n', at));
    }

    void numbersThatJsonLacksSurvive()
    {
        auto report = fullReport();
        report.judgements[0].tensors[0].ratio = std::numeric_limits<double>::quiet_NaN();
        report.judgements[0].tensors[0].errors.maxError = std::numeric_limits<double>::infinity();
        const auto back = readJsonReport(writeJsonReport(report));
        QVERIFY(std::isnan(back.judgements[0].tensors[0].ratio));
        QVERIFY(std::isinf(back.judgements[0].tensors[0].errors.maxError));
    }

    void faults_data()
    {
        QTest::addColumn<QString>("given");
        QTest::addColumn<QString>("words");
        const auto whole = QString::fromStdString(writeJsonReport(fullReport()));
        auto newer = whole;
        newer.replace(QLatin1String("\"schema_version\": 1"), QLatin1String("\"schema_version\": 7"));
        auto older = whole;
        older.replace(QLatin1String("\"schema_version\": 1"), QLatin1String("\"schema_version\": 0"));
        auto damaged = whole;
        damaged.replace(QLatin1String("\"conclusion\": \"passed\""), QLatin1String("\"conclusion\": 12"));
        auto foreignWord = whole;
        foreignWord.replace(QLatin1String("\"conclusion\": \"passed\""), QLatin1String("\"conclusion\": \"splendid\""));
        QTest::newRow("empty") << QString() << QStringLiteral("The file is empty.");
        QTest::newRow("noise with brackets in it")
            << QStringLiteral("{\"a\": [1, nonsense {[") << QStringLiteral("The file is no report");
        QTest::newRow("cut off") << whole.left(whole.size() / 2) << QStringLiteral("The file is cut off");
        QTest::newRow("cut after a brace")
            << whole.left(whole.lastIndexOf(QLatin1Char('}'), -3) + 1) << QStringLiteral("The file is cut off");
        QTest::newRow("no JSON") << QStringLiteral("hello") << QStringLiteral("The file is no report");
        QTest::newRow("foreign") << QStringLiteral("{\"a\": 1}") << QStringLiteral("no schema_version");
        QTest::newRow("an array") << QStringLiteral("[1, 2]") << QStringLiteral("no schema_version");
        QTest::newRow("newer") << newer << QStringLiteral("schema version 7, and this Headroom reads versions up to 1");
        QTest::newRow("no such version") << older << QStringLiteral("damaged");
        QTest::newRow("wrong type") << damaged << QStringLiteral("damaged");
        QTest::newRow("unknown word") << foreignWord << QStringLiteral("'splendid' is not a conclusion");
        QTest::newRow("nothing of ours") << QStringLiteral("{\"schema_version\": 1}") << QStringLiteral("damaged");
    }
    void faults()
    {
        QFETCH(QString, given);
        QFETCH(QString, words);
        const auto fault = faultOf(given.toStdString());
        QVERIFY2(QString::fromStdString(fault).contains(words), fault.c_str());
    }

    void aRecommendationAsAString()
    {
        Recommendation advice;
        advice.title = "Use flash";
        QCOMPARE(recommendationText(advice), std::string("Use flash."));
        advice.why = "It is faster.";
        advice.gainText = "1.3×";
        QCOMPARE(recommendationText(advice), std::string("Use flash. It is faster. 1.3×."));
    }
};

QTEST_APPLESS_MAIN(TestJsonReport)
#include "tst_json_report.moc"
