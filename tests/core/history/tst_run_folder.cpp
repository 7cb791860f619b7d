// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/run_folder.h"

#include "core/report/json_report.h"
#include "core/run/journal.h"
#include "kept_runs.h"

#include <QRegularExpression>
#include <QtTest>

#include <cstdlib>
#include <set>

using namespace headroom;
using namespace headroom::testing;

namespace
{

/// Sets variables of the environment, and puts them back.
class Environment
{
public:
    explicit Environment(std::vector<std::pair<const char*, const char*>> values)
    {
        for (const auto& [name, value] : values)
        {
            m_before.emplace_back(name, qgetenv(name));
            value != nullptr ? qputenv(name, value) : qunsetenv(name);
        }
    }
    ~Environment()
    {
        for (const auto& [name, value] : m_before)
        {
            value.isNull() ? qunsetenv(name) : qputenv(name, value);
        }
    }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

private:
    std::vector<std::pair<const char*, QByteArray>> m_before;
};

std::vector<std::string> namesOfFiles(const std::vector<RunFile>& files)
{
    std::vector<std::string> names;
    for (const RunFile& file : files)
    {
        names.push_back(file.name);
    }
    return names;
}

} // namespace

class TestRunFolder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void itIsInTheDataFolderUnlessChosen_data()
    {
        QTest::addColumn<QByteArray>("chosen");
        QTest::addColumn<QByteArray>("data");
        QTest::addColumn<QByteArray>("home");
        QTest::addColumn<QString>("path");
        const auto row = [](const char* name, const char* chosen, const char* data, const char* home, const char* path)
        {
            QTest::newRow(name) << QByteArray(chosen) << QByteArray(data) << QByteArray(home)
                                << QString::fromUtf8(path);
        };
        row("chosen", "/a/b", "/data", "/user", "/a/b");
        row("data folder", "", "/data", "/user", "/data/headroom/runs");
        row("home", "", "", "/user", "/user/.local/share/headroom/runs");
        row("a relative data folder is invalid", "", "data", "/user", "/user/.local/share/headroom/runs");
        row("none", "", "", "", "");
    }
    void itIsInTheDataFolderUnlessChosen()
    {
        QFETCH(QByteArray, chosen);
        QFETCH(QByteArray, data);
        QFETCH(QByteArray, home);
        const Environment environment({{"HEADROOM_HISTORY", chosen.constData()},
                                       {"XDG_DATA_HOME", data.constData()},
                                       {"HOME", home.constData()}});
        QTEST(QString::fromStdString(RunFolder::defaultPath().string()), "path");
    }

    void aJournalIsNamedByTimeAndTitle()
    {
        const TemporaryRunFolder kept;
        const auto name = kept.folder().newJournal("Flash: forward/4").filename().string();
        static const QRegularExpression wanted(
            QStringLiteral("^\\d{8}-\\d{6}-\\d{3}-flash--forward-4\\.journal\\.jsonl$"));
        QVERIFY2(wanted.match(QString::fromStdString(name)).hasMatch(), name.c_str());
        QVERIFY(!std::filesystem::exists(kept.path()));
    }

    void everyCallerIsGivenAJournalOfItsOwn()
    {
        const TemporaryRunFolder kept;
        std::set<std::filesystem::path> journals;
        for (int i = 0; i < 20; ++i)
        {
            journals.insert(kept.folder().makeJournal("same"));
        }
        QCOMPARE(journals.size(), std::size_t{20});
        for (const auto& journal : journals)
        {
            QVERIFY(std::filesystem::exists(journal));
        }
    }

    void aFolderThatCannotBeMadeIsASentence()
    {
        const TemporaryRunFolder kept;
        writeText(kept.outside("file"), "");
        try
        {
            RunFolder(kept.outside("file") / "runs").makeJournal("x");
            QFAIL("no error");
        }
        catch (const std::runtime_error& error)
        {
            QVERIFY2(QString::fromUtf8(error.what()).startsWith(QStringLiteral("Runs cannot be kept in ")),
                     error.what());
        }
    }

    void journalsAndImportedReportsAreRuns()
    {
        const TemporaryRunFolder kept;
        keep(kept.folder(), runOfDay(2));
        keep(kept.folder(), runOfDay(1));
        writeText(kept.folder().importedFile("20261103T120000-00000003"), "{}");
        writeText(kept.path() / "index.sqlite", "");
        writeText(kept.path() / "notes.txt", "");
        writeText(kept.path() / ".hidden.journal.jsonl", "");
        QCOMPARE(namesOfFiles(kept.folder().runFiles()),
                 (std::vector<std::string>{"20261101T120000-00000001.journal.jsonl",
                                           "20261102T120000-00000002.journal.jsonl",
                                           "imported/20261103T120000-00000003.json"}));
    }

    void aFileThatGrowsIsAnother()
    {
        const TemporaryRunFolder kept;
        const auto file = keep(kept.folder(), runOfDay(1));
        const auto before = kept.folder().runFiles();
        std::ofstream(file, std::ios::app) << "more";
        QVERIFY(kept.folder().runFiles() != before);
        QCOMPARE(kept.folder().runFiles().front().bytes, static_cast<std::int64_t>(std::filesystem::file_size(file)));
    }

    void noFolderHasNoRuns()
    {
        const TemporaryRunFolder kept;
        QVERIFY(kept.folder().runFiles().empty());
        QVERIFY(!std::filesystem::exists(kept.path()));
    }

    void namesBecomeFilesAndBack_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("file");
        QTest::newRow("an id") << QStringLiteral("20261101T120000-0000000a")
                               << QStringLiteral("20261101T120000-0000000a");
        QTest::newRow("another folder") << QStringLiteral("../../x") << QStringLiteral("%2E.%2F..%2Fx");
        QTest::newRow("a percent") << QStringLiteral("a%2F") << QStringLiteral("a%252F");
        QTest::newRow("hidden") << QStringLiteral(".lock") << QStringLiteral("%2Elock");
        QTest::newRow("empty") << QString() << QStringLiteral("%");
        QTest::newRow("beyond ASCII") << QStringLiteral("é") << QStringLiteral("%C3%A9");
    }
    void namesBecomeFilesAndBack()
    {
        QFETCH(QString, name);
        const std::string file = fileNameOf(name.toStdString());
        QTEST(QString::fromStdString(file), "file");
        QCOMPARE(QString::fromStdString(decodedFileName(file + ".json")), name);
    }

    void aRunIsReadFromItsJournalOrItsReport()
    {
        const TemporaryRunFolder kept;
        const Report fromJournal = readRun(keep(kept.folder(), runOfDay(1)));
        const auto imported = kept.folder().importedFile(fromJournal.run);
        writeText(imported, writeJsonReport(fromJournal));
        QVERIFY(readRun(imported) == fromJournal);
    }

    void aReportOfTheOriginalToolIsNoRun()
    {
        QVERIFY_EXCEPTION_THROWN(readRun(HEADROOM_TEST_DATA "/original_report.json"), std::runtime_error);
    }
};

QTEST_APPLESS_MAIN(TestRunFolder)
#include "tst_run_folder.moc"
