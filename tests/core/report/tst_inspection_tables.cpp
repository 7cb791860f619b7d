// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/inspection_tables.h"

#include "core/report/json_report.h"

#include "tests/core/report/audited_run.h"

#include <QtTest>

#include <algorithm>

using namespace headroom;
using namespace headroom::testing;

namespace
{

const Table& titled(const std::vector<Table>& tables, std::string_view title)
{
    return *std::ranges::find(tables, title, &Table::title);
}

std::vector<std::string> texts(const std::vector<Cell>& row)
{
    std::vector<std::string> all;
    std::ranges::transform(row, std::back_inserter(all), &Cell::text);
    return all;
}

/// An encoder of six layers and a decoder of six, each with a call to itself and one across.
ModelInspection encoderDecoder()
{
    const auto machine = cpuMachine();
    auto seen = wellModel(machine);
    seen.calls.clear();
    for (int layer = 0; layer < 6; ++layer)
    {
        seen.calls.push_back(wellCall(machine, "encoder.block." + std::to_string(layer) + ".layer.0.SelfAttention"));
        seen.calls.back().call.role = CallRole::Self;
    }
    for (int layer = 0; layer < 6; ++layer)
    {
        const std::string block = "decoder.block." + std::to_string(layer);
        seen.calls.push_back(wellCall(machine, block + ".layer.0.SelfAttention"));
        seen.calls.push_back(wellCall(machine, block + ".layer.1.EncDecAttention"));
        auto& across = seen.calls.back();
        across.call.role = CallRole::Cross;
        across.call.problem.causal = false;
        across.call.problem.kvLength = 512;
        handOverMask(across, MaskContent::CausalPadding);
        across.ran = Backend::Math;
        across.ns.reset();
    }
    return seen;
}

} // namespace

class TestInspectionTables : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void alikeCallsStandOnOneRow()
    {
        const auto tables = inspectionTables(encoderDecoder(), Format(true));
        const auto& calls = titled(tables, "Attention calls");
        QCOMPARE(calls.rows.size(), 3u);
        QCOMPARE(texts(calls.rows[0]),
                 (std::vector<std::string>{
                     "0-5", "encoder.block.0-5.layer.0.SelfAttention: self, B2 H8 S128 D64 float32 causal, bhsd", "-",
                     "flash", "6.00 ms", "55 %", "-"}));
        QCOMPARE(calls.rows[1][0].text, std::string("6-16 by 2"));
        QCOMPARE(calls.rows[2][2].text, std::string("causal-padding"));
        QCOMPARE(calls.rows[2][4].text, std::string("-")); // none of them was timed
        QCOMPARE(calls.rows[2][3].tone, Tone::Caution);
    }

    void aWideTableStaysReadable()
    {
        for (const auto& table : inspectionTables(encoderDecoder(), Format(true)))
        {
            const auto text = QString::fromStdString(textTable(table, TextLayout{}));
            for (const auto& line : text.split(QLatin1Char('\n')))
            {
                QVERIFY2(line.size() <= 100, qPrintable(line));
            }
        }
    }

    void whatIsNotKnownIsLeftOut()
    {
        ModelInspection seen;
        seen.model.architecture = "Nothing";
        const auto tables = inspectionTables(seen, Format(true));
        QCOMPARE(tables.size(), 1u);
        const auto all = textTable(tables[0], TextLayout{});
        for (const char* label : {"family", "inputs", "output", "training step", "peak memory"})
        {
            QVERIFY2(all.find(label) == std::string::npos, label);
        }
    }

    void whatNativeCodeHidesIsNotSeen()
    {
        ModelInspection seen;
        seen.loader = ModelLoader::Compiled;
        seen.model.architecture = "compiled package";
        seen.modules = {{"", "compiled package", 0}};
        seen.forwardNs = 1e6;
        const auto tables = inspectionTables(seen, Format(true));
        for (const char* label : {"parameters", "weights", "attention", "peak memory"})
        {
            const auto row =
                std::ranges::find_if(tables[0].rows, [&](const auto& one) { return one[0].text == label; });
            QVERIFY2(row != tables[0].rows.end(), label);
            QCOMPARE((*row)[1].text, std::string(kNotSeen));
        }
        QCOMPARE(titled(tables, "Modules").rows[0][2].text, std::string(kNotSeen));
        const Json json = seen;
        for (const char* key : {"parameters", "weightBytes", "attentionNs", "peakBytes"})
        {
            QVERIFY2(json.at(key).is_null(), key);
        }
        QVERIFY(json.get<ModelInspection>() == seen);
    }

    void theBackwardPassStandsBesideItsStep()
    {
        auto seen = wellModel(cpuMachine());
        seen.trainStepNs = 30e6;
        seen.attentionBackwardNs = 6e6;
        const auto all = textTable(inspectionTables(seen, Format(true))[0], TextLayout{});
        QVERIFY2(all.find("30.0 ms, 6.00 ms of it in attention's backward operators") != std::string::npos,
                 all.c_str());
    }

    void ownModulesSayWhoseCallsTheyMake()
    {
        auto seen = wellModel(cpuMachine());
        seen.callsAs = kTransformers;
        const auto all = textTable(inspectionTables(seen, Format(true))[0], TextLayout{});
        QVERIFY2(all.find("transformers 5.24") != std::string::npos, all.c_str());
    }

    void modulesAreATree()
    {
        auto seen = wellModel(cpuMachine());
        for (int more = 0; more < 50; ++more)
        {
            seen.modules.push_back({"head." + std::to_string(more), "Linear", 10});
        }
        const auto tables = inspectionTables(seen, Format(true));
        const auto& modules = titled(tables, "Modules");
        QCOMPARE(modules.rows[0][0].text, std::string("(model)"));
        QCOMPARE(modules.rows[1][0].text, std::string("  layers.0.self_attn"));
        QCOMPARE(modules.rows[1][3].text, std::string("30 %"));
        QCOMPARE(modules.rows.size(), 40u);
        QCOMPARE(modules.notes, std::vector<std::string>{"14 more modules are left out; the JSON report has all."});
    }

    void theJsonReportHasTheInspection()
    {
        const auto report = triangleAudit();
        const auto document = parseJson(writeJsonReport(report));
        QVERIFY(document.at("headroom").at("inspection").get<ModelInspection>() == *report.plan.inspection);
        QVERIFY(readJsonReport(writeJsonReport(report)) == report);
        QVERIFY(!parseJson(writeJsonReport(Report())).at("headroom").contains("inspection"));
        QVERIFY(modelTables(Report(), Format()).empty());
    }
};

QTEST_APPLESS_MAIN(TestInspectionTables)
#include "tst_inspection_tables.moc"
