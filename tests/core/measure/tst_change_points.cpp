// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/change_points.h"

#include "noise.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

using namespace headroom;

namespace
{

constexpr double kLevel = 4e6;

/// One level after the other, each of so many values, with noise of \a deviation (a share).
std::vector<double> series(const std::vector<std::pair<double, std::size_t>>& levels, double deviation,
                           std::uint64_t seed, bool heavy = false)
{
    Noise noise(seed);
    std::vector<double> values;
    for (const auto& [level, count] : levels)
    {
        for (std::size_t i = 0; i < count; ++i)
        {
            values.push_back(level * std::exp(deviation * (heavy ? noise.student3() : noise.normal())));
        }
    }
    return values;
}

std::vector<std::size_t> placesOf(const std::vector<ChangePoint>& changes)
{
    std::vector<std::size_t> places;
    for (const ChangePoint& change : changes)
    {
        places.push_back(change.index);
    }
    return places;
}

} // namespace

class TestChangePoints : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aStepIsFoundWhereItIs()
    {
        const auto changes = changePoints(series({{kLevel, 20}, {1.1 * kLevel, 20}}, 0.005, 1));
        QCOMPARE(placesOf(changes), std::vector<std::size_t>{20});
        QVERIFY2(std::abs(changes.front().ratio - 1.1) < 0.01, qPrintable(QString::number(changes.front().ratio)));
        QVERIFY(changes.front().pValue <= 0.01);
    }

    /// Of 40 series every change is found at its place, and at most two are found where none is.
    void severalChangesAreFound_data()
    {
        QTest::addColumn<std::vector<double>>("levels");
        QTest::addColumn<std::vector<std::size_t>>("places");
        QTest::newRow("steps") << std::vector<double>{1, 1.08, 0.9, 1} << std::vector<std::size_t>{15, 40, 60, 75};
        QTest::newRow("a level that comes back")
            << std::vector<double>{1, 1.1, 1} << std::vector<std::size_t>{30, 40, 70};
        QTest::newRow("up and down again")
            << std::vector<double>{1, 1.05, 1, 1.05, 1} << std::vector<std::size_t>{12, 24, 36, 48, 60};
    }
    void severalChangesAreFound()
    {
        QFETCH(std::vector<double>, levels);
        QFETCH(std::vector<std::size_t>, places);
        std::vector<std::pair<double, std::size_t>> parts;
        for (std::size_t i = 0; i < levels.size(); ++i)
        {
            parts.emplace_back(kLevel * levels[i], places[i] - (i == 0 ? 0 : places[i - 1]));
        }
        places.pop_back();
        std::size_t elsewhere = 0;
        for (std::uint64_t seed = 0; seed < 40; ++seed)
        {
            std::vector<std::size_t> found = placesOf(changePoints(series(parts, 0.005, 300 + seed)));
            for (const std::size_t place : places)
            {
                QVERIFY2(std::erase(found, place) == 1, qPrintable(QString::number(place)));
            }
            elsewhere += found.size();
        }
        QVERIFY2(elsewhere <= 2, qPrintable(QString::number(elsewhere)));
    }

    /// Ten thousand values are searched in groups, and the places are those of single values.
    void aLongSeriesIsSearchedInGroups()
    {
        const auto changes =
            changePoints(series({{kLevel, 4321}, {1.03 * kLevel, 3002}, {0.99 * kLevel, 2677}}, 0.003, 8));
        QCOMPARE(placesOf(changes), (std::vector<std::size_t>{4321, 7323}));
        QVERIFY(std::abs(changes.front().ratio - 1.03) < 0.001);
        QVERIFY(changePoints(series({{kLevel, 10000}}, 0.003, 9)).empty());
    }

    void oneSpikeIsNoChange()
    {
        auto values = series({{kLevel, 40}}, 0.005, 4);
        values[17] *= 3;
        QVERIFY(changePoints(values).empty());
    }

    void aChangeBelowTheLeastEffectIsNone()
    {
        const auto values = series({{kLevel, 100}, {1.006 * kLevel, 100}}, 0.001, 5);
        QVERIFY(changePoints(values).empty());
        ChangePointRule rule;
        rule.minimumEffect = 0.004;
        QCOMPARE(changePoints(values, rule).size(), std::size_t{1});
    }

    void whatIsTooShortOrEqualHasNone_data()
    {
        QTest::addColumn<int>("count");
        for (const int count : {0, 1, 2, 7, 8, 50})
        {
            QTest::addRow("%d equal values", count) << count;
        }
    }
    void whatIsTooShortOrEqualHasNone()
    {
        QFETCH(int, count);
        QVERIFY(changePoints(std::vector<double>(static_cast<std::size_t>(count), kLevel)).empty());
    }

    void theSameValuesHaveTheSameChanges()
    {
        const auto values = series({{kLevel, 30}, {1.02 * kLevel, 30}}, 0.01, 6);
        QVERIFY(changePoints(values) == changePoints(values));
    }

    void theUnitDoesNotMatter()
    {
        auto values = series({{kLevel, 30}, {1.03 * kLevel, 30}}, 0.01, 7);
        const auto before = placesOf(changePoints(values));
        for (double& value : values)
        {
            value /= 1e6;
        }
        QCOMPARE(placesOf(changePoints(values)), before);
    }

    /// At a significance of 1 %: of 300 series without a change, as many with one as chance allows in 99.9 % (8).
    void noiseAloneIsSeldomAChange_data()
    {
        QTest::addColumn<bool>("heavy");
        QTest::addColumn<int>("length");
        QTest::newRow("normal, 40 runs") << false << 40;
        QTest::newRow("heavy tails, 40 runs") << true << 40;
        QTest::newRow("normal, 12 runs") << false << 12;
    }
    void noiseAloneIsSeldomAChange()
    {
        QFETCH(bool, heavy);
        QFETCH(int, length);
        int withChange = 0;
        for (std::uint64_t seed = 0; seed < 300; ++seed)
        {
            const auto values = series({{kLevel, static_cast<std::size_t>(length)}}, 0.02, 1000 + seed, heavy);
            withChange += changePoints(values).empty() ? 0 : 1;
        }
        qInfo("%d of 300 series without a change have one", withChange);
        QVERIFY2(withChange <= 8, qPrintable(QString::number(withChange)));
    }

    /// A step of three deviations is found, within two values of its place, in 95 of 100 series.
    void aStepIsSeldomMissed_data()
    {
        QTest::addColumn<bool>("heavy");
        QTest::newRow("normal") << false;
        QTest::newRow("heavy tails") << true;
    }
    void aStepIsSeldomMissed()
    {
        QFETCH(bool, heavy);
        int found = 0;
        int falsely = 0;
        for (std::uint64_t seed = 0; seed < 100; ++seed)
        {
            const auto places =
                placesOf(changePoints(series({{kLevel, 15}, {1.03 * kLevel, 15}}, 0.01, 5000 + seed, heavy)));
            for (const std::size_t place : places)
            {
                (place >= 13 && place <= 17 ? found : falsely) += 1;
            }
        }
        qInfo("%d of 100 steps are found, %d changes are elsewhere", found, falsely);
        QVERIFY2(found >= (heavy ? 85 : 95), qPrintable(QString::number(found)));
        QVERIFY2(falsely <= (heavy ? 15 : 5), qPrintable(QString::number(falsely)));
    }

    void aWrongValueIsRefused_data()
    {
        QTest::addColumn<double>("value");
        QTest::newRow("zero") << 0.0;
        QTest::newRow("negative") << -1.0;
        QTest::newRow("NaN") << std::numeric_limits<double>::quiet_NaN();
        QTest::newRow("infinite") << std::numeric_limits<double>::infinity();
    }
    void aWrongValueIsRefused()
    {
        QFETCH(double, value);
        auto values = series({{kLevel, 20}}, 0.01, 8);
        values[3] = value;
        QVERIFY_EXCEPTION_THROWN(changePoints(values), std::invalid_argument);
    }

    void aWrongRuleIsRefused()
    {
        ChangePointRule rule;
        rule.shortestSegment = 1;
        QVERIFY_EXCEPTION_THROWN(changePoints({}, rule), std::invalid_argument);
        rule = {};
        rule.significance = 1;
        QVERIFY_EXCEPTION_THROWN(changePoints({}, rule), std::invalid_argument);
    }
};

QTEST_APPLESS_MAIN(TestChangePoints)
#include "tst_change_points.moc"
