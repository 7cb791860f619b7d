// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/comparison_text.h"
#include "core/report/cost_tables.h"
#include "core/report/fold.h"
#include "tests/core/report/event_builder.h"

#include <QTest>

using namespace headroom;
using namespace headroom::testing;

/// Time and energy in money, and the file that the prices come from.
class TestCost : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void patternsFitNames_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("fits");
        const auto row = [](const char* pattern, const char* name, bool fits) {
            QTest::addRow("%s on %s", pattern, name)
                << QString::fromLatin1(pattern) << QString::fromLatin1(name) << fits;
        };
        row("*H200*", "NVIDIA H200", true);
        row("*h200*", "NVIDIA H200", true);
        row("NVIDIA H200", "NVIDIA H200", true);
        row("NVIDIA H200", "NVIDIA H200 NVL", false);
        row("NVIDIA H?00*", "NVIDIA H100 PCIe", true);
        row("*H1*0*", "NVIDIA H200", false);
        row("*", "", true);
        row("", "", true);
        row("?", "", false);
        row("*a*b*c", "xxaxxbxxbc", true);
        row("*a*b*c", "xxaxxbxxbcd", false);
    }

    void patternsFitNames()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, name);
        QFETCH(bool, fits);
        QCOMPARE(fitsPattern(pattern.toStdString(), name.toStdString()), fits);
    }

    void pricesAreRead()
    {
        const Prices prices = pricesFromText(
            R"({"currency": "EUR", "devices": [{"name": "*H200*", "perHour": 3.2}, {"name": "*", "perHour": 0}],
                "perKwh": 0.31})");
        QCOMPARE(prices.currency, std::string("EUR"));
        QCOMPARE(prices.perHour("NVIDIA H200"), std::optional(3.2));
        QCOMPARE(prices.perHour("a processor"), std::optional(0.0));
        QCOMPARE(prices.perKwh, std::optional(0.31));
        QVERIFY(!pricesFromText(R"({"currency": "EUR", "perKwh": 1})").perHour("NVIDIA H200"));
    }

    void mistakenPricesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const char* text, const char* says)
        { QTest::newRow(name) << QByteArray(text) << QString::fromLatin1(says); };
        row("no JSON", "{", "JSON");
        row("a list", "[]", "an object");
        row("no currency", R"({"perKwh": 1})", "\"currency\"");
        row("empty currency", R"({"currency": "", "perKwh": 1})", "\"currency\"");
        row("no price", R"({"currency": "EUR"})", "no price");
        row("unknown key", R"({"currency": "EUR", "perKWh": 1})", "no \"perKWh\"");
        row("unknown key of a device", R"({"currency": "EUR", "devices": [{"name": "*", "perHour": 1, "x": 2}]})",
            "device 1 of the prices knows no \"x\"");
        row("no name", R"({"currency": "EUR", "devices": [{"perHour": 1}]})", "\"name\"");
        row("no price of a device", R"({"currency": "EUR", "devices": [{"name": "*"}]})", "lacks \"perHour\"");
        row("negative", R"({"currency": "EUR", "perKwh": -1})", "at least 0, not -1");
        row("text", R"({"currency": "EUR", "perKwh": "1"})", "at least 0, not \"1\"");
        row("beyond all measure", R"({"currency": "EUR", "perKwh": 1e10})", "at most 1e9");
        row("infinite", R"({"currency": "EUR", "perKwh": "Infinity"})", "at least 0");
        row("devices no list", R"({"currency": "EUR", "devices": {}})", "\"devices\" is a list");
        row("device no object", R"({"currency": "EUR", "devices": [3]})", "device 1 of the prices");
    }

    void mistakenPricesAreRefused()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        try
        {
            pricesFromText(text.toStdString());
            QFAIL("it was read");
        }
        catch (const std::invalid_argument& mistake)
        {
            QVERIFY2(QString::fromUtf8(mistake.what()).contains(says), mistake.what());
        }
    }

    /// 4 sequences of 128 tokens in 4 ms: a million tokens take 7.8125 s, at 3.6 EUR an hour 0.0078125 EUR.
    void aMillionTokensAreTimeTimesPrice()
    {
        const ReportCost cost = costOf(run(), prices());
        const CaseCost& math = cost.cases.front();
        QVERIFY(!math.images);
        QVERIFY(std::abs(math.seconds - 7.8125) < 0.01);
        QVERIFY(std::abs(math.time->value - 0.0078125) < 1e-5);
        QVERIFY(math.time->interval->low <= math.time->value && math.time->value <= math.time->interval->high);
        QVERIFY(!math.energy);
        QCOMPARE(*math.total, *math.time);
    }

    void wallTimeCountsBeforeDeviceTime()
    {
        Report report = run();
        report.cases.front().wall = report.cases.front().device;
        report.cases.front().wall->medianNs *= 2;
        QVERIFY(std::abs(costOf(report, prices()).cases.front().time->value - 0.015625) < 2e-5);
    }

    /// 36 J a pass are 0.01 Wh; 1953.125 passes make a million tokens, that is 0.01953125 kWh.
    void energyIsPricedWhereItWasMeasured()
    {
        Report report = run();
        report.cases.front().energy = EnergyReport{36, 400, 1, 0.9};
        const CaseCost cost = costOf(report, prices()).cases.front();
        QVERIFY(std::abs(cost.energy->value - 0.01953125 * 0.3) < 1e-9);
        QCOMPARE(cost.total->value, cost.time->value + cost.energy->value);
        QCOMPARE(cost.total->interval->low, cost.time->interval->low + cost.energy->value);
        Prices onlyEnergy = prices();
        onlyEnergy.devices.clear();
        QCOMPARE(costOf(report, onlyEnergy).cases.front().total->value, cost.energy->value);
        QVERIFY(!costOf(report, onlyEnergy).cases.back().total);
    }

    void imagesAreCountedInThousands()
    {
        Report report = run();
        for (auto& row : report.cases)
        {
            auto& model = std::get<ModelInput>(row.measured.subject);
            model.model.outline.emplace().fixedSequence = true;
        }
        const CaseCost cost = costOf(report, prices()).cases.front();
        QVERIFY(cost.images);
        QVERIFY(std::abs(cost.seconds - 1.0) < 0.01); // 250 passes of 4 images in 4 ms
        const auto tables = caseCostTables({{"A", &report, costOf(report, prices())}}, {}, Format());
        QCOMPARE(tables.size(), std::size_t{1});
        QVERIFY(tables.front().title.starts_with("What a thousand images cost, in EUR"));
    }

    /// Two jobs of 1.5 s each, 40 samples of each of two cases.
    void theWholeRunIsPriced()
    {
        Report report = run();
        for (const double energy : {100.0, 1900.0, 200.0, 2000.0}) // another machine's counter in the middle
        {
            Telemetry reading;
            reading.energyJ = energy;
            reading.atSeconds = energy;
            report.telemetry.push_back(reading);
        }
        const RunCost cost = costOf(report, prices()).run;
        QCOMPARE(cost.wallSeconds, 3.0);
        QCOMPARE(*cost.wallCost, 0.003);
        QVERIFY(std::abs(cost.deviceSeconds - 40 * (4e-3 + 3.2e-3)) < 1e-3);
        QCOMPARE(*cost.joules, 3600.0);
        QCOMPARE(*cost.energyCost, 0.0003);
    }

    /// The counter steps by a tenth of a second: a run that ends before it does has no energy, and not none.
    void aCounterThatDidNotStepTellsNothing()
    {
        Report report = run();
        for (const double second : {1.0, 1.05})
        {
            Telemetry reading;
            reading.energyJ = 500;
            reading.atSeconds = second;
            report.telemetry.push_back(reading);
        }
        QVERIFY(!costOf(report, prices()).run.joules);
        QVERIFY(!costOf(report, prices()).run.energyCost);
    }

    void aDeviceWithoutAPriceIsSaid()
    {
        Prices none = prices();
        none.devices = {{"another", 1}};
        const Report report = run();
        const ReportCost cost = costOf(report, none);
        QVERIFY(!cost.perHour && !cost.run.wallCost && !cost.cases.front().time);
        const Table table = runCostTable({{"A", &report, cost}}, Format());
        QVERIFY2(table.notes.at(0).find("\"Test CPU\"") != std::string::npos, table.notes.at(0).c_str());
        QVERIFY(caseCostTables({{"A", &report, cost}}, {}, Format()).empty());
    }

    void smallAmountsKeepThreeDigits_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("text");
        QTest::newRow("hours") << 123.4 << QStringLiteral("123 EUR");
        QTest::newRow("cents") << 0.0123456 << QStringLiteral("0.0123 EUR");
        QTest::newRow("a fraction of a cent") << 0.0000123456 << QStringLiteral("0.0000123 EUR");
        QTest::newRow("nothing") << 0.0 << QStringLiteral("0 EUR");
    }

    void smallAmountsKeepThreeDigits()
    {
        QFETCH(double, value);
        QFETCH(QString, text);
        QCOMPARE(QString::fromStdString(moneyText({value, std::nullopt}, "EUR", Format())), text);
    }

    void reportsStandSideBySide()
    {
        const Report first = run();
        const Report second = run(8e6);
        const std::vector<PricedReport> all{{"A", &first, costOf(first, prices())},
                                            {"B", &second, costOf(second, prices())}};
        const Table table = caseCostTables(all, {}, Format()).at(0);
        QCOMPARE(table.rows.size(), std::size_t{2});
        QVERIFY2(table.rows[0][1].text.starts_with("0.0078"), table.rows[0][1].text.c_str());
        QVERIFY2(table.rows[0][2].text.starts_with("0.0156"), table.rows[0][2].text.c_str());
        QCOMPARE(costJson(all[1], {})["cases"].size(), std::size_t{2});
    }

    /// An A/B comparison of a case with itself has two rows of it.
    void sidesAreTold()
    {
        Report report = run();
        report.cases[0].measured.side = Side::A;
        report.cases[1].measured = report.cases[0].measured;
        report.cases[1].measured.side = Side::B;
        const std::vector<PricedReport> all{{"A", &report, costOf(report, prices())}};
        const Table table = caseCostTables(all, {}, Format()).at(0);
        QVERIFY2(table.rows.at(0)[0].text.starts_with("A: math"), table.rows[0][0].text.c_str());
        QVERIFY2(table.rows.at(1)[0].text.starts_with("B: math"), table.rows[1][0].text.c_str());
        const NamedComparison named{"one", "other", compareReports(report, report)};
        const Table compared = comparisonTable(named, Format(), Detail::Full);
        QVERIFY2(compared.rows.at(1)[0].text.starts_with("B: math"), compared.rows[1][0].text.c_str());
    }

private:
    static Prices prices() { return {"EUR", {{"Test*", 3.6}}, 0.3}; }

    static Report run(double mathNs = 4e6)
    {
        auto plan = validationPlan();
        plan.jobs = {judgeJob(smallModel()), compareJob("forward", smallModel(), Pass::Forward)};
        EventBuilder builder(plan);
        builder.begin().judge().compare("forward", mathNs, 1.25);
        return foldEvents(builder.end().events());
    }
};

QTEST_APPLESS_MAIN(TestCost)
#include "tst_cost.moc"
