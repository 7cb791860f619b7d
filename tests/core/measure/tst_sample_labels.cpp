// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/sample_labels.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
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

/// "..L.O": a letter a sample.
QByteArray letters(const std::vector<SampleLabel>& labels)
{
    QByteArray text;
    for (const SampleLabel label : labels)
    {
        text.append(label == SampleLabel::None       ? '.'
                    : label == SampleLabel::LowClock ? 'L'
                    : label == SampleLabel::CoreWait ? 'W'
                                                     : 'O');
    }
    return text;
}

} // namespace

class TestSampleLabels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void outliersAreLabelled_data();
    void outliersAreLabelled();
    void lowClocksAreLabelled_data();
    void lowClocksAreLabelled();
    void throttledSamplesDoNotHideAnOutlier();
    void waitsAreLabelledAndSpreadNothing();
    void normalSamplesAreHardlyEverOutliers();
    void differentLengthsThrow();
    void everyLabelHasItsName();
};

void TestSampleLabels::outliersAreLabelled_data()
{
    QTest::addColumn<Values>("samplesNs");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("none") << Values{} << QByteArray("");
    QTest::newRow("one") << Values{5.0} << QByteArray(".");
    QTest::newRow("two, far apart: neither is the odd one") << Values{5.0, 50.0} << QByteArray("..");
    QTest::newRow("all equal") << Values(8, 5.0) << QByteArray("........");
    QTest::newRow("slow one") << Values{100, 103, 98, 101, 180, 97, 102} << QByteArray("....O..");
    QTest::newRow("fast one") << Values{100, 103, 98, 101, 20, 97, 102} << QByteArray("....O..");
    QTest::newRow("several do not mask each other")
        << Values{100, 103, 98, 500, 101, 97, 500, 102, 99, 480} << QByteArray("...O..O..O");
    QTest::newRow("ties with one spike") << Values{100, 100, 100, 100, 200, 100} << QByteArray("....O.");
    QTest::newRow("a coarse timer's two ticks")
        << Values{1024, 1024, 1056, 1024, 1056, 1024, 1024, 1056} << QByteArray("........");
    QTest::newRow("below 1 % is never remarkable") << Values{1000, 1000.1, 999.9, 1000.05, 1009} << QByteArray(".....");
    QTest::newRow("above 1 %, and far") << Values{1000, 1000.1, 999.9, 1000.05, 1011} << QByteArray("....O");
    QTest::newRow("NaN and infinity") << Values{100, kNan, 98, kInfinity, 101, 102} << QByteArray(".O.O..");
    QTest::newRow("NaN alone") << Values{kNan} << QByteArray("O");
}

void TestSampleLabels::outliersAreLabelled()
{
    QFETCH(Values, samplesNs);
    QFETCH(QByteArray, expected);
    QCOMPARE(letters(labelSamples(samplesNs)), expected);
}

void TestSampleLabels::lowClocksAreLabelled_data()
{
    QTest::addColumn<Values>("smMhz");
    QTest::addColumn<double>("defaultSmMhz"); // NaN: none
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("below 75 %") << Values{1980, 1484, 1486, 1000} << 1980.0 << QByteArray(".L.L");
    QTest::newRow("exactly 75 % is enough") << Values{1500, 1499, 2000, 2000} << 2000.0 << QByteArray(".L..");
    QTest::newRow("no readings") << Values{} << 2000.0 << QByteArray("....");
    QTest::newRow("no default") << Values{1, 1, 1, 1} << kNan << QByteArray("....");
    QTest::newRow("default of 0") << Values{1, 1, 1, 1} << 0.0 << QByteArray("....");
    QTest::newRow("an unread clock") << Values{kNan, 1000, 2000, 2000} << 2000.0 << QByteArray(".L..");
}

void TestSampleLabels::lowClocksAreLabelled()
{
    QFETCH(Values, smMhz);
    QFETCH(double, defaultSmMhz);
    QFETCH(QByteArray, expected);
    const auto clock = std::isnan(defaultSmMhz) ? std::nullopt : std::optional(defaultSmMhz);
    QCOMPARE(letters(labelSamples(Values{100, 101, 99, 100}, smMhz, clock)), expected);
}

void TestSampleLabels::throttledSamplesDoNotHideAnOutlier()
{
    // Most samples are throttled and take twice as long. Against all of them 200 would be ordinary.
    const Values samplesNs{100, 102, 99, 101, 98, 200, 200, 203, 198, 201, 202, 199, 197};
    const Values smMhz{2000, 2000, 2000, 2000, 2000, 2000, 1000, 1000, 1000, 1000, 1000, 1000, 1000};
    QCOMPARE(letters(labelSamples(samplesNs, smMhz, 2000.0)), QByteArray(".....OLLLLLLL"));
}

void TestSampleLabels::waitsAreLabelledAndSpreadNothing()
{
    const Values samplesNs{100, 101, 99, 100, 130, 300, 320, 290};
    const Values waitsNs{0, 0, 0, 0, 0, 200, 220, 58}; // the last one waited for 20 %
    QCOMPARE(letters(labelSamples(samplesNs, {}, {}, waitsNs)), QByteArray("....OWWO"));
    QCOMPARE(letters(labelSamples(samplesNs, Values{1, 1, 1, 1, 1, 1, 1000, 1000}, 1000.0, waitsNs)),
             QByteArray("LLLLLLW."));
    QVERIFY_EXCEPTION_THROWN(labelSamples(Values{1.0, 2.0}, {}, {}, Values{0.0}), std::invalid_argument);
}

void TestSampleLabels::normalSamplesAreHardlyEverOutliers()
{
    Noise noise(7);
    Values samplesNs(20'000);
    std::ranges::generate(samplesNs, [&] { return 1000.0 * (1.0 + 0.05 * noise.normal()); });
    const auto labels = labelSamples(samplesNs);
    const auto outliers = std::ranges::count(labels, SampleLabel::Outlier);
    QVERIFY2(outliers > 0 && outliers < 30, std::to_string(outliers).c_str()); // 2 Phi(-3.5) of them: 9
}

void TestSampleLabels::differentLengthsThrow()
{
    QVERIFY_EXCEPTION_THROWN(labelSamples(Values{1.0, 2.0}, Values{1000.0}, 1000.0), std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(labelSamples(Values{}, Values{1000.0}, 1000.0), std::invalid_argument);
}

void TestSampleLabels::everyLabelHasItsName()
{
    for (const SampleLabel label :
         {SampleLabel::None, SampleLabel::LowClock, SampleLabel::CoreWait, SampleLabel::Outlier})
    {
        QVERIFY(toString(label) != "?");
        QVERIFY(fromString<SampleLabel>(toString(label)) == label);
    }
}

QTEST_APPLESS_MAIN(TestSampleLabels)

#include "tst_sample_labels.moc"
