// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/decimation.h"

#include <algorithm>
#include <limits>
#include <vector>

#include <QtTest>

using headroom::ui::decimated;

namespace
{

using Places = std::vector<QPointF>;
using Indices = std::vector<std::size_t>;

Places wave(std::size_t count)
{
    Places points;
    for (std::size_t i = 0; i < count; ++i)
    {
        points.emplace_back(static_cast<double>(i), static_cast<double>((i * 7919) % 101));
    }
    return points;
}

} // namespace

class TestDecimation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fewPointsAreAllKept();
    void nothingIsMadeOfNothing();
    void extremesAreKept();
    void whatIsNoNumberIsLeftOut();
    void tiesKeepOneEach();
    void pointsBesideTheRangeLeadALineOut();
    void orderStays();
};

void TestDecimation::fewPointsAreAllKept()
{
    QCOMPARE(decimated(wave(1), 0, 10, 100), (Indices{0}));
    QCOMPARE(decimated(wave(2), 0, 10, 100), (Indices{0, 1}));
    QCOMPARE(decimated(wave(400), 0, 399, 100).size(), std::size_t{400});
}

void TestDecimation::nothingIsMadeOfNothing()
{
    QVERIFY(decimated({}, 0, 1, 100).empty());
    QVERIFY(decimated(wave(5), 0, 1, 0).empty());
    QVERIFY(decimated(wave(5), 1, 0, 100).empty());
    QVERIFY(decimated(wave(5), std::numeric_limits<double>::quiet_NaN(), 1, 100).empty());
}

void TestDecimation::extremesAreKept()
{
    auto points = wave(100'000);
    points[54'321].setY(10'000);
    points[777].setY(-10'000);
    const auto kept = decimated(points, 0, 99'999, 800);
    QVERIFY(kept.size() <= 4 * 801);
    QVERIFY(std::find(kept.begin(), kept.end(), std::size_t{54'321}) != kept.end());
    QVERIFY(std::find(kept.begin(), kept.end(), std::size_t{777}) != kept.end());
    QCOMPARE(kept.front(), std::size_t{0});
    QCOMPARE(kept.back(), std::size_t{99'999});
}

void TestDecimation::whatIsNoNumberIsLeftOut()
{
    auto points = wave(5);
    points[1].setY(std::numeric_limits<double>::quiet_NaN());
    points[3].setY(std::numeric_limits<double>::infinity());
    QCOMPARE(decimated(points, 0, 4, 100), (Indices{0, 2, 4}));
    for (auto& point : points)
    {
        point.setY(std::numeric_limits<double>::quiet_NaN());
    }
    QVERIFY(decimated(points, 0, 4, 100).empty());
}

void TestDecimation::tiesKeepOneEach()
{
    Places points(1000, QPointF(1, 5));
    const auto kept = decimated(points, 0, 2, 10);
    QCOMPARE(kept, (Indices{0, 999})); // the first is also lowest and highest
}

void TestDecimation::pointsBesideTheRangeLeadALineOut()
{
    QCOMPARE(decimated(wave(10), 4.5, 6.5, 100), (Indices{4, 5, 6, 7}));
    QCOMPARE(decimated(wave(10), 20, 30, 100), (Indices{9}));
}

void TestDecimation::orderStays()
{
    const auto kept = decimated(wave(50'000), 0, 49'999, 300);
    QVERIFY(std::is_sorted(kept.begin(), kept.end()));
    QVERIFY(std::adjacent_find(kept.begin(), kept.end()) == kept.end());
}

QTEST_APPLESS_MAIN(TestDecimation)
#include "tst_decimation.moc"
