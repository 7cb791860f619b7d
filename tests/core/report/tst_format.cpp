// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/format.h"

#include <QtTest>

#include <limits>

using namespace headroom;

namespace
{

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

QString text(const std::string& value)
{
    return QString::fromStdString(value);
}

} // namespace

class TestFormat : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void durations_data()
    {
        QTest::addColumn<double>("ns");
        QTest::addColumn<QString>("expected");
        QTest::newRow("zero") << 0.0 << QStringLiteral("0 ns");
        QTest::newRow("ns") << 812.4 << QStringLiteral("812 ns");
        QTest::newRow("below one") << 0.5 << QStringLiteral("0.500 ns");
        QTest::newRow("rounds into the next unit") << 999.9 << QStringLiteral("1.00 µs");
        QTest::newRow("us") << 12345.0 << QStringLiteral("12.3 µs");
        QTest::newRow("ms") << 4.8816e6 << QStringLiteral("4.88 ms");
        QTest::newRow("s") << 1.25e9 << QStringLiteral("1.25 s");
        QTest::newRow("a minute and a half") << 90e9 << QStringLiteral("90.0 s");
        QTest::newRow("minutes") << 125e9 << QStringLiteral("2 min 05 s");
        QTest::newRow("hours") << 3900e9 << QStringLiteral("1 h 05 min");
        QTest::newRow("NaN") << kNan << QStringLiteral("–");
    }
    void durations()
    {
        QFETCH(double, ns);
        QFETCH(QString, expected);
        QCOMPARE(text(Format().duration(ns)), expected);
    }

    void theIntervalLimitsTheDigits_data()
    {
        QTest::addColumn<double>("ns");
        QTest::addColumn<double>("half");
        QTest::addColumn<QString>("expected");
        QTest::newRow("narrow: three digits, rounded up") << 4.8816e6 << 3e3 << QStringLiteral("4.88 ms ± 0.01 ms");
        QTest::newRow("tenths") << 4.8816e6 << 0.4e6 << QStringLiteral("4.9 ms ± 0.4 ms");
        QTest::newRow("wide") << 4.8816e6 << 2.1e6 << QStringLiteral("5 ms ± 3 ms");
        QTest::newRow("none") << 4.8816e6 << 0.0 << QStringLiteral("4.88 ms ± 0.00 ms");
        QTest::newRow("NaN") << 4.8816e6 << kNan << QStringLiteral("4.88 ms");
    }
    void theIntervalLimitsTheDigits()
    {
        QFETCH(double, ns);
        QFETCH(double, half);
        QFETCH(QString, expected);
        QCOMPARE(text(Format().durationWithin(ns, half)), expected);
    }

    void intervals()
    {
        const Format format;
        QCOMPARE(text(format.duration(4.8816e6, Interval{4.86e6, 4.91e6})), QStringLiteral("4.88 ms (4.86 – 4.91)"));
        QCOMPARE(text(format.duration(4.8816e6, Interval{4.2e6, 5.4e6})), QStringLiteral("4.9 ms (4.2 – 5.4)"));
        QCOMPARE(text(format.duration(4.8816e6, Interval{4.8815e6, 4.8817e6})), QStringLiteral("4.88 ms ± 0.1 %"));
        QCOMPARE(text(format.duration(4.8816e6, Interval{4.8816e6, 4.8816e6})), QStringLiteral("4.88 ms"));
        QCOMPARE(text(format.duration(4.8816e6, std::nullopt)), QStringLiteral("4.88 ms"));
        QCOMPARE(text(format.ratio(1.3198, Interval{1.3001, 1.3402})), QStringLiteral("1.32× (1.30 – 1.34)"));
        QCOMPARE(text(format.ratio(1.3198, Interval{0.9, 1.7})), QStringLiteral("1.3× (0.9 – 1.7)"));
        QCOMPARE(text(format.ratio(1.3198, Interval{1.3190, 1.3210})), QStringLiteral("1.32× ± 0.1 %"));
        QCOMPARE(text(format.ratio(0.3, Interval{0.04, 0.7})), QStringLiteral("0.3× (0.04 – 0.7)"));
        QCOMPARE(text(format.ratio(2.0, Interval{0.46, 226.0})), QStringLiteral("2× (0.5 – 226)"));
        QCOMPARE(text(format.ratio(0.3, Interval{0.00099, 0.7})), QStringLiteral("0.3× (0.0010 – 0.7)"));
        QCOMPARE(text(format.ratio(0.3, Interval{0.0, 0.7})), QStringLiteral("0.3× (0.0 – 0.7)"));
        QCOMPARE(text(format.duration(2.0e6, Interval{0.3e6, 9e6})), QStringLiteral("2 ms (0.3 – 9)"));
        QCOMPARE(text(format.ratio(0.05, std::nullopt)), QStringLiteral("0.050×"));
        QCOMPARE(text(format.ratio(0.098)), QStringLiteral("0.098×"));
        QCOMPARE(text(format.ratio(0.1)), QStringLiteral("0.10×"));
        QCOMPARE(text(format.ratio(0.003372)), QStringLiteral("0.0034×"));
        QCOMPARE(text(format.ratio(0.003372, Interval{0.0032, 0.0036})), QStringLiteral("0.0034× (0.0032 – 0.0036)"));
        QCOMPARE(text(format.ratio(0.0)), QStringLiteral("0×"));
        QCOMPARE(text(format.ratio(kNan)), QStringLiteral("–"));
        QCOMPARE(text(format.ratio(123.4)), QStringLiteral("123×"));
    }

    void samplesCanBeToldApart()
    {
        const Format format;
        QCOMPARE(text(format.sample(4.56281e6)), QStringLiteral("4.5628 ms"));
        QCOMPARE(text(format.sample(32.68e3)), QStringLiteral("32.680 µs"));
        QCOMPARE(text(format.sample(401.02e6)), QStringLiteral("401.02 ms"));
        QCOMPARE(text(format.sample(0)), QStringLiteral("0 ns"));
        QCOMPARE(text(format.sample(kNan)), QStringLiteral("–"));
    }

    void bytesAndCounts()
    {
        const Format format;
        QCOMPARE(text(format.bytes(12.0)), QStringLiteral("12 B"));
        QCOMPARE(text(format.bytes(1536.0)), QStringLiteral("1.50 KiB"));
        QCOMPARE(text(format.bytes(854.97 * 1024 * 1024)), QStringLiteral("855 MiB"));
        QCOMPARE(text(format.bytes(1.25 * 1024 * 1024 * 1024)), QStringLiteral("1.25 GiB"));
        QCOMPARE(text(format.bytes(std::nullopt)), QStringLiteral("–"));
        QCOMPARE(text(format.count(0)), QStringLiteral("0"));
        QCOMPARE(text(format.count(999)), QStringLiteral("999"));
        QCOMPARE(text(format.count(163085905)), QStringLiteral("163\u202f085\u202f905"));
        QCOMPARE(text(format.count(-1234)), QStringLiteral("-1\u202f234"));
        QCOMPARE(text(format.rate(819.4, "samples/s")), QStringLiteral("819 samples/s"));
        QCOMPARE(text(format.rate(104883.3, "tokens/s")), QStringLiteral("104\u202f900 tokens/s"));
        QCOMPARE(text(format.metric(2.464e9, "FLOP")), QStringLiteral("2.46 GFLOP"));
        QCOMPARE(text(format.metric(989e12, "FLOP/s")), QStringLiteral("989 TFLOP/s"));
        QCOMPARE(text(format.plural(1, "sample")), QStringLiteral("1 sample"));
        QCOMPARE(text(format.plural(1000, "sample")), QStringLiteral("1\u202f000 samples"));
    }

    void sharesAndErrors()
    {
        const Format format;
        QCOMPARE(text(format.percent(0.042)), QStringLiteral("4.2 %"));
        QCOMPARE(text(format.percent(0.42)), QStringLiteral("42 %"));
        QCOMPARE(text(format.percent(0.0001)), QStringLiteral("0.01 %"));
        QCOMPARE(text(format.error(4.76837e-6)), QStringLiteral("4.77e-06"));
        QCOMPARE(text(format.error(0)), QStringLiteral("0"));
        QCOMPARE(text(format.error(kNan)), QStringLiteral("NaN"));
        QCOMPARE(text(format.error(std::numeric_limits<double>::infinity())), QStringLiteral("∞"));
    }

    void percentilesAreHonest()
    {
        HonestQuantile quantile;
        quantile.samplesMissing = 11;
        QCOMPARE(text(Format().quantile(quantile)), QStringLiteral("needs 11 more"));
        quantile.samplesMissing = 0;
        QCOMPARE(text(Format().quantile(quantile)), QStringLiteral("–"));
        quantile.value = 4.92e6;
        QCOMPARE(text(Format().quantile(quantile)), QStringLiteral("4.92 ms"));
    }

    void asciiKeepsToSevenBits()
    {
        const Format format(true);
        QCOMPARE(text(format.duration(12345.0)), QStringLiteral("12.3 us"));
        QCOMPARE(text(format.durationWithin(4.88e6, 0.02e6)), QStringLiteral("4.88 ms +/- 0.02 ms"));
        QCOMPARE(text(format.ratio(1.3198, Interval{1.3, 1.34})), QStringLiteral("1.32x (1.30 - 1.34)"));
        QCOMPARE(text(format.count(163085905)), QStringLiteral("163,085,905"));
        QCOMPARE(text(format.plain("1\u202f000 × 2 µs → ≤ é")), QStringLiteral("1,000 x 2 us -> <= ?"));
        QCOMPARE(text(Format().plain("é ×")), QStringLiteral("é ×"));
    }

    void widthCountsCharacters()
    {
        QCOMPARE(displayWidth(""), std::size_t{0});
        QCOMPARE(displayWidth("ms"), std::size_t{2});
        QCOMPARE(displayWidth("1\u202f000 µs ± ×"), std::size_t{12});
    }
};

QTEST_APPLESS_MAIN(TestFormat)
#include "tst_format.moc"
