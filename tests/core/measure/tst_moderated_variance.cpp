// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/moderated_variance.h"

#include <cmath>
#include <limits>
#include <stdexcept>

#include <QtTest>

#include "noise.h"

using namespace headroom;

namespace
{

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// The sum of \a degrees squared normal numbers.
double chiSquare(Noise& noise, int degrees)
{
    double sum = 0;
    for (int i = 0; i < degrees; ++i)
    {
        sum += std::pow(noise.normal(), 2);
    }
    return sum;
}

/// Variances with 6 degrees of freedom each, whose true values come from a prior of 8 (none: all are 1).
std::vector<double> variances(std::uint64_t seed, int count, int priorDegrees)
{
    Noise noise(seed);
    std::vector<double> result;
    for (int i = 0; i < count; ++i)
    {
        const double truth = priorDegrees > 0 ? priorDegrees / chiSquare(noise, priorDegrees) : 1.0;
        result.push_back(truth * chiSquare(noise, 6) / 6);
    }
    return result;
}

} // namespace

class TestModeratedVariance : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsThePriorThatMadeThem()
    {
        const auto observed = variances(7, 4000, 8);
        const auto prior = fitVariancePrior(observed, std::vector<double>(observed.size(), 6.0));
        QVERIFY2(std::abs(prior.degrees - 8) < 1.0, qPrintable(QString::number(prior.degrees)));
        QVERIFY2(std::abs(prior.variance - 1) < 0.05, qPrintable(QString::number(prior.variance)));
    }

    void equalVariancesAreWorthInfinitelyMuch()
    {
        const auto prior = fitVariancePrior(std::vector<double>{2.0, 2.0, 2.0, 2.0}, std::vector<double>(4, 6.0));
        QVERIFY(std::isinf(prior.degrees));
        QCOMPARE(prior.variance, 2.0);
        QCOMPARE(moderate(7.0, 6.0, prior).variance, 2.0);
        QVERIFY(std::isinf(moderate(7.0, 6.0, prior).degrees));
    }

    void movesTowardsThePrior()
    {
        const auto moderated = moderate(4.0, 6.0, {1.0, 3.0});
        QCOMPARE(moderated.variance, (3.0 * 1.0 + 6.0 * 4.0) / 9.0);
        QCOMPARE(moderated.degrees, 9.0);
    }

    void withoutAPriorItStays()
    {
        QCOMPARE(moderate(4.0, 6.0, {}).variance, 4.0);
        QCOMPARE(moderate(4.0, 6.0, {}).degrees, 6.0);
        QCOMPARE(moderate(4.0, 0.0, {}).degrees, 0.0);
    }

    void tooFewSayNothing_data()
    {
        QTest::addColumn<QList<double>>("observed");
        QTest::newRow("none") << QList<double>{};
        QTest::newRow("one") << QList<double>{1.0};
        QTest::newRow("two") << QList<double>{1.0, 2.0};
        QTest::newRow("NaN and infinity do not count") << QList<double>{1.0, 2.0, kNan, 1.0 / 0.0};
        QTest::newRow("all zero") << QList<double>{0.0, 0.0, 0.0, 0.0};
        QTest::newRow("most of them zero") << QList<double>{0.0, 0.0, 0.0, 1.0};
    }
    void tooFewSayNothing()
    {
        QFETCH(QList<double>, observed);
        const std::vector<double> values(observed.begin(), observed.end());
        QCOMPARE(fitVariancePrior(values, std::vector<double>(values.size(), 6.0)), VariancePrior{});
    }

    void oneZeroAmongManyDoesNotRuinThePrior()
    {
        auto observed = variances(11, 200, 0);
        observed.front() = 0.0;
        const auto prior = fitVariancePrior(observed, std::vector<double>(observed.size(), 6.0));
        QVERIFY(std::isfinite(prior.variance) && prior.variance > 0.3);
        QVERIFY(moderate(0.0, 6.0, prior).variance > 0.0);
    }

    void refusesListsOfDifferentLength()
    {
        QVERIFY_EXCEPTION_THROWN((void)fitVariancePrior(std::vector<double>{1.0}, {}), std::invalid_argument);
    }
};

QTEST_GUILESS_MAIN(TestModeratedVariance)
#include "tst_moderated_variance.moc"
