// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/encoding/json.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <stdexcept>

using namespace headroom;

namespace
{

struct Measured
{
    double value = 7;
    std::optional<double> error = 1.0;
    bool operator==(const Measured&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Measured, value, error)

constexpr double kInfinity = std::numeric_limits<double>::infinity();

} // namespace

class TestJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aLineHasNoLineBreak()
    {
        const std::string line = toJsonLine(Json{{"text", "two\nlines"}, {"numbers", {1, 2}}});
        QCOMPARE(line, std::string(R"({"numbers":[1,2],"text":"two\nlines"})"));
    }

    void aDocumentIsIndentedAndEnds() { QCOMPARE(toJsonDocument(Json{{"a", 1}}), std::string("{\n  \"a\": 1\n}\n")); }

    void numbersThatJsonLacksComeBack()
    {
        const Json value = {{"nan", std::nan("")}, {"list", {kInfinity, -kInfinity, 1.5}}};
        const std::string line = toJsonLine(value);
        QCOMPARE(line, std::string(R"({"list":["Infinity","-Infinity",1.5],"nan":"NaN"})"));
        const Json read = parseJson(line);
        QVERIFY(std::isnan(read.at("nan").get<double>()));
        QCOMPARE(read.at("list").get<std::vector<double>>(), (std::vector<double>{kInfinity, -kInfinity, 1.5}));
    }

    void doublesKeepAllTheirDigits_data()
    {
        QTest::addColumn<double>("number");
        QTest::newRow("tenth") << 0.1;
        QTest::newRow("third") << 1.0 / 3.0;
        QTest::newRow("least") << std::numeric_limits<double>::denorm_min();
        QTest::newRow("largest") << std::numeric_limits<double>::max();
        QTest::newRow("minus zero") << -0.0;
    }
    void doublesKeepAllTheirDigits()
    {
        QFETCH(double, number);
        const double read = parseJson(toJsonLine(Json(number))).get<double>();
        QVERIFY(read == number && std::signbit(read) == std::signbit(number));
    }

    void largeIntegersKeepAllTheirDigits()
    {
        const std::uint64_t seed = std::numeric_limits<std::uint64_t>::max();
        QCOMPARE(parseJson(toJsonLine(Json(seed))).get<std::uint64_t>(), seed);
    }

    void anAbsentOptionalIsNull()
    {
        Measured measured;
        measured.error.reset();
        QCOMPARE(toJsonLine(measured), std::string(R"({"error":null,"value":7.0})"));
        QCOMPARE(parseJson(R"({"error":null})").get<Measured>(), measured);
        QCOMPARE(parseJson(R"({"error":0.5})").get<Measured>().error, std::optional(0.5));
    }

    void missingMembersKeepTheirDefaultsAndUnknownOnesAreIgnored()
    {
        QCOMPARE(parseJson(R"({"of a later version":[1]})").get<Measured>(), Measured());
    }

    void foreignBytesCannotSpoilALine()
    {
        const std::string line = toJsonLine(Json{{"message", "bad \xff\xc3 bytes"}, {"k\xfe", 1}});
        QVERIFY(line.find('\xff') == std::string::npos);
        QCOMPARE(parseJson(line).at("message").get<std::string>(), std::string("bad \xef\xbf\xbd\xef\xbf\xbd bytes"));
    }

    void whatIsNoJsonIsToldInASentence_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("sentence");
        QTest::newRow("empty") << QByteArray("") << QByteArray("not valid JSON at byte 1");
        QTest::newRow("torn") << QByteArray("{\"a\": 1, ") << QByteArray("not valid JSON at byte 10");
        QTest::newRow("two values") << QByteArray("1 2") << QByteArray("not valid JSON at byte 3");
        QTest::newRow("bare NaN") << QByteArray("NaN") << QByteArray("not valid JSON at byte 1");
        QTest::newRow("not UTF-8") << QByteArray("\"\xff\"") << QByteArray("not valid JSON at byte 2");
        QTest::newRow("after a zero") << QByteArray("{}\0{", 4) << QByteArray("not valid JSON at byte 3");
        QTest::newRow("number too large")
            << QByteArray("[1e999]") << QByteArray("not valid JSON: a number is too large");
    }
    void whatIsNoJsonIsToldInASentence()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, sentence);
        try
        {
            parseJson(text.toStdString());
            QFAIL("it was taken for JSON");
        }
        catch (const std::invalid_argument& error)
        {
            QCOMPARE(QByteArray(error.what()), sentence);
        }
    }

    void deepNestingIsRefusedAndNotACrash()
    {
        const std::string deep = std::string(100000, '[') + std::string(100000, ']');
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, parseJson(deep));
        const std::string allowed = std::string(100, '[') + std::string(100, ']');
        QVERIFY(parseJson(allowed).is_array());
    }
};

QTEST_APPLESS_MAIN(TestJson)
#include "tst_json.moc"
