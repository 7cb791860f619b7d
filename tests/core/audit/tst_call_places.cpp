// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audit/call_places.h"

#include <QtTest>

using namespace headroom;

class TestCallPlaces : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void drawsRunsTogether_data()
    {
        QTest::addColumn<std::vector<std::int64_t>>("numbers");
        QTest::addColumn<std::string>("text");
        QTest::newRow("none") << std::vector<std::int64_t>{} << std::string();
        QTest::newRow("one") << std::vector<std::int64_t>{3} << std::string("3");
        QTest::newRow("run") << std::vector<std::int64_t>{0, 1, 2} << std::string("0-2");
        QTest::newRow("two runs") << std::vector<std::int64_t>{0, 1, 4, 6, 7} << std::string("0-1, 4, 6-7");
        QTest::newRow("steps") << std::vector<std::int64_t>{6, 8, 10, 12} << std::string("6-12 by 2");
        QTest::newRow("many") << std::vector<std::int64_t>{0, 2, 4, 6, 8, 10, 13}
                              << std::string("0, 2, 4, 6, 8, 10, ...");
    }

    void drawsRunsTogether()
    {
        QFETCH(std::vector<std::int64_t>, numbers);
        QFETCH(std::string, text);
        QCOMPARE(numberRanges(numbers), text);
    }

    void findsWhatPathsShare_data()
    {
        QTest::addColumn<std::vector<std::string>>("paths");
        QTest::addColumn<std::string>("pattern");
        using Paths = std::vector<std::string>;
        QTest::newRow("none") << Paths{} << std::string();
        QTest::newRow("one") << Paths{"a.0.attn"} << std::string("a.0.attn");
        QTest::newRow("same") << Paths{"attn", "attn"} << std::string("attn");
        QTest::newRow("run") << Paths{"a.0.attn", "a.1.attn", "a.2.attn"} << std::string("a.0-2.attn");
        QTest::newRow("in any order") << Paths{"a.10.attn", "a.2.attn", "a.1.attn"} << std::string("a.1-2, 10.attn");
        QTest::newRow("no numbers") << Paths{"enc.attn", "dec.attn"} << std::string("enc.attn and 1 more");
        QTest::newRow("two places") << Paths{"a.0.b.0", "a.1.b.1"} << std::string("a.0.b.0 and 1 more");
        QTest::newRow("not as deep") << Paths{"a.0", "a.0.b"} << std::string("a.0 and 1 more");
    }

    void findsWhatPathsShare()
    {
        QFETCH(std::vector<std::string>, paths);
        QFETCH(std::string, pattern);
        QCOMPARE(pathPattern(paths), pattern);
    }
};

QTEST_APPLESS_MAIN(TestCallPlaces)
#include "tst_call_places.moc"
