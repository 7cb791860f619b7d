// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/stopping.h"

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <QtTest>

#include "noise.h"

using namespace headroom;

namespace
{

using Values = std::vector<double>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kRunaway = 100'000; // a rule that gets here does not end

/// What a runner does: ask before each sample, stop at the first answer. Time is the samples' own.
struct Course
{
    std::optional<StopReason> reason;
    std::size_t samples = 0;
    double seconds = 0.0;
};

template <typename Rule> Course follow(const Rule& rule, const std::function<double(std::size_t)>& sampleNs)
{
    Course course;
    Values taken;
    while (!course.reason && taken.size() < kRunaway)
    {
        course.reason = rule.decide(taken, course.seconds);
        if (!course.reason)
        {
            taken.push_back(sampleNs(taken.size()));
            course.seconds += taken.back() * 1e-9;
        }
    }
    course.samples = taken.size();
    return course;
}

WarmupRule untimedWarmup()
{
    WarmupRule rule;
    rule.minSeconds = 0.0;
    return rule;
}

} // namespace

class TestStopping : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void warmupOfSteadySamplesLastsTheWindowAndTheMinimum_data();
    void warmupOfSteadySamplesLastsTheWindowAndTheMinimum();
    void warmupAgreesWithinItsLimit_data();
    void warmupAgreesWithinItsLimit();
    void warmupForgetsWhatCameBeforeTheWindow();
    void warmupWaitsForADriftToEnd();
    void warmupOfNoisySamplesIsBounded();
    void warmupCountIsObeyedExactly_data();
    void warmupCountIsObeyedExactly();
    void warmupOfZeroSecondsIsNone();
    void brokenClockEndsBothPhases();
    void degenerateWindowSettlesAtOnce();

    void samplingStopsWhenPrecise();
    void samplingOfEqualSamplesTakesTheMinimum();
    void samplingWaitsForItsMinimumOfSeconds();
    void samplingSaysWhichCapWasReached_data();
    void samplingSaysWhichCapWasReached();
    void timeCapWaitsForTheMinimumOfSamples();
    void hardTimeCapWaitsForNothing();
    void samplingCountIsObeyedExactly_data();
    void samplingCountIsObeyedExactly();
    void unusableSamplesAreNeverPrecise_data();
    void unusableSamplesAreNeverPrecise();
    void precisionHasPrecedenceOverCaps();
    void everyReasonHasItsName();
};

void TestStopping::warmupOfSteadySamplesLastsTheWindowAndTheMinimum_data()
{
    QTest::addColumn<double>("sampleNs");
    QTest::addColumn<int>("expected");
    QTest::newRow("slow samples: the window") << 1e7 << 10;
    QTest::newRow("fast samples: 25 ms") << 1e6 << 25;
}

void TestStopping::warmupOfSteadySamplesLastsTheWindowAndTheMinimum()
{
    QFETCH(double, sampleNs);
    QFETCH(int, expected);
    WarmupRule rule;
    rule.minSeconds = 0.0249999; // the sum of the samples is rounded
    const Course course = follow(rule, [&](std::size_t) { return sampleNs; });
    QVERIFY(course.reason == StopReason::Settled);
    QCOMPARE(static_cast<int>(course.samples), expected);
}

void TestStopping::warmupAgreesWithinItsLimit_data()
{
    QTest::addColumn<Values>("samplesNs");
    QTest::addColumn<bool>("settled");
    QTest::newRow("nine are too few") << Values(9, 100.0) << false;
    QTest::newRow("equal") << Values(10, 100.0) << true;
    QTest::newRow("1 %") << Values{100, 101, 100, 101, 100, 100, 101, 100, 101, 100} << true;
    QTest::newRow("1.1 %") << Values{100, 101.1, 100, 101.1, 100, 100, 101.1, 100, 101.1, 100} << false;
    QTest::newRow("one spike") << Values{100, 100, 100, 900, 100, 100, 100, 100, 100, 100} << true;
    QTest::newRow("a spike each way") << Values{100, 100, 100, 900, 100, 100, 20, 100, 100, 100} << true;
    QTest::newRow("two spikes") << Values{100, 100, 100, 900, 100, 900, 100, 100, 100, 100} << false;
    QTest::newRow("NaN") << Values{100, 100, 100, kNan, 100, 100, 100, 100, 100, 100} << false;
    QTest::newRow("infinity") << Values{100, 100, 100, kInfinity, 100, 100, 100, 100, 100, 100} << false;
    QTest::newRow("zero is no time") << Values(10, 0.0) << false;
    QTest::newRow("nor is less") << Values(10, -5.0) << false;
}

void TestStopping::warmupAgreesWithinItsLimit()
{
    QFETCH(Values, samplesNs);
    QFETCH(bool, settled);
    QVERIFY(untimedWarmup().decide(samplesNs, 0.1) == (settled ? std::optional(StopReason::Settled) : std::nullopt));
}

void TestStopping::warmupForgetsWhatCameBeforeTheWindow()
{
    const Course course = follow(untimedWarmup(), [](std::size_t i) { return i < 5 ? 9e6 : 1e6; });
    QVERIFY(course.reason == StopReason::Settled);
    QCOMPARE(course.samples, std::size_t{14}); // of the last ten, one may still be cold
}

void TestStopping::warmupWaitsForADriftToEnd()
{
    // A clock that rises by 0.2 % a sample during 100 samples.
    const Course course = follow(untimedWarmup(), [](std::size_t i)
                                 { return 1e6 * (1.2 - 0.002 * static_cast<double>(std::min<std::size_t>(i, 100))); });
    QVERIFY(course.reason == StopReason::Settled);
    QVERIFY2(course.samples >= 100 && course.samples <= 110, std::to_string(course.samples).c_str());
}

void TestStopping::warmupOfNoisySamplesIsBounded()
{
    Noise noise(11);
    const Course course = follow(WarmupRule{}, [&](std::size_t) { return 1e6 * (1.0 + noise.uniform()); });
    QVERIFY(course.reason == StopReason::TimeCap);
    QVERIFY(course.seconds >= 2.0 && course.seconds < 2.01);
}

void TestStopping::warmupCountIsObeyedExactly_data()
{
    QTest::addColumn<int>("count");
    for (const int count : {0, 1, 3, 10, 5000})
    {
        QTest::addRow("%d", count) << count;
    }
}

void TestStopping::warmupCountIsObeyedExactly()
{
    QFETCH(int, count);
    WarmupRule rule;
    rule.exactCount = count;
    for (const double sampleNs : {1.0, 1e6, 1e10}) // settled early, and far past any cap
    {
        const Course course = follow(rule, [&](std::size_t) { return sampleNs; });
        QVERIFY(course.reason == StopReason::CountReached);
        QCOMPARE(static_cast<int>(course.samples), count);
    }
}

void TestStopping::warmupOfZeroSecondsIsNone()
{
    WarmupRule rule;
    rule.maxSeconds = 0.0;
    QVERIFY(rule.decide({}, 0.0) == StopReason::TimeCap);
    rule.maxSeconds = 1.0;
    QVERIFY(!rule.decide({}, 0.0));
}

void TestStopping::brokenClockEndsBothPhases()
{
    QVERIFY(WarmupRule{}.decide({}, kNan) == StopReason::TimeCap);
    QVERIFY(SamplingRule{}.decide(Values{1, 9, 1, 9, 1, 9, 1, 9, 1, 9}, kNan) == StopReason::TimeCap);
}

void TestStopping::degenerateWindowSettlesAtOnce()
{
    for (const std::int64_t window : {-3, 0, 1})
    {
        WarmupRule rule = untimedWarmup();
        rule.window = window;
        QVERIFY(!rule.decide({}, 0.0));
        QVERIFY(rule.decide(Values{5.0}, 0.0) == StopReason::Settled);
    }
}

void TestStopping::samplingStopsWhenPrecise()
{
    // Alternating 1 +- 5 %: deviation 5 %, so that 0.5 % takes about (5 / 0.5)^2 = 100 samples.
    const Course course = follow(SamplingRule{}, [](std::size_t i) { return i % 2 == 0 ? 0.95e6 : 1.05e6; });
    QVERIFY(course.reason == StopReason::Precise);
    QVERIFY2(course.samples >= 98 && course.samples <= 103, std::to_string(course.samples).c_str());
}

void TestStopping::samplingOfEqualSamplesTakesTheMinimum()
{
    const Course course = follow(SamplingRule{}, [](std::size_t) { return 1e6; });
    QVERIFY(course.reason == StopReason::Precise);
    QCOMPARE(course.samples, std::size_t{10});
}

void TestStopping::samplingWaitsForItsMinimumOfSeconds()
{
    SamplingRule rule;
    rule.minSeconds = 0.5;
    const Course course = follow(rule, [](std::size_t) { return 1e6; });
    QVERIFY(course.reason == StopReason::Precise);
    QVERIFY(course.seconds >= 0.5 && course.seconds < 0.502);
}

void TestStopping::samplingSaysWhichCapWasReached_data()
{
    QTest::addColumn<double>("sampleNs");
    QTest::addColumn<int>("reason");
    QTest::addColumn<int>("samples");
    QTest::newRow("fast: samples") << 1e3 << static_cast<int>(StopReason::SampleCap) << 2000;
    QTest::newRow("slow: time") << 0.25e9 << static_cast<int>(StopReason::TimeCap) << 32;
}

void TestStopping::samplingSaysWhichCapWasReached()
{
    QFETCH(double, sampleNs);
    QFETCH(int, reason);
    QFETCH(int, samples);
    // From 10 to 190 % in turn, so that the mean stays imprecise.
    const Course course =
        follow(SamplingRule{}, [&](std::size_t i) { return i % 2 == 0 ? 0.1 * sampleNs : 1.9 * sampleNs; });
    QCOMPARE(static_cast<int>(course.reason.value()), reason);
    QVERIFY(std::abs(static_cast<int>(course.samples) - samples) <= 1);
}

void TestStopping::timeCapWaitsForTheMinimumOfSamples()
{
    const Course course = follow(SamplingRule{}, [](std::size_t i) { return i % 2 == 0 ? 3e9 : 6e9; });
    QVERIFY(course.reason == StopReason::TimeCap);
    QCOMPARE(course.samples, std::size_t{10});
}

void TestStopping::hardTimeCapWaitsForNothing()
{
    SamplingRule rule;
    rule.hardMaxSeconds = 12.0;
    const Course course = follow(rule, [](std::size_t i) { return i % 2 == 0 ? 3e9 : 6e9; });
    QVERIFY(course.reason == StopReason::TimeCap);
    QCOMPARE(course.samples, std::size_t{3});
}

void TestStopping::samplingCountIsObeyedExactly_data()
{
    warmupCountIsObeyedExactly_data();
}

void TestStopping::samplingCountIsObeyedExactly()
{
    QFETCH(int, count);
    SamplingRule rule;
    rule.exactCount = count;
    rule.hardMaxSeconds = 1.0;
    rule.maxSamples = 20;
    for (const double sampleNs : {1.0, 1e6, 1e10})
    {
        const Course course = follow(rule, [&](std::size_t) { return sampleNs; });
        QVERIFY(course.reason == StopReason::CountReached);
        QCOMPARE(static_cast<int>(course.samples), count);
    }
}

void TestStopping::unusableSamplesAreNeverPrecise_data()
{
    QTest::addColumn<double>("odd");
    QTest::newRow("NaN") << kNan;
    QTest::newRow("infinity") << kInfinity;
    QTest::newRow("so low that the mean is below 0") << -1e4;
}

void TestStopping::unusableSamplesAreNeverPrecise()
{
    QFETCH(double, odd);
    Values samplesNs(50, 100.0);
    samplesNs[20] = odd;
    QVERIFY(!SamplingRule{}.decide(samplesNs, 1.0));
    QVERIFY(SamplingRule{}.decide(samplesNs, 8.0) == StopReason::TimeCap);
}

void TestStopping::precisionHasPrecedenceOverCaps()
{
    SamplingRule rule;
    rule.maxSamples = 10;
    QVERIFY(rule.decide(Values(10, 100.0), 100.0) == StopReason::Precise);
    rule.minSeconds = 200.0; // out of reach: a cap wins over a minimum
    QVERIFY(rule.decide(Values(10, 100.0), 100.0) == StopReason::SampleCap);
    QVERIFY(untimedWarmup().decide(Values(10, 100.0), 100.0) == StopReason::Settled);
}

void TestStopping::everyReasonHasItsName()
{
    for (const StopReason reason : {StopReason::Settled, StopReason::Precise, StopReason::CountReached,
                                    StopReason::SampleCap, StopReason::TimeCap, StopReason::Interrupted})
    {
        QVERIFY(toString(reason) != "?");
        QVERIFY(Json(reason).get<StopReason>() == reason);
    }
}

QTEST_APPLESS_MAIN(TestStopping)

#include "tst_stopping.moc"
