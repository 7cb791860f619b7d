// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/encoding/whole_file.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

using namespace headroom;

namespace
{

std::string pathIn(const QTemporaryDir& folder, const char* name)
{
    return folder.filePath(QString::fromLatin1(name)).toStdString();
}

void write(const std::string& path, const std::string& text)
{
    QFile file(QString::fromStdString(path));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(text.data(), static_cast<qint64>(text.size())), static_cast<qint64>(text.size()));
}

} // namespace

class TestWholeFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bytesComeAsTheyAre_data()
    {
        QTest::addColumn<int>("size");
        for (const int size : {0, 1, 4095, 4096, 4097, 100'000})
        {
            QTest::addRow("%d bytes", size) << size;
        }
    }

    void bytesComeAsTheyAre()
    {
        QFETCH(int, size);
        std::string text;
        for (int at = 0; at < size; ++at)
        {
            text.push_back(static_cast<char>(at * 7 % 256)); // zeros and line ends among them
        }
        const QTemporaryDir folder;
        write(pathIn(folder, "file"), text);
        std::error_code error = std::make_error_code(std::errc::io_error);
        QVERIFY(wholeFile(pathIn(folder, "file"), error) == text);
        QVERIFY(!error);
    }

    void aPipeIsReadToItsEnd()
    {
        const QTemporaryDir folder;
        const std::string pipe = pathIn(folder, "pipe");
        QCOMPARE(::mkfifo(pipe.c_str(), 0600), 0);
        const std::string text(200'000, 'x');
        std::thread writer([&] { write(pipe, text); });
        const std::string got = wholeFile(pipe);
        writer.join();
        QVERIFY(got == text);
    }

    /// The sizes of files under /proc are 0, whatever is in them.
    void aFileThatTellsNoSizeIsReadToItsEnd() { QVERIFY(!wholeFile("/proc/self/status").empty()); }

    void whatCannotBeReadSaysWhy_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("cause");
        QTest::newRow("nothing there") << QStringLiteral("gone")
                                       << static_cast<int>(std::errc::no_such_file_or_directory);
        QTest::newRow("a folder") << QString() << static_cast<int>(std::errc::is_a_directory);
        QTest::newRow("may not be read") << QStringLiteral("closed") << static_cast<int>(std::errc::permission_denied);
    }

    void whatCannotBeReadSaysWhy()
    {
        QFETCH(QString, name);
        QFETCH(int, cause);
        if (cause == static_cast<int>(std::errc::permission_denied) && ::geteuid() == 0)
        {
            QSKIP("root may read everything");
        }
        const QTemporaryDir folder;
        write(pathIn(folder, "closed"), "text");
        QVERIFY(QFile::setPermissions(folder.filePath(QStringLiteral("closed")), QFile::WriteOwner));
        const std::string path = folder.filePath(name).toStdString();
        std::error_code error;
        QVERIFY(wholeFile(path, error).empty());
        QCOMPARE(error.value(), cause);
        try
        {
            (void)wholeFile(path);
            QFAIL("nothing is thrown");
        }
        catch (const std::runtime_error& thrown)
        {
            QCOMPARE(std::string(thrown.what()), path + " cannot be read: " + error.message() + ".");
        }
    }
};

QTEST_GUILESS_MAIN(TestWholeFile)
#include "tst_whole_file.moc"
