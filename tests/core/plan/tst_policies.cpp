// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/preset.h"

#include <QtTest>

#include <functional>
#include <limits>
#include <set>

using namespace headroom;

namespace
{

using Change = std::function<void(MeasurementPolicy&)>;

} // namespace

Q_DECLARE_METATYPE(Change)

class TestPolicies : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyOptionIsInJsonUnderItsName()
    {
        MeasurementPolicy policy;
        const Json json = policy;
        std::size_t options = 0;
        std::set<std::string_view> flags;
        MeasurementPolicy::visitOptions(policy,
                                        [&](const OptionInfo& option, const auto&)
                                        {
                                            ++options;
                                            QVERIFY(json.contains(std::string(option.name)));
                                            QVERIFY(!option.help.empty());
                                            QVERIFY(option.flag.empty() || option.flag.starts_with("--"));
                                            QVERIFY(option.flag.empty() || flags.insert(option.flag).second);
                                        });
        QCOMPARE(json.size(), options);
        QVERIFY(json.at("iterations").is_null());
    }

    void everyOptionComesBackFromJson()
    {
        MeasurementPolicy policy;
        policy.iterations = 50;
        policy.warmup = 0;
        double number = 0.5;
        MeasurementPolicy::visitOptions(policy,
                                        [&number](const OptionInfo&, auto& member)
                                        {
                                            number += 1;
                                            using Member = std::remove_reference_t<decltype(member)>;
                                            if constexpr (std::is_arithmetic_v<Member>)
                                            {
                                                member = static_cast<Member>(number);
                                            }
                                        });
        QCOMPARE(parseJson(toJsonLine(policy)).get<MeasurementPolicy>(), policy);
        QCOMPARE(Json::object().get<MeasurementPolicy>(), MeasurementPolicy());
    }

    void accuracyComesBackFromJson()
    {
        AccuracyPolicy policy;
        policy.maxErrorRatio = 3;
        policy.gradientsPerLayer = true;
        QCOMPARE(parseJson(toJsonLine(policy)).get<AccuracyPolicy>(), policy);
    }

    void badNumbersAreToldByTheirFlag_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QByteArray>("sentence");
        const auto row = [](const char* name, Change change, const char* sentence)
        { QTest::newRow(name) << change << QByteArray(sentence); };
        row(
            "no samples", [](auto& p) { p.iterations = 0; }, "--num-iterations is 0; it must be at least 1.");
        row(
            "negative warm-up", [](auto& p) { p.warmup = -1; }, "--num-warmup is -1; it must be at least 0.");
        row(
            "no warm-up", [](auto& p) { p.warmup = 0; }, "");
        row(
            "fewest", [](auto& p) { p.minSamples = 0; }, "--min-samples is 0; it must be at least 1.");
        row(
            "fewest above most", [](auto& p) { p.minSamples = 5, p.maxSamples = 4; },
            "--min-samples 5 is more than --max-samples 4.");
        row(
            "negative time", [](auto& p) { p.maxSecondsPerCase = -1; },
            "--max-case-seconds is -1; it must be a number from 0 on.");
        row(
            "NaN", [](auto& p) { p.targetRelativeError = std::numeric_limits<double>::quiet_NaN(); },
            "--target-error is nan; it must be a number from 0 on.");
        row(
            "infinite", [](auto& p) { p.minSeconds = std::numeric_limits<double>::infinity(); },
            "--min-case-seconds is inf; it must be a number from 0 on.");
        row(
            "option without a flag", [](auto& p) { p.warmupMaxSeconds = -2; },
            "warmupMaxSeconds is -2; it must be a number from 0 on.");
        row(
            "confidence", [](auto& p) { p.confidence = 1; }, "confidence is 1; it must lie between 0 and 1.");
    }
    void badNumbersAreToldByTheirFlag()
    {
        QFETCH(Change, change);
        QFETCH(QByteArray, sentence);
        MeasurementPolicy policy;
        change(policy);
        const auto problems = problemsWith(policy);
        QCOMPARE(problems, sentence.isEmpty() ? std::vector<std::string>() : std::vector{sentence.toStdString()});
    }

    void presetsAreSound()
    {
        for (const auto& [preset, name] : EnumNames<Preset>::names)
        {
            QVERIFY(problemsWith(measurementPolicyOf(preset)).empty());
        }
    }

    void presetsMeanWhatTheySay()
    {
        const MeasurementPolicy original = measurementPolicyOf(Preset::Original);
        QCOMPARE(original.iterations, std::optional<std::int64_t>(50));
        QCOMPARE(original.warmup, std::optional<std::int64_t>(10));
        const MeasurementPolicy thorough = measurementPolicyOf(Preset::Thorough);
        const MeasurementPolicy standard = measurementPolicyOf(Preset::Standard);
        const MeasurementPolicy quick = measurementPolicyOf(Preset::Quick);
        QVERIFY(!standard.iterations && !standard.warmup);
        QCOMPARE(standard.targetRelativeError, 0.005);
        QCOMPARE(thorough.minSeconds, 0.5);
        QVERIFY(thorough.targetRelativeError < standard.targetRelativeError);
        QVERIFY(quick.minSamples < standard.minSamples && quick.maxSecondsPerCase < standard.maxSecondsPerCase);
        QCOMPARE(accuracyPolicyOf(Preset::Quick).wholeModelBatch, std::int64_t(1));
        QCOMPARE(accuracyPolicyOf(Preset::Standard), AccuracyPolicy());
    }
};

QTEST_APPLESS_MAIN(TestPolicies)
#include "tst_policies.moc"
