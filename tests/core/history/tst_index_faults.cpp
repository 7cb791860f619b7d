// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/run_index.h"

#include "core/history/run_marks.h"
#include "kept_runs.h"
#include "tests/core/report/small_disk.h"

#include <QCoreApplication>
#include <QProcess>
#include <QtTest>

#include <sqlite3.h>

using namespace headroom;
using namespace headroom::testing;

namespace
{

constexpr int kRuns = 4;
constexpr int kTagsOfEach = 15;

void keepRuns(const RunFolder& folder, int count = kRuns)
{
    for (int day = 1; day <= count; ++day)
    {
        keep(folder, runOfDay(day));
    }
}

/// Runs \a sql on the index as another program would.
void change(const RunFolder& folder, const char* sql)
{
    sqlite3* database = nullptr;
    sqlite3_open(folder.indexFile().c_str(), &database);
    char* problem = nullptr;
    if (sqlite3_exec(database, sql, nullptr, nullptr, &problem) != SQLITE_OK)
    {
        qWarning("%s", problem);
        sqlite3_free(problem);
    }
    sqlite3_close(database);
}

std::int64_t versionOf(const RunFolder& folder)
{
    sqlite3* database = nullptr;
    sqlite3_open(folder.indexFile().c_str(), &database);
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(database, "PRAGMA user_version", -1, &statement, nullptr);
    const std::int64_t version = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return version;
}

/// Reads the index and tags each run again and again, as a program of its own.
int tagAndIndex(const char* path, const char* letter)
{
    const RunFolder folder{std::filesystem::path(path)};
    for (int i = 0; i < kTagsOfEach; ++i)
    {
        RunIndex index(folder);
        i % 5 == 4 ? index.rebuild() : index.sync();
        if (!index.notes().empty())
        {
            qWarning("%s", index.notes().front().c_str());
            return 1;
        }
        for (const RunRow& row : index.list())
        {
            changeMarks(folder, row.id, [&](RunMarks& marks) { marks.tags.push_back(fmt::format("{}{}", letter, i)); });
        }
    }
    return 0;
}

} // namespace

/// An index that is not as it should be: every time the runs are listed, whole.
class TestIndexFaults : public QObject
{
    Q_OBJECT

public:
    explicit TestIndexFaults(const SmallDisk& disk) : m_disk(disk) {}

private Q_SLOTS:
    void cleanup()
    {
        m_disk.setReadOnly(false);
        QDir(m_disk.path()).removeRecursively();
    }

    void anIndexOfAnotherKindIsMadeAnew_data()
    {
        QTest::addColumn<QByteArray>("sql");
        // The first tables that ever were had neither marks nor figures, and no application id.
        QTest::newRow("the oldest") << QByteArray("DROP TABLE figures; DROP TABLE marks; DROP TABLE cases; DROP TABLE "
                                                  "speed_ups; PRAGMA user_version = 0; PRAGMA application_id = 0");
        QTest::newRow("a newer one") << QByteArray("ALTER TABLE runs RENAME TO runs_of_2; PRAGMA user_version = 999");
        QTest::newRow("without its tables") << QByteArray("DROP TABLE figures; DROP TABLE runs");
        QTest::newRow("of another program") << QByteArray("PRAGMA application_id = 77; DROP TABLE runs; "
                                                          "CREATE TABLE runs(a)");
    }
    void anIndexOfAnotherKindIsMadeAnew()
    {
        QFETCH(QByteArray, sql);
        const TemporaryRunFolder kept;
        keepRuns(kept.folder());
        const auto before = listed(kept.folder());
        change(kept.folder(), sql.constData());
        QVERIFY(listed(kept.folder()) == before);
        QCOMPARE(versionOf(kept.folder()), RunIndex::kSchemaVersion);
    }

    void tablesThatAreTakenAwayUnderneathAreMadeAnew()
    {
        const TemporaryRunFolder kept;
        keepRuns(kept.folder());
        RunIndex index(kept.folder());
        index.sync();
        const auto before = index.list();
        change(kept.folder(), "DROP TABLE speed_ups; PRAGMA user_version = 3");
        QVERIFY(index.list() == before);
        QVERIFY(index.notes().empty());
    }

    void aDamagedFileIsMadeAnew_data()
    {
        QTest::addColumn<int>("at");
        QTest::addColumn<int>("bytes");
        QTest::newRow("all of it") << 0 << (1 << 20);
        QTest::newRow("no database") << 0 << 100;
        QTest::newRow("in the middle") << 4096 << 16384;
    }
    void aDamagedFileIsMadeAnew()
    {
        QFETCH(int, at);
        QFETCH(int, bytes);
        const TemporaryRunFolder kept;
        keepRuns(kept.folder());
        const auto before = listed(kept.folder());
        {
            std::fstream file(kept.folder().indexFile(), std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(at);
            file << std::string(static_cast<std::size_t>(bytes), 'q');
        }
        QVERIFY(listed(kept.folder()) == before);
        RunIndex again(kept.folder());
        QVERIFY(again.notes().empty());
        QVERIFY(again.sync() == IndexChanges{});
    }

    void aTruncatedFileIsMadeAnew()
    {
        const TemporaryRunFolder kept;
        keepRuns(kept.folder());
        const auto before = listed(kept.folder());
        for (const std::uintmax_t size : {0U, 50U, 5000U})
        {
            std::filesystem::resize_file(kept.folder().indexFile(), size);
            QVERIFY(listed(kept.folder()) == before);
        }
    }

    void aMissingFileIsMadeAnew()
    {
        const TemporaryRunFolder kept;
        keepRuns(kept.folder());
        const auto before = listed(kept.folder());
        std::filesystem::remove(kept.folder().indexFile());
        QVERIFY(listed(kept.folder()) == before);
        QVERIFY(std::filesystem::exists(kept.folder().indexFile()));
    }

    void aFileThatIsTakenAwayUnderneathIsMadeAnew()
    {
        const TemporaryRunFolder kept;
        keepRuns(kept.folder());
        RunIndex index(kept.folder());
        index.sync();
        std::filesystem::remove(kept.folder().indexFile());
        keepRuns(kept.folder(), kRuns + 1);
        index.sync();
        QCOMPARE(index.list().size(), std::size_t{kRuns + 1});
        QVERIFY(index.notes().empty());
        QVERIFY(std::filesystem::exists(kept.folder().indexFile()));
    }

    void aFolderThatComesLaterIsIndexed()
    {
        const TemporaryRunFolder kept;
        RunIndex index(kept.folder());
        index.sync();
        keepRuns(kept.folder());
        QCOMPARE(index.sync().added, kRuns);
        QVERIFY(std::filesystem::exists(kept.folder().indexFile()));
    }

    void aFolderOfItsNameIsLeftAlone()
    {
        const TemporaryRunFolder kept;
        keepRuns(kept.folder());
        std::filesystem::create_directories(kept.folder().indexFile() / "inside");
        RunIndex index(kept.folder());
        index.sync();
        QCOMPARE(index.list().size(), std::size_t{kRuns});
        QCOMPARE(index.notes().size(), std::size_t{1});
        QVERIFY(std::filesystem::exists(kept.folder().indexFile() / "inside"));
    }

    void aFolderThatMayOnlyBeReadIsListed_data()
    {
        QTest::addColumn<bool>("indexed");
        QTest::newRow("with an index") << true;
        QTest::newRow("without") << false;
    }
    void aFolderThatMayOnlyBeReadIsListed()
    {
        QFETCH(bool, indexed);
        if (!m_disk.isMounted())
        {
            QSKIP("this machine lets no file system be mounted");
        }
        const RunFolder folder = onDisk();
        keepRuns(folder);
        if (indexed)
        {
            listed(folder);
        }
        m_disk.setReadOnly(true);
        RunIndex index(folder);
        const IndexChanges changes = index.sync();
        QCOMPARE(index.list().size(), std::size_t{kRuns});
        QCOMPARE(index.list().front().speedUps.size(), std::size_t{1});
        QVERIFY(indexed || changes.added == kRuns || index.notes().size() == 1);
        QVERIFY_EXCEPTION_THROWN(changeMarks(folder, runOfDay(1).id, [](RunMarks& marks) { marks.note = "x"; }),
                                 std::runtime_error);
    }

    void aFullDiskIsListed()
    {
        if (!m_disk.isMounted())
        {
            QSKIP("this machine lets no file system be mounted");
        }
        const RunFolder folder = onDisk();
        keepRuns(folder, 2);
        listed(folder);
        keepRuns(folder, 12);
        fillUp();
        RunIndex index(folder);
        index.sync();
        QCOMPARE(index.list().size(), std::size_t{12});
        QCOMPARE(index.notes().size(), std::size_t{1});
        const QString note = QString::fromStdString(index.notes().front());
        QVERIFY2(note.contains(QStringLiteral("cannot be kept (")), qPrintable(note));
        QFile::remove(m_disk.path("filler"));
        RunIndex later(folder);
        QCOMPARE(later.sync().added, 10);
        QVERIFY(later.notes().empty());
    }

    void aFullDiskKeepsNoJournal()
    {
        if (!m_disk.isMounted())
        {
            QSKIP("this machine lets no file system be mounted");
        }
        const RunFolder folder = onDisk();
        keepRuns(folder, 1);
        fillUp();
        QVERIFY_EXCEPTION_THROWN(folder.makeJournal("x"), std::runtime_error);
        QCOMPARE(folder.runFiles().size(), std::size_t{1});
    }

    void twoProgramsAtOnceLoseNothing()
    {
        const TemporaryRunFolder kept;
        keepRuns(kept.folder());
        QProcess first;
        QProcess second;
        const QString path = QString::fromStdString(kept.path().string());
        first.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--tag"), path, QStringLiteral("a")});
        second.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--tag"), path, QStringLiteral("b")});
        for (QProcess* process : {&first, &second})
        {
            QVERIFY(process->waitForFinished(120000));
            QVERIFY2(process->exitStatus() == QProcess::NormalExit && process->exitCode() == 0,
                     process->readAllStandardError().constData());
        }
        RunIndex index(kept.folder());
        index.sync();
        const auto rows = index.list();
        QCOMPARE(rows.size(), std::size_t{kRuns});
        for (const RunRow& row : rows)
        {
            QCOMPARE(row.tags.size(), std::size_t{2 * kTagsOfEach});
            QCOMPARE(row.speedUps.size(), std::size_t{1});
        }
    }

private:
    static std::vector<RunRow> listed(const RunFolder& folder)
    {
        RunIndex index(folder);
        index.sync();
        return index.list();
    }

    RunFolder onDisk() const { return RunFolder(m_disk.path("runs").toStdString()); }

    /// To the last byte.
    void fillUp() const
    {
        std::ofstream filler(m_disk.path("filler").toStdString(), std::ios::binary);
        const std::string block(4096, 'x');
        while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush())
        {
        }
    }

    const SmallDisk& m_disk;
};

int main(int argc, char** argv)
{
    if (argc == 4 && std::string_view(argv[1]) == "--tag")
    {
        return tagAndIndex(argv[2], argv[3]);
    }
    const SmallDisk disk(std::size_t{4} << 20); // before there are threads
    QCoreApplication application(argc, argv);
    TestIndexFaults test(disk);
    return QTest::qExec(&test, argc, argv);
}

#include "tst_index_faults.moc"
