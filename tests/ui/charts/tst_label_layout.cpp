// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/label_layout.h"

#include <algorithm>
#include <vector>

#include <QtTest>

using namespace headroom::ui;

namespace
{

using Values = std::vector<double>;
using Indices = std::vector<std::size_t>;

const QRectF kBounds(0, 0, 200, 100);

} // namespace

class TestLabelLayout : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thinnedLabelsKeepTheirDistance_data();
    void thinnedLabelsKeepTheirDistance();
    void spreadLabelsDoNotOverlap_data();
    void spreadLabelsDoNotOverlap();
    void aLabelGoesToTheRightFirst();
    void aLabelKeepsOffOthers();
    void aLabelWithoutRoomHasNoPlace();
    void aBoxIsMovedInside();
};

void TestLabelLayout::thinnedLabelsKeepTheirDistance_data()
{
    QTest::addColumn<Values>("centres");
    QTest::addColumn<double>("extent");
    QTest::addColumn<Indices>("expected");
    QTest::newRow("none") << Values{} << 10.0 << Indices{};
    QTest::newRow("one") << Values{5} << 10.0 << Indices{0};
    QTest::newRow("room for all") << Values{0, 20, 40} << 10.0 << Indices{0, 1, 2};
    QTest::newRow("each second") << Values{0, 10, 20, 30, 40} << 12.0 << Indices{0, 2, 4};
    QTest::newRow("two at one place") << Values{5, 5} << 10.0 << Indices{0};
}

void TestLabelLayout::thinnedLabelsKeepTheirDistance()
{
    QFETCH(Values, centres);
    QFETCH(double, extent);
    QFETCH(Indices, expected);
    QCOMPARE(thinned(centres, Values(centres.size(), extent), 4), expected);
}

void TestLabelLayout::spreadLabelsDoNotOverlap_data()
{
    QTest::addColumn<Values>("wanted");
    QTest::newRow("none") << Values{};
    QTest::newRow("one") << Values{50};
    QTest::newRow("apart already") << Values{20, 60};
    QTest::newRow("all at one place") << Values{50, 50, 50, 50};
    QTest::newRow("at the end") << Values{99, 99, 98};
    QTest::newRow("not in order") << Values{60, 10, 62};
    QTest::newRow("beyond the ends") << Values{-20, 150};
}

void TestLabelLayout::spreadLabelsDoNotOverlap()
{
    QFETCH(Values, wanted);
    Values placed = spread(wanted, 12, 0, 100);
    QCOMPARE(placed.size(), wanted.size());
    std::sort(placed.begin(), placed.end());
    for (std::size_t i = 0; i < placed.size(); ++i)
    {
        QVERIFY(placed[i] >= 6 - 1e-9 && placed[i] <= 94 + 1e-9);
        QVERIFY(i == 0 || placed[i] - placed[i - 1] >= 12 - 1e-9);
    }
    // Too many for the room: even, and none is lost.
    QCOMPARE(spread(Values{1, 1, 1, 1}, 60, 0, 100), (Values{12.5, 37.5, 62.5, 87.5}));
}

void TestLabelLayout::aLabelGoesToTheRightFirst()
{
    const auto box = placeBeside({50, 50}, {40, 10}, kBounds, {}, 5);
    QVERIFY(box.has_value());
    QCOMPARE(*box, QRectF(55, 45, 40, 10));
    const auto atTheEdge = placeBeside({190, 50}, {40, 10}, kBounds, {}, 5);
    QVERIFY(atTheEdge.has_value());
    QCOMPARE(atTheEdge->right(), 185.0);
}

void TestLabelLayout::aLabelKeepsOffOthers()
{
    std::vector<QRectF> taken;
    for (int i = 0; i < 6; ++i)
    {
        const auto box = placeBeside({100, 50}, {40, 10}, kBounds, taken, 5);
        QVERIFY(box.has_value());
        for (const auto& other : taken)
        {
            QVERIFY(!other.intersects(*box));
        }
        QVERIFY(kBounds.contains(*box));
        taken.push_back(*box);
    }
}

void TestLabelLayout::aLabelWithoutRoomHasNoPlace()
{
    QVERIFY(!placeBeside({100, 50}, {400, 10}, kBounds, {}, 5));
    const std::vector<QRectF> everything{kBounds};
    QVERIFY(!placeBeside({100, 50}, {40, 10}, kBounds, everything, 5));
}

void TestLabelLayout::aBoxIsMovedInside()
{
    QCOMPARE(movedInside(QRectF(190, -5, 20, 10), kBounds), QRectF(180, 0, 20, 10));
    QCOMPARE(movedInside(QRectF(10, 10, 20, 10), kBounds), QRectF(10, 10, 20, 10));
}

QTEST_APPLESS_MAIN(TestLabelLayout)
#include "tst_label_layout.moc"
