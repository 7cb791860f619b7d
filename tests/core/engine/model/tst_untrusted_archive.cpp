// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/untrusted_archive.h"

#include <QFile>
#include <QtTest>

#include <algorithm>
#include <stdexcept>
#include <string>

using namespace headroom::engine;

namespace
{

const std::string kModel = "model";

/// The graph of a package, as it is opened.
ExportedGraph graphOf(caffe2::serialize::PyTorchStreamReader& archive)
{
    const auto [bytes, size] = archive.getRecord("models/model.json");
    return readExportedGraph({static_cast<const char*>(bytes.get()), size});
}

/// A parameter w with these sizes, strides and offset, in a graph that has nothing else.
std::string graphWith(const std::string& sizes, const std::string& strides, const std::string& offset)
{
    return R"({"graph_module": {"graph": {"nodes": [], "tensor_values": {"p_w": {"dtype": 7, "sizes": )" + sizes +
           R"(, "strides": )" + strides + R"(, "storage_offset": )" + offset +
           R"(, "device": {"type": "cpu"}}}}, "signature": {"input_specs": [
              {"parameter": {"arg": {"name": "p_w"}, "parameter_name": "w"}}]}}})";
}

} // namespace

/// What is looked at before LibTorch believes it.
class TestUntrustedArchive : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void codeThatReachesOutIsSeen_data()
    {
        QTest::addColumn<QByteArray>("source");
        QTest::addColumn<QByteArray>("reach");
        const auto add = [](const char* row, const char* source, const char* reach)
        { QTest::newRow(row) << QByteArray(source) << QByteArray(reach); };
        add("nothing", "def forward(self, x: Tensor) -> Tensor:\n  return torch.relu(x)\n", "");
        add("save", "    torch.save([x], \"/tmp/x\")\n", "torch.save");
        add("from_file", "    _0 = torch.from_file(\"/etc/passwd\", False, 64)\n", "torch.from_file");
        add("with spaces", "    torch . save([x], \"/tmp/x\")\n", "torch.save");
        add("over lines", "    (torch\n  . # here\n  save)([x], \"/tmp/x\")\n", "torch.save");
        add("as an operator", "    ops.aten.from_file(\"a\")\n", "ops.aten.from_file");
        add("another machine", "    ops.c10d.broadcast_(x)\n", "ops.c10d.broadcast_");
        add("a call to another process", "    rpc_sync(\"w\", f)\n", "rpc_sync");
        add("in a comment", "    # torch.save(x)\n", "");
        add("in a text", "    raise Exception(\"torch.save is not here\")\n", "");
        add("a method of its own", "    return (self).save(x)\n", "");
        add("a module of that name", "    return __torch__.torch_model.save(x)\n", "");
    }
    void codeThatReachesOutIsSeen()
    {
        QFETCH(QByteArray, source);
        QFETCH(QByteArray, reach);
        QCOMPARE(reachInSource(source.toStdString()), reach.toStdString());
    }

    void operatorsOfAGraphAreSeen()
    {
        QVERIFY(reachesOut("torch.ops.aten.from_file.default"));
        QVERIFY(reachesOut("torch.ops._c10d_functional.all_reduce.default"));
        QVERIFY(!reachesOut("torch.ops.aten.scaled_dot_product_attention.default"));
        QVERIFY(!reachesOut("torch.ops.aten.save_memory.default"));
        QVERIFY(!reachesOut("call_method"));
        QVERIFY(!reachesOut("torch.ops."));
    }

    void strangeLayoutsAreRefused_data()
    {
        QTest::addColumn<QByteArray>("sizes");
        QTest::addColumn<QByteArray>("strides");
        QTest::addColumn<QByteArray>("offset");
        const QByteArray two = R"([{"as_int": 2}, {"as_int": 3}])";
        const QByteArray none = R"({"as_int": 0})";
        QTest::newRow("negative stride") << two << QByteArray(R"([{"as_int": -3}, {"as_int": 1}])") << none;
        QTest::newRow("negative offset") << two << QByteArray(R"([{"as_int": 3}, {"as_int": 1}])")
                                         << QByteArray(R"({"as_int": -4096})");
        QTest::newRow("offset beyond all memory") << two << QByteArray(R"([{"as_int": 3}, {"as_int": 1}])")
                                                  << QByteArray(R"({"as_int": 9223372036854775807})");
        QTest::newRow("stride beyond all memory")
            << two << QByteArray(R"([{"as_int": 1125899906842624}, {"as_int": 1125899906842624}])") << none;
        QTest::newRow("fewer strides than sizes") << two << QByteArray(R"([{"as_int": 1}])") << none;
        QTest::newRow("strides that are text") << two << QByteArray(R"("wide")") << none;
    }
    void strangeLayoutsAreRefused()
    {
        QFETCH(QByteArray, sizes);
        QFETCH(QByteArray, strides);
        QFETCH(QByteArray, offset);
        const auto graph = graphWith(sizes.toStdString(), strides.toStdString(), offset.toStdString());
        QVERIFY_EXCEPTION_THROWN(readExportedGraph(graph), std::runtime_error);
    }

    void whatATensorReachesOverIsCounted()
    {
        const auto bytesOf = [](const char* sizes, const char* strides, const char* offset)
        { return readExportedGraph(graphWith(sizes, strides, offset)).stored.front().bytes; };
        QCOMPARE(bytesOf(R"([{"as_int": 2}, {"as_int": 3}])", R"([{"as_int": 3}, {"as_int": 1}])", R"({"as_int": 0})"),
                 std::int64_t{24});
        QCOMPARE(bytesOf(R"([{"as_int": 2}, {"as_int": 3}])", R"([{"as_int": 0}, {"as_int": 1}])", R"({"as_int": 5})"),
                 std::int64_t{32}); // expanded, at the sixth element
        QCOMPARE(bytesOf(R"([{"as_int": 0}, {"as_int": 3}])", R"([{"as_int": 3}, {"as_int": 1}])", R"({"as_int": 0})"),
                 std::int64_t{0});
        QCOMPARE(bytesOf("[]", "[]", R"({"as_int": 0})"), std::int64_t{4}); // a number
    }

    void recordsThatAreTooShortAreRefused()
    {
        for (const char* name : {"causal", "masked", "expanded", "vision"})
        {
            const QString path = QStringLiteral(HEADROOM_SAMPLE_PACKAGES "/%1.pt2").arg(QLatin1String(name));
            if (!QFile::exists(path))
            {
                QSKIP("needs the files of tools/make_sample_packages.py: the build found no Python with torch");
            }
            caffe2::serialize::PyTorchStreamReader archive(path.toStdString());
            auto graph = graphOf(archive);
            QVERIFY(!graph.stored.empty());
            checkStoredTensors(archive, graph, kModel); // as it was written it is right
            for (auto& tensor : graph.stored)
            {
                tensor.bytes += 64; // a record is padded to no more than that
            }
            QVERIFY_EXCEPTION_THROWN(checkStoredTensors(archive, graph, kModel), std::runtime_error);
            graph.stored = {{"no such tensor", false, 4}};
            QVERIFY_EXCEPTION_THROWN(checkStoredTensors(archive, graph, kModel), std::runtime_error);
        }
    }
};

QTEST_GUILESS_MAIN(TestUntrustedArchive)
#include "tst_untrusted_archive.moc"
