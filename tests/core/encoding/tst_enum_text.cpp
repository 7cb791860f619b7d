// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/backend.h"
#include "core/encoding/enum_text.h"

#include <QtTest>

#include <stdexcept>

namespace headroom
{

enum class Colour
{
    Red,
    DarkGreen
};

template <> struct EnumNames<Colour>
{
    static constexpr std::string_view kind = "colour";
    static constexpr std::array names{std::pair{Colour::Red, std::string_view{"red"}},
                                      std::pair{Colour::DarkGreen, std::string_view{"dark-green"}}};
};

} // namespace headroom

using namespace headroom;

class TestEnumText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyNameComesBack()
    {
        for (const auto& [value, name] : EnumNames<Backend>::names)
        {
            QCOMPARE(toString(value), name);
            QCOMPARE(fromString<Backend>(name), std::optional(value));
        }
    }

    void isKnownAtCompileTime()
    {
        static_assert(toString(Colour::DarkGreen) == "dark-green");
        static_assert(fromString<Colour>("red") == Colour::Red);
        QVERIFY(NamedEnum<Colour>);
        QVERIFY(!NamedEnum<int>);
    }

    void unknownTextIsNothing_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("other case") << QByteArray("Red");
        QTest::newRow("beginning") << QByteArray("re");
        QTest::newRow("longer") << QByteArray("red ");
    }
    void unknownTextIsNothing()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!fromString<Colour>(text.toStdString()).has_value());
    }

    void aValueOutsideTheTableIsAQuestionMark() { QCOMPARE(toString(static_cast<Colour>(17)), std::string_view("?")); }

    void theErrorNamesWhatIsAllowed()
    {
        try
        {
            parseEnum<Colour>("blue");
            QFAIL("blue is no colour here");
        }
        catch (const std::invalid_argument& error)
        {
            QCOMPARE(std::string(error.what()), std::string("'blue' is not a colour; use one of red, dark-green"));
        }
        QCOMPARE(namesOf<Colour>("|"), std::string("red|dark-green"));
    }

    void jsonHoldsTheText()
    {
        const nlohmann::json json = Colour::DarkGreen;
        QCOMPARE(json.dump(), std::string("\"dark-green\""));
        QCOMPARE(json.get<Colour>(), Colour::DarkGreen);
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, nlohmann::json("blue").get<Colour>());
        QVERIFY_THROWS_EXCEPTION(nlohmann::json::exception, nlohmann::json(3).get<Colour>());
    }
};

QTEST_APPLESS_MAIN(TestEnumText)
#include "tst_enum_text.moc"
