// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QJsonArray>
#include <QTest>

/// `cost`, and the user's file of prices that `compare` and `audit` look into as well.
class TestCostCommand : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_cli.set("XDG_CONFIG_HOME", m_cli.path(QStringLiteral("config")));
        const auto result = m_cli.run(smallValidation());
        QVERIFY2(result.status == 0, (result.out + result.err).constData());
    }

    void withoutPricesItSaysWhatToWrite()
    {
        const auto result = m_cli.run({kCost, kJsonFile});
        QCOMPARE(result.status, 3);
        QVERIFY2(result.err.contains("headroom/prices.json") && result.err.contains("\"perHour\""),
                 result.err.constData());
    }

    void pricesOfTheUserAreTaken()
    {
        keepPrices(R"({"currency": "EUR", "devices": [{"name": "*fake*", "perHour": 36}]})");
        const auto result = m_cli.run({kCost, kJsonFile, kJournalFile});
        QVERIFY2(result.status == 0, (result.out + result.err).constData());
        QVERIFY2(result.out.contains("What a million tokens cost"), result.out.constData());
        QVERIFY2(result.out.contains("36.0 EUR"), result.out.constData());
        for (const auto& line : result.out.split('\n'))
        {
            QVERIFY2(QString::fromUtf8(line).size() <= 100, line.constData());
        }
    }

    /// The engine that pretends takes a time that goes with the tokens: 7.8125 s for a million, at 36 an hour.
    void costsCanBeHadAsJson()
    {
        keepPrices(R"({"currency": "EUR", "devices": [{"name": "*fake*", "perHour": 36}]})");
        const auto result = m_cli.run({kCost, kJsonFile, QStringLiteral("--json")});
        const auto runs = QJsonDocument::fromJson(result.out).object()[u"runs"].toArray();
        bool found = false;
        for (const auto& value : runs[0].toObject()[u"cases"].toArray())
        {
            const auto one = value.toObject();
            if (one[u"case"].toString().startsWith(QStringLiteral("math forward")))
            {
                found = true;
                const double total = one[u"total"].toObject()[u"value"].toDouble();
                QVERIFY2(std::abs(total - 0.078125) < 0.001, result.out.constData());
            }
        }
        QVERIFY2(found, result.out.constData());
    }

    void compareSaysWhatTheRunsCost()
    {
        keepPrices(R"({"currency": "EUR", "devices": [{"name": "*fake*", "perHour": 36}]})");
        const auto priced = m_cli.run({QStringLiteral("compare"), kJsonFile, kJournalFile});
        QVERIFY2(priced.out.contains("What the runs cost"), priced.out.constData());
        keepPrices("{");
        const auto spoiled = m_cli.run({QStringLiteral("compare"), kJsonFile, kJournalFile});
        QCOMPARE(spoiled.status, priced.status);
        QVERIFY2(spoiled.err.startsWith("No costs: "), spoiled.err.constData());
    }

    void compareHasTheCostsAsJson()
    {
        const auto costs = [&]() -> QJsonValue
        {
            const auto result =
                m_cli.run({QStringLiteral("compare"), kJsonFile, kJournalFile, QStringLiteral("--json")});
            return QJsonDocument::fromJson(result.out).object()[u"costs"];
        };
        keepPrices(R"({"currency": "EUR", "devices": [{"name": "*fake*", "perHour": 36}]})");
        QCOMPARE(costs().toObject()[u"currency"].toString(), QStringLiteral("EUR"));
        QCOMPARE(costs().toObject()[u"runs"].toArray().size(), 2);
        keepPrices(R"({"currency": "EUR", "devices": [{"name": "H200", "perHour": 36}]})");
        QVERIFY(costs().isNull());
    }

    void pricesThatFitNothingAddNoTable()
    {
        for (const char* prices : {R"({"currency": "EUR", "devices": [{"name": "H200", "perHour": 3}]})",
                                   R"({"currency": "EUR", "perKwh": 1})"})
        {
            keepPrices(prices);
            const auto result = m_cli.run({QStringLiteral("compare"), kJsonFile, kJournalFile});
            QVERIFY2(!result.out.contains("cost"), result.out.constData());
        }
    }

    void mistakesAreOneSentence_data()
    {
        QTest::addColumn<QByteArray>("prices");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("spoiled") << QByteArray("{") << QByteArray("prices.json: ");
        QTest::newRow("unknown key") << QByteArray(R"({"currency": "EUR", "perkwh": 1})") << QByteArray("perkwh");
        QTest::newRow("no device fits") << QByteArray(
                                               R"({"currency": "EUR", "devices": [{"name": "H200", "perHour": 3}]})")
                                        << QByteArray("fits fake device");
        QTest::newRow("energy alone") << QByteArray(R"({"currency": "EUR", "perKwh": 0.3})")
                                      << QByteArray("no energy was measured in these runs");
    }

    void mistakesAreOneSentence()
    {
        QFETCH(QByteArray, prices);
        QFETCH(QByteArray, says);
        m_cli.write(QStringLiteral("own/prices.json"), prices);
        const auto result =
            m_cli.run({kCost, kJsonFile, QStringLiteral("--prices"), QStringLiteral("own/prices.json")});
        QCOMPARE(result.status, 3);
        QVERIFY2(result.err.contains(says), result.err.constData());
        QCOMPARE(result.err.count('\n'), 1);
        QVERIFY(result.out.isEmpty());
    }

private:
    void keepPrices(const char* text) const { m_cli.write(QStringLiteral("config/headroom/prices.json"), text); }

    const QString kCost = QStringLiteral("cost");
    Cli m_cli;
};

QTEST_GUILESS_MAIN(TestCostCommand)
#include "tst_cost_command.moc"
