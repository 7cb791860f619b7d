// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/safetensors.h"

#include "core/encoding/json.h"

#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <sys/stat.h>

using namespace headroom;

namespace
{

std::string lengthPrefix(std::uint64_t length)
{
    std::string bytes;
    for (int i = 0; i < 8; ++i)
    {
        bytes += static_cast<char>((length >> (8 * i)) & 0xff);
    }
    return bytes;
}

std::string fileOf(const std::string& header, const std::string& data = {})
{
    return lengthPrefix(header.size()) + header + data;
}

std::string entry(const char* dtype, const char* shape, const char* offsets)
{
    return std::string(R"({"dtype":")") + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

SafetensorsHeader read(const std::string& file)
{
    return readSafetensorsHeader(std::as_bytes(std::span(file)), "weights");
}

std::string twoTensors()
{
    return fileOf(R"({"__metadata__":{"format":"pt"},"b":)" + entry("BF16", "[2]", "[8,12]") + R"(,"a":)" +
                      entry("F32", "[1,2]", "[0,8]") + "}   ",
                  "abcdefghijkl");
}

} // namespace

class TestSafetensors : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    std::filesystem::path write(const std::string& bytes)
    {
        const std::filesystem::path path = m_folder.filePath(QStringLiteral("weights.safetensors")).toStdString();
        std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
        return path;
    }

private Q_SLOTS:
    void aGoodHeaderIsReadInTheOrderOfItsBytes()
    {
        const SafetensorsHeader header = read(twoTensors());
        QCOMPARE(header.metadata, (std::map<std::string, std::string>{{"format", "pt"}}));
        QCOMPARE(header.tensors.size(), std::size_t(2));
        const std::uint64_t start = twoTensors().size() - 12;
        QCOMPARE(header.tensors[0], (SafetensorsEntry{"a", StoredType::F32, {1, 2}, start, start + 8}));
        QCOMPARE(header.tensors[1], (SafetensorsEntry{"b", StoredType::BF16, {2}, start + 8, start + 12}));
    }

    void emptyThingsAreAllowed_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<int>("tensors");
        const auto row = [](const char* name, const std::string& file, int tensors)
        { QTest::newRow(name) << QByteArray::fromStdString(file) << tensors; };
        row("no tensors", fileOf("{}"), 0);
        row("a scalar", fileOf(R"({"s":)" + entry("F64", "[]", "[0,8]") + "}", "12345678"), 1);
        row("a tensor without elements", fileOf(R"({"e":)" + entry("F32", "[0,3]", "[0,0]") + "}"), 1);
        row("an empty one between two",
            fileOf(R"({"a":)" + entry("U8", "[1]", "[0,1]") + R"(,"e":)" + entry("I64", "[0]", "[1,1]") + R"(,"z":)" +
                       entry("I8", "[1]", "[1,2]") + "}",
                   "12"),
            3);
        row("huge shape with a zero", fileOf(R"({"e":)" + entry("F32", "[4611686018427387904,8,0]", "[0,0]") + "}"), 1);
    }
    void emptyThingsAreAllowed()
    {
        QFETCH(QByteArray, file);
        QFETCH(int, tensors);
        QCOMPARE(int(read(file.toStdString()).tensors.size()), tensors);
    }

    void hostileFilesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QByteArray>("why");
        const auto row = [](const char* name, const std::string& file, const char* why)
        { QTest::newRow(name) << QByteArray::fromStdString(file) << QByteArray(why); };
        const auto one = [](const std::string& tensor, const std::string& data = "1234")
        { return fileOf(R"({"t":)" + tensor + "}", data); };

        row("empty", "", "it is too short to have a header");
        row("half a length", "\x02", "it is too short to have a header");
        row("header longer than the file", lengthPrefix(3) + "{}", "its header claims 3 bytes, more than the file has");
        row("header over 100 MB", lengthPrefix(100000001) + "{}",
            "its header claims 100000001 bytes, more than the 100000000 allowed");
        row("length that wraps around", lengthPrefix(~std::uint64_t(0)) + "{}", "more than the 100000000 allowed");
        row("no JSON", fileOf("{\"a\":"), "its header is not JSON");
        row("zeros after the JSON", fileOf(std::string("{}\0\0", 4)), "its header is not JSON");
        row("not UTF-8", fileOf("{\"\xff\":1}"), "its header is not JSON");
        row("a number too large", fileOf("{\"a\":1e999}"), "its header is not JSON");
        row("a list", fileOf("[]"), "its header is not a JSON object");
        row("a text", fileOf("\"a\""), "its header is not a JSON object");
        row("nested", fileOf("{\"t\":{\"shape\":[[[[]]]]}}"), "its header is nested too deeply");
        row("nested without end", fileOf("{\"t\":" + std::string(1000000, '[')), "its header is nested too deeply");
        row("a number for a tensor", fileOf("{\"t\":1}"), "the entry 't' is not an object");
        row("a list for a tensor", fileOf("{\"t\":[1]}"), "the entry 't' is not an object");
        row("a null for a tensor", fileOf("{\"t\":null}"), "the entry 't' is not an object");
        row("a name twice",
            fileOf(R"({"t":)" + entry("U8", "[1]", "[0,1]") + R"(,"t":)" + entry("U8", "[1]", "[1,2]") + "}", "12"),
            "'t' is listed twice");
        row("metadata that is no text", fileOf(R"({"__metadata__":{"a":1}})"), "the metadata 'a' is not text");
        row("metadata that is a list", fileOf(R"({"__metadata__":[]})"), "the entry '__metadata__' is not an object");

        row("no dtype", one(R"({"shape":[1],"data_offsets":[0,4]})"), "the tensor 't' has no dtype");
        row("no shape", one(R"({"dtype":"F32","data_offsets":[0,4]})"), "the tensor 't' has no shape");
        row("no offsets", one(R"({"dtype":"F32","shape":[1]})"), "the tensor 't' has no data_offsets");
        row("unknown dtype", one(entry("F33", "[1]", "[0,4]")), "the tensor 't' has an unknown dtype; known are BOOL");
        row("dtype in small letters", one(entry("f32", "[1]", "[0,4]")), "unknown dtype");
        row("dtype that is a number", one(R"({"dtype":7,"shape":[1],"data_offsets":[0,4]})"), "unknown dtype");
        row("negative size", one(entry("F32", "[-1]", "[0,4]")), "the shape of the tensor 't' is not a list of sizes");
        row("size that is no integer", one(entry("F32", "[1.0]", "[0,4]")), "is not a list of sizes");
        row("shape that is a number", one(entry("F32", "1", "[0,4]")), "is not a list of sizes");
        row("size over 63 bits", one(entry("F32", "[18446744073709551615]", "[0,4]")), "is not a list of sizes");
        row("sizes that multiply to zero in 64 bits", one(entry("F32", "[4294967296,4294967296]", "[0,0]"), ""),
            "has 0 bytes, which does not match its shape and dtype");
        row("one offset", one(entry("F32", "[1]", "[0]")), "are not a beginning and an end");
        row("three offsets", one(entry("F32", "[1]", "[0,4,4]")), "are not a beginning and an end");
        row("offsets in the wrong order", one(entry("F32", "[1]", "[4,0]")), "are not a beginning and an end");
        row("negative offset", one(entry("F32", "[1]", "[-4,0]")), "the data_offsets of the tensor 't' is not a list");
        row("too few bytes for its shape", one(entry("F32", "[2]", "[0,4]")),
            "the tensor 't' has 4 bytes, which does not match its shape and dtype");
        row("too many bytes for its shape", one(entry("U8", "[3]", "[0,4]")), "does not match its shape and dtype");
        row("data cut short", one(entry("F32", "[2]", "[0,8]")),
            "the tensor 't' ends at byte 8 of 4 bytes of data: the file is cut short");
        row("range far outside", one(entry("F32", "[1]", "[9223372036854775800,9223372036854775804]")),
            "the file is cut short");

        row("overlap",
            fileOf(R"({"a":)" + entry("U8", "[3]", "[0,3]") + R"(,"b":)" + entry("U8", "[2]", "[2,4]") + "}", "1234"),
            "the tensor 'b' overlaps the one before it");
        row("the same bytes twice",
            fileOf(R"({"a":)" + entry("U8", "[4]", "[0,4]") + R"(,"b":)" + entry("U8", "[4]", "[0,4]") + "}", "1234"),
            "the tensor 'b' overlaps the one before it");
        row("hole",
            fileOf(R"({"a":)" + entry("U8", "[1]", "[0,1]") + R"(,"b":)" + entry("U8", "[2]", "[2,4]") + "}", "1234"),
            "the tensor 'b' leaves a hole after the one before it");
        row("hole at the beginning", one(entry("U8", "[3]", "[1,4]")), "the tensor 't' leaves a hole");
        row("hidden data at the end", one(entry("U8", "[1]", "[0,1]")), "3 bytes at its end belong to no tensor");
        row("data without tensors", fileOf("{}", "1234"), "4 bytes at its end belong to no tensor");
    }
    void hostileFilesAreRefused()
    {
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, why);
        try
        {
            read(file.toStdString());
            QFAIL("it was taken");
        }
        catch (const std::runtime_error& error)
        {
            const QByteArray sentence(error.what());
            QVERIFY2(sentence.startsWith("weights is not a usable safetensors file: "), error.what());
            QVERIFY2(sentence.contains(why), error.what());
        }
    }

    void everyTruncationOfAGoodFileIsRefused()
    {
        const std::string good = twoTensors();
        for (std::size_t length = 0; length < good.size(); ++length)
        {
            QVERIFY_THROWS_EXCEPTION(std::runtime_error, read(good.substr(0, length)));
        }
    }

    void flippedBytesNeverReachOutsideTheFile()
    {
        // Whatever a damaged header is taken for, its ranges stay within the file.
        const std::string good = twoTensors();
        for (std::size_t place = 0; place < good.size() - 12; ++place)
        {
            for (const char flip : {'\x01', '\x10', '\x80'})
            {
                std::string damaged = good;
                damaged[place] = static_cast<char>(damaged[place] ^ flip);
                try
                {
                    for (const SafetensorsEntry& tensor : read(damaged).tensors)
                    {
                        QVERIFY(tensor.begin <= tensor.end && tensor.end <= damaged.size());
                    }
                }
                catch (const std::runtime_error&)
                {
                    continue;
                }
            }
        }
    }

    void aFileGivesItsTensorsBytes()
    {
        const SafetensorsFile file(write(twoTensors()));
        QCOMPARE(file.tensors().size(), std::size_t(2));
        QCOMPARE(file.metadata().at("format"), std::string("pt"));
        const SafetensorsEntry* const tensor = file.find("b");
        QVERIFY(tensor != nullptr);
        const auto bytes = file.bytesOf(*tensor);
        QCOMPARE(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()), std::string("ijkl"));
        QVERIFY(file.find("c") == nullptr);
    }

    void aMovedFileStaysReadable()
    {
        SafetensorsFile first(write(twoTensors()));
        SafetensorsFile second(std::move(first));
        const SafetensorsEntry* const tensor = second.find("a");
        QVERIFY(tensor != nullptr);
        QCOMPARE(std::to_integer<char>(second.bytesOf(*tensor)[0]), 'a');
    }

    void anEntryOfAnotherFileIsRefused()
    {
        const SafetensorsFile file(write(twoTensors()));
        SafetensorsEntry foreign = file.tensors().back();
        foreign.end += 1;
        QVERIFY_THROWS_EXCEPTION(std::out_of_range, file.bytesOf(foreign));
        foreign.begin = foreign.end + 1;
        QVERIFY_THROWS_EXCEPTION(std::out_of_range, file.bytesOf(foreign));
    }

    void whatIsNoFileIsToldWithItsPath_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QByteArray>("why");
        const QString pipe = m_folder.filePath(QStringLiteral("pipe"));
        QCOMPARE(::mkfifo(pipe.toLocal8Bit().constData(), 0600), 0);
        QTest::newRow("missing") << m_folder.filePath(QStringLiteral("missing"))
                                 << QByteArray("cannot be read: No such file or directory");
        QTest::newRow("folder") << m_folder.path() << QByteArray("cannot be read: it is not a regular file");
        QTest::newRow("pipe") << pipe << QByteArray("cannot be read: it is not a regular file");
    }
    void whatIsNoFileIsToldWithItsPath()
    {
        QFETCH(QString, path);
        QFETCH(QByteArray, why);
        try
        {
            const SafetensorsFile file(path.toStdString());
            QFAIL("it was taken");
        }
        catch (const std::runtime_error& error)
        {
            QCOMPARE(QByteArray(error.what()), path.toUtf8() + ' ' + why);
        }
    }

    void anEmptyFileIsNoSafetensorsFile()
    {
        const std::filesystem::path path = write("");
        try
        {
            const SafetensorsFile file(path);
            QFAIL("it was taken");
        }
        catch (const std::runtime_error& error)
        {
            QCOMPARE(std::string(error.what()),
                     path.string() + " is not a usable safetensors file: it is too short to have a header");
        }
    }

    void typesHaveTheirSizes()
    {
        const std::map<std::string, std::int64_t> sizes{
            {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1}, {"I16", 2}, {"U16", 2}, {"F16", 2},
            {"BF16", 2}, {"I32", 4}, {"U32", 4}, {"F32", 4},     {"I64", 8},     {"U64", 8}, {"F64", 8}};
        QCOMPARE(EnumNames<StoredType>::names.size(), sizes.size());
        for (const auto& [type, name] : EnumNames<StoredType>::names)
        {
            QCOMPARE(bytesPerElement(type), sizes.at(std::string(name)));
            if (const auto dtype = dtypeOf(type))
            {
                QCOMPARE(bytesPerElement(*dtype), bytesPerElement(type));
            }
        }
        QVERIFY(dtypeOf(StoredType::BF16) == DType::BFloat16);
        QVERIFY(dtypeOf(StoredType::F16) == DType::Float16);
        QVERIFY(dtypeOf(StoredType::F32) == DType::Float32);
        QVERIFY(dtypeOf(StoredType::F64) == DType::Float64);
        QVERIFY(!dtypeOf(StoredType::F8E4M3) && !dtypeOf(StoredType::I64) && !dtypeOf(StoredType::Bool));
    }
};

QTEST_APPLESS_MAIN(TestSafetensors)
#include "tst_safetensors.moc"
