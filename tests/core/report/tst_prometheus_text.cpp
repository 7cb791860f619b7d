// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/prometheus_text.h"

#include <QTest>

#include <limits>

using namespace headroom;

/// The text exposition format, as its documentation has it.
class TestPrometheusText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyMetricHasHelpTypeAndSamples()
    {
        const std::vector<Metric> metrics{
            {"a_seconds", "A time.", MetricType::Gauge, {{{{"case", "x"}, {"pass", "forward"}}, 0.5}, {{}, 2}}},
            {"b_total", "A number.", MetricType::Counter, {{{}, 3}}}};
        QCOMPARE(QString::fromStdString(writePrometheusText(metrics)),
                 QStringLiteral("# HELP a_seconds A time.\n"
                                "# TYPE a_seconds gauge\n"
                                "a_seconds{case=\"x\",pass=\"forward\"} 0.5\n"
                                "a_seconds 2\n"
                                "# HELP b_total A number.\n"
                                "# TYPE b_total counter\n"
                                "b_total 3\n"));
    }

    void textIsEscaped()
    {
        const std::vector<Metric> metrics{
            {"a", "back\\slash\nnew \"line\"", MetricType::Gauge, {{{{"b", "q\"b\\s\nn"}}, 1}}}};
        QCOMPARE(QString::fromStdString(writePrometheusText(metrics)),
                 QStringLiteral("# HELP a back\\\\slash\\nnew \"line\"\n"
                                "# TYPE a gauge\n"
                                "a{b=\"q\\\"b\\\\s\\nn\"} 1\n"));
    }

    void numbersKeepAllDigits_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("text");
        QTest::newRow("small") << 4.8812345678901e-05 << QStringLiteral("a 4.8812345678901e-05\n");
        QTest::newRow("time") << 1795497824.123 << QStringLiteral("a 1795497824.123\n");
        QTest::newRow("NaN") << std::numeric_limits<double>::quiet_NaN() << QStringLiteral("a NaN\n");
        QTest::newRow("infinite") << std::numeric_limits<double>::infinity() << QStringLiteral("a +Inf\n");
        QTest::newRow("minus") << -std::numeric_limits<double>::infinity() << QStringLiteral("a -Inf\n");
    }

    void numbersKeepAllDigits()
    {
        QFETCH(double, value);
        QFETCH(QString, text);
        const std::vector<Metric> metrics{{"a", "", MetricType::Gauge, {{{}, value}}}};
        QVERIFY(QString::fromStdString(writePrometheusText(metrics)).endsWith(text));
    }

    void aMetricWithoutSamplesIsLeftOut()
    {
        const std::vector<Metric> metrics{{"a", "help", MetricType::Gauge, {}}};
        QVERIFY(writePrometheusText(metrics).empty());
    }

    void otherNamesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("metric");
        QTest::addColumn<QByteArray>("label");
        QTest::newRow("empty") << QByteArray() << QByteArray("a");
        QTest::newRow("digit first") << QByteArray("1a") << QByteArray("a");
        QTest::newRow("dash") << QByteArray("a-b") << QByteArray("a");
        QTest::newRow("label with a colon") << QByteArray("a:b") << QByteArray("a:b");
        QTest::newRow("label with a blank") << QByteArray("a") << QByteArray("a b");
    }

    void otherNamesAreRefused()
    {
        QFETCH(QByteArray, metric);
        QFETCH(QByteArray, label);
        const std::vector<Metric> metrics{
            {metric.toStdString(), "", MetricType::Gauge, {{{{label.toStdString(), "x"}}, 1}}}};
        QVERIFY_EXCEPTION_THROWN(writePrometheusText(metrics), std::invalid_argument);
    }
};

QTEST_APPLESS_MAIN(TestPrometheusText)
#include "tst_prometheus_text.moc"
