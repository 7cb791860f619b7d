// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/false_discovery.h"

#include <cmath>
#include <limits>
#include <stdexcept>

#include <QtTest>

using namespace headroom;

namespace
{

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

using Values = std::vector<double>;

bool alike(const Values& first, const Values& second)
{
    return std::ranges::equal(
        first, second, [](double a, double b) { return (std::isnan(a) && std::isnan(b)) || std::abs(a - b) < 1e-12; });
}

} // namespace

Q_DECLARE_METATYPE(Values)

class TestFalseDiscovery : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void adjusts_data()
    {
        QTest::addColumn<Values>("raw");
        QTest::addColumn<Values>("adjusted");
        QTest::newRow("none") << Values{} << Values{};
        QTest::newRow("one stays") << Values{0.04} << Values{0.04};
        QTest::newRow("two") << Values{0.01, 0.5} << Values{0.02, 0.5};
        QTest::newRow("order is kept") << Values{0.5, 0.01} << Values{0.5, 0.02};
        QTest::newRow("ties are alike") << Values{0.02, 0.02, 0.02} << Values{0.02, 0.02, 0.02};
        // R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "BH")
        QTest::newRow("as R's p.adjust") << Values{0.01, 0.04, 0.03, 0.005} << Values{0.02, 0.04, 0.04, 0.02};
        QTest::newRow("never above a larger one's") << Values{0.9, 0.95} << Values{0.95, 0.95};
        QTest::newRow("one at most") << Values{1.0, 0.8} << Values{1.0, 1.0};
        QTest::newRow("zero and one") << Values{0.0, 1.0} << Values{0.0, 1.0};
        QTest::newRow("NaN is no test") << Values{kNan, 0.01, kNan, 0.5} << Values{kNan, 0.02, kNan, 0.5};
    }
    void adjusts()
    {
        QFETCH(Values, raw);
        QFETCH(Values, adjusted);
        QVERIFY(alike(falseDiscoveryAdjusted(raw), adjusted));
    }

    void refusesWhatIsNoProbability()
    {
        QVERIFY_EXCEPTION_THROWN((void)falseDiscoveryAdjusted(Values{0.1, 1.5}), std::invalid_argument);
        QVERIFY_EXCEPTION_THROWN((void)falseDiscoveryAdjusted(Values{-0.1}), std::invalid_argument);
    }
};

QTEST_GUILESS_MAIN(TestFalseDiscovery)
#include "tst_false_discovery.moc"
