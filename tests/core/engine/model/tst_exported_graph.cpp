// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/exported_graph.h"

#include <QtTest>

#include <string>

using namespace headroom::engine;

namespace
{

/// A graph of one softmax between two products of [2, 3, 4, 5] tensors, with \a through on the way, \a times.
std::string handWritten(const std::string& through, int times)
{
    std::string values;
    std::string nodes;
    const auto tensor = [&](const std::string& name, const char* sizes)
    {
        values += (values.empty() ? "" : ",") +
                  ("\"" + name + "\":{\"dtype\":7,\"sizes\":" + sizes + ",\"device\":{\"type\":\"cpu\"}}");
    };
    const auto argument = [](const std::string& name)
    { return "{\"name\":\"self\",\"arg\":{\"as_tensor\":{\"name\":\"" + name + "\"}}}"; };
    const auto node = [&](const std::string& target, const std::string& inputs, const std::string& output)
    {
        tensor(output, "[{\"as_int\":2},{\"as_int\":3},{\"as_int\":4},{\"as_int\":4}]");
        nodes +=
            (nodes.empty() ? "" : ",") + ("{\"target\":\"torch.ops.aten." + target + "\",\"inputs\":[" + inputs +
                                          "],\"outputs\":[{\"as_tensor\":{\"name\":\"" + output +
                                          "\"}}],\"metadata\":{\"nn_module_stack\":\"L,,p.M;L.a,a.b,p.Attention\"}}");
    };
    tensor("q", "[{\"as_int\":2},{\"as_int\":3},{\"as_int\":4},{\"as_int\":5}]");
    tensor("k", "[{\"as_int\":2},{\"as_int\":3},{\"as_int\":5},{\"as_int\":4}]");
    tensor("v", "[{\"as_int\":2},{\"as_int\":3},{\"as_int\":4},{\"as_int\":5}]");
    node("matmul.default", argument("q") + "," + argument("k"), "s");
    std::string last = "s";
    for (int time = 0; time < times; ++time)
    {
        const std::string next = "t" + std::to_string(time);
        node(through, argument(last) + "," + argument(last), next);
        last = next;
    }
    node("softmax.int", argument(last), "p");
    node("matmul.default", argument("p") + "," + argument("v"), "o");
    return "{\"graph_module\":{\"graph\":{\"nodes\":[" + nodes + "],\"tensor_values\":{" + values +
           "}},\"signature\":{\"input_specs\":[]}}}";
}

} // namespace

class TestExportedGraph : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void attentionByHandIsFound()
    {
        const auto graph = readExportedGraph(handWritten("add.Tensor", 3));
        QCOMPARE(graph.written.size(), std::size_t{1});
        QCOMPARE(graph.written[0].path, std::string("a.b"));
        QCOMPARE(graph.written[0].problem.batch, std::int64_t{2});
        QCOMPARE(graph.written[0].problem.queryHeads, std::int64_t{3});
        QCOMPARE(graph.written[0].problem.queryLength, std::int64_t{4});
        QCOMPARE(graph.written[0].problem.headDimQk, std::int64_t{5});
        QCOMPARE(graph.className, std::string("M"));
    }

    void whatIsNotOnTheWayIsNotAttention()
    {
        QVERIFY(readExportedGraph(handWritten("sin.default", 1)).written.empty());
    }

    /// Each step doubles the ways back: without a bound the search would never end.
    void aMazeEndsTheSearch() { QVERIFY(readExportedGraph(handWritten("add.Tensor", 11)).written.size() <= 1); }

    void malformedGraphsAreASentence_data()
    {
        QTest::addColumn<QByteArray>("json");
        const auto add = [](const char* row, const char* json) { QTest::newRow(row) << QByteArray(json); };
        add("nothing", "");
        add("not JSON", "{");
        add("null", "null");
        add("a number", "7");
        add("a list", "[]");
        add("empty", "{}");
        add("graph module of a wrong kind", R"({"graph_module": 1})");
        add("no graph", R"({"graph_module": {}})");
        add("no values", R"({"graph_module": {"graph": {"nodes": []}}})");
        add("no signature", R"({"graph_module": {"graph": {"nodes": [], "tensor_values": {}}}})");
        add("unknown parameter",
            R"({"graph_module": {"graph": {"nodes": [], "tensor_values": {}},
                "signature": {"input_specs": [{"parameter": {"arg": {"name": "w"}}}]}}})");
        add("input that is a number",
            R"({"graph_module": {"graph": {"nodes": [], "tensor_values": {}},
                "signature": {"input_specs": [{"user_input": {"arg": {"as_int": 3}}}]}}})");
        add("sizes that are text",
            R"({"graph_module": {"graph": {"nodes": [], "tensor_values": {"w": {"dtype": 7, "sizes": "many"}}},
                "signature": {"input_specs": [{"parameter": {"arg": {"name": "w"}}}]}}})");
        add("nodes of a wrong kind",
            R"({"graph_module": {"graph": {"nodes": [3], "tensor_values": {}}, "signature": {"input_specs": []}}})");
        add("softmax without arguments",
            R"({"graph_module": {"graph": {"nodes": [{"target": "torch.ops.aten.softmax.int"}], "tensor_values": {}},
                "signature": {"input_specs": []}}})");
        QTest::newRow("nested without end") << QByteArray(100000, '[');
    }
    void malformedGraphsAreASentence()
    {
        QFETCH(QByteArray, json);
        try
        {
            readExportedGraph(json.toStdString());
            QFAIL("it was read");
        }
        catch (const std::runtime_error& error)
        {
            QVERIFY2(std::string(error.what()).size() > 20, error.what());
        }
    }

    void sizesThatNoTensorHasAreASentence_data()
    {
        QTest::addColumn<QByteArray>("size");
        QTest::newRow("too large") << QByteArray("4611686018427387904");
        QTest::newRow("negative") << QByteArray("-1");
        QTest::newRow("the most negative") << QByteArray("-9223372036854775808");
        QTest::newRow("not whole") << QByteArray("1e300");
        QTest::newRow("a word") << QByteArray("\"many\"");
    }
    void sizesThatNoTensorHasAreASentence()
    {
        QFETCH(QByteArray, size);
        for (const char* kind : {R"({"as_int": %1})", R"({"as_expr": {"hint": {"as_int": %1}}})"})
        {
            const auto json = QString::fromUtf8(
                                  R"({"graph_module": {"graph": {"nodes": [], "tensor_values": {"w": {"dtype": 7,
                                      "device": {"type": "cpu"}, "sizes": [%1]}}},
                                      "signature": {"input_specs": [{"parameter": {"arg": {"name": "w"}}}]}}})")
                                  .arg(QString::fromUtf8(kind).arg(QString::fromUtf8(size)));
            QVERIFY_EXCEPTION_THROWN(readExportedGraph(json.toStdString()), std::runtime_error);
        }
    }

    /// Expanded, so that they reach over little memory.
    void sizesThatOverflowTogetherCountAsNone()
    {
        const auto graph = readExportedGraph(
            R"({"graph_module": {"graph": {"nodes": [], "tensor_values": {"w": {"dtype": 7, "device": {"type": "cpu"},
                "sizes": [{"as_int": 1125899906842624}, {"as_int": 1125899906842624}],
                "strides": [{"as_int": 0}, {"as_int": 0}], "storage_offset": {"as_int": 0}}}},
                "signature": {"input_specs": [{"parameter": {"arg": {"name": "w"}, "parameter_name": "w"}}]}}})");
        QCOMPARE(graph.parameters, std::int64_t{0});
    }

    void aNameOfManyStepsMakesNoEndlessTree()
    {
        const auto graph = readExportedGraph(
            R"({"graph_module": {"graph": {"nodes": [], "tensor_values": {"w": {"dtype": 7, "device": {"type": "cpu"},
                "sizes": [{"as_int": 2}], "strides": [{"as_int": 1}], "storage_offset": {"as_int": 0}}}},
                "signature": {"input_specs": [{"parameter": {"arg": {"name": "w"},
                "parameter_name": ")" +
            std::string(100000, '.') + R"("}}]}}})");
        QVERIFY(graph.modules.size() < 100);
    }
};

QTEST_GUILESS_MAIN(TestExportedGraph)
#include "tst_exported_graph.moc"
