// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/weight_files.h"

#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <fmt/format.h>

using namespace headroom;

namespace
{

/// A shard with one byte for each of \a names.
std::string shardOf(const std::vector<std::string>& names)
{
    std::string header = "{";
    for (std::size_t at = 0; at < names.size(); ++at)
    {
        header += fmt::format(R"({}"{}":{{"dtype":"U8","shape":[1],"data_offsets":[{},{}]}})", at == 0 ? "" : ",",
                              names[at], at, at + 1);
    }
    header += "}";
    std::string bytes;
    for (int i = 0; i < 8; ++i)
    {
        bytes += static_cast<char>((header.size() >> (8 * i)) & 0xff);
    }
    return bytes + header + std::string(names.size(), 'x');
}

std::string indexOf(const std::string& map)
{
    return R"({"metadata":{"total_size":2},"weight_map":)" + map + "}";
}

} // namespace

class TestWeightFiles : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<QTemporaryDir> m_folder;

    std::filesystem::path folder() const { return m_folder->path().toStdString(); }

    void write(const char* name, const std::string& bytes) const
    {
        std::ofstream(folder() / name, std::ios::binary | std::ios::trunc) << bytes;
    }

    void writeIndex(const std::string& map) const { write("model.safetensors.index.json", indexOf(map)); }

    std::string refusal() const
    {
        try
        {
            const WeightFiles files(folder());
            return "it was taken";
        }
        catch (const std::runtime_error& error)
        {
            return error.what();
        }
    }

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void aSingleFileGivesItsTensors()
    {
        QVERIFY(!WeightFiles::hasWeights(folder()));
        write("model.safetensors", shardOf({"a", "b"}));
        QVERIFY(WeightFiles::hasWeights(folder()));
        const WeightFiles files(folder());
        QCOMPARE(files.tensors().size(), std::size_t(2));
        QCOMPARE(files.bytes(), std::uint64_t(2));
        QVERIFY(files.find("a") != nullptr && files.find("c") == nullptr);
        QCOMPARE(files.find("b")->file->bytesOf(*files.find("b")->entry).size(), std::size_t(1));
    }

    void shardsAreOne()
    {
        write("model-1.safetensors", shardOf({"a"}));
        write("model-2.safetensors", shardOf({"b", "c"}));
        writeIndex(R"({"a":"model-1.safetensors","b":"model-2.safetensors","c":"model-2.safetensors"})");
        const WeightFiles files(folder());
        QCOMPARE(files.tensors().size(), std::size_t(3));
    }

    void theTypeOfMostBytesCounts()
    {
        write("model.safetensors", shardOf({"a"}));
        QVERIFY(!WeightFiles(folder()).mostlyIn()); // of whole numbers
        const std::string header = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
                                   R"("b":{"dtype":"BF16","shape":[4],"data_offsets":[4,12]}})";
        std::string bytes(8, '\0');
        bytes[0] = static_cast<char>(header.size());
        write("model.safetensors", bytes + header + std::string(12, '\0'));
        QCOMPARE(WeightFiles(folder()).mostlyIn(), std::optional(DType::BFloat16));
    }

    void aFolderWithoutWeightsNamesTheFileThatIsMissing()
    {
        QCOMPARE(QString::fromStdString(refusal()),
                 m_folder->path() + QStringLiteral("/model.safetensors cannot be read: No such file or directory"));
    }

    void badIndexesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("why");
        const auto row = [](const char* name, const std::string& text, const char* why)
        { QTest::newRow(name) << QByteArray::fromStdString(text) << QByteArray(why); };
        row("empty", "", "not valid JSON at byte");
        row("cut short", indexOf(R"({"a":)"), "not valid JSON at byte");
        row("zeros behind", indexOf("{}") + std::string(2, '\0'), "not valid JSON at byte");
        row("a list", "[]", "it has no weight_map");
        row("no map", "{}", "it has no weight_map");
        row("a map that is a list", indexOf("[]"), "it has no weight_map");
        row("a map that is null", indexOf("null"), "it has no weight_map");
        row("an empty map", indexOf("{}"), "its weight_map is empty");
        row("nested", indexOf("{\"a\":" + std::string(100000, '[')), "JSON nested more than 4 levels deep");
        row("a number for a file", indexOf(R"({"a":1})"), "the file of the tensor 'a' is not the name of");
        row("a path", indexOf(R"({"a":"/etc/x.safetensors"})"), "the file of the tensor 'a' is not the name of");
        row("a way up", indexOf(R"({"a":"../x.safetensors"})"), "the file of the tensor 'a' is not the name of");
        row("a hidden file", indexOf(R"({"a":".safetensors"})"), "the file of the tensor 'a' is not the name of");
        row("another kind of file", indexOf(R"({"a":"model.bin"})"), "the file of the tensor 'a' is not the name of");
        row("a zero in the name", indexOf("{\"a\":\"x\\u0000.safetensors\"}"), "is not the name of a .safetensors");
        row("a name without end", indexOf("{\"a\":\"" + std::string(300, 'x') + ".safetensors\"}"), "is not the name");
    }
    void badIndexesAreRefused()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, why);
        try
        {
            readShardIndex(text.toStdString(), "index");
            QFAIL("it was taken");
        }
        catch (const std::runtime_error& error)
        {
            const QByteArray sentence(error.what());
            QVERIFY2(sentence.startsWith("index is not a usable index of weights: "), error.what());
            QVERIFY2(sentence.contains(why), error.what());
        }
    }

    void tooManyShardsAreRefused()
    {
        std::string map = "{";
        for (int number = 0; number <= 10000; ++number)
        {
            map += fmt::format("{0}\"t{1}\":\"m{1}.safetensors\"", number == 0 ? "" : ",", number);
        }
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, readShardIndex(indexOf(map + "}"), "index"));
    }

    void aMissingShardIsNamed()
    {
        writeIndex(R"({"a":"model-1.safetensors"})");
        QVERIFY(refusal().find("model-1.safetensors cannot be read: No such file") != std::string::npos);
    }

    void aPromiseThatNoShardKeepsIsNamed()
    {
        write("model-1.safetensors", shardOf({"a"}));
        writeIndex(R"({"a":"model-1.safetensors","b":"model-1.safetensors"})");
        QVERIFY(refusal().find("promises the tensor 'b' in model-1.safetensors, which does not hold it") !=
                std::string::npos);
    }

    void aTensorInTwoShardsIsRefused()
    {
        write("model-1.safetensors", shardOf({"a"}));
        write("model-2.safetensors", shardOf({"a", "b"}));
        writeIndex(R"({"a":"model-1.safetensors","b":"model-2.safetensors"})");
        QVERIFY(refusal().find("holds the tensor 'a', which the index places in model-1.safetensors") !=
                std::string::npos);
        write("model-1.safetensors", shardOf({"c", "x"}));
        write("model-2.safetensors", shardOf({"d", "x"}));
        writeIndex(R"({"c":"model-1.safetensors","d":"model-2.safetensors"})");
        QVERIFY(refusal().find("holds the tensor 'x', which another shard holds as well") != std::string::npos);
    }

    void aDamagedShardIsRefusedWithItsName()
    {
        write("model-1.safetensors", shardOf({"a"}).substr(0, 20));
        writeIndex(R"({"a":"model-1.safetensors"})");
        QVERIFY(refusal().find("model-1.safetensors is not a usable safetensors file") != std::string::npos);
    }

    void aSmallFileHasALimit()
    {
        write("config.json", "12345");
        QCOMPARE(readSmallFile(folder() / "config.json", 5), std::string("12345"));
        QVERIFY_THROWS_EXCEPTION(std::runtime_error, readSmallFile(folder() / "config.json", 4));
    }
};

QTEST_APPLESS_MAIN(TestWeightFiles)
#include "tst_weight_files.moc"
