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

    void productsWithGapsAreFound_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("other");
        QTest::addColumn<QByteArray>("sizes");
        QTest::addColumn<QByteArray>("strides");
        QTest::addColumn<bool>("found");
        const auto add = [](const char* row, const char* target, const char* sizes, const char* strides, bool found,
                            const char* other = R"({"as_float": 0.5})") {
            QTest::newRow(row) << QByteArray(target) << QByteArray(other) << QByteArray(sizes) << QByteArray(strides)
                               << found;
        };
        const char* const scalar = "mul.Scalar";
        add("in a row", scalar, "2 3 4", "12 4 1", false);
        add("exchanged dimensions", scalar, "2 4 3", "12 1 4", false);
        add("a part of each row", scalar, "2 3 4", "36 12 1", true);
        add("every second", scalar, "2 3", "6 2", true);
        add("expanded", scalar, "2 3", "1 0", true);
        add("dimensions of one element", scalar, "1 3 1", "99 1 7", false);
        add("one row of many", scalar, "1 4", "12 1", false);
        add("no element", scalar, "0 3", "9 0", false);
        add("a number", scalar, "", "", false);
        add("a size that may be any", scalar, "n2 3", "12 1", true);
        add("a size that is not known", scalar, "? 3", "12 1", false);
        add("as torch.export writes it", "mul.Tensor", "2 3", "12 1", true);
        add("by a tensor", "mul.Tensor", "2 3", "12 1", false, R"({"as_tensor": {"name": "x"}})");
        add("another operator", "add.Tensor", "2 3", "12 1", false);
        add("more than any memory", scalar, "1125899906842624 1125899906842624", "1 1125899906842624", true);
    }

    /// Products of a tensor with a number, which nativert's own kernel computes wrong where the tensor has gaps.
    void productsWithGapsAreFound()
    {
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, other);
        QFETCH(QByteArray, sizes);
        QFETCH(QByteArray, strides);
        QFETCH(bool, found);
        const auto list = [](const QByteArray& numbers)
        {
            QStringList all;
            for (const QByteArray& number : numbers.split(' '))
            {
                const auto text = QString::fromUtf8(number);
                all += number.isEmpty() ? QStringList()
                       : number == "?"  ? QStringList(QStringLiteral(R"({"as_expr": {"hint": null}})"))
                       : number[0] == 'n'
                           ? QStringList(QStringLiteral(R"({"as_expr": {"hint": {"as_int": %1}}})").arg(text.mid(1)))
                           : QStringList(QStringLiteral(R"({"as_int": %1})").arg(text));
            }
            return all.join(u',');
        };
        for (const char* device : {"cpu", "cuda"})
        {
            const auto json =
                QStringLiteral(R"({"graph_module": {"graph": {"nodes": [{"target": "torch.ops.aten.%1", "inputs": [
                    {"name": "self", "arg": {"as_tensor": {"name": "x"}}}, {"name": "other", "arg": %2}],
                    "outputs": [{"as_tensor": {"name": "y"}}], "metadata": {"nn_module_stack": "L,,p.M;L.a,a.b,p.A"}}],
                    "tensor_values": {"x": {"dtype": 7, "device": {"type": "%3"}, "sizes": [%4], "strides": [%5]}}},
                    "signature": {"input_specs": []}}})")
                    .arg(QString::fromUtf8(target), QString::fromUtf8(other), QString::fromUtf8(device), list(sizes),
                         list(strides));
            const auto products = readExportedGraph(json.toStdString()).gappedProducts;
            const bool expected = found && device == std::string("cpu");
            QCOMPARE(products, expected ? std::vector<std::string>{"a.b"} : std::vector<std::string>());
        }
    }

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
