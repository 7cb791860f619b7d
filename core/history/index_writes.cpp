// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/index_rows.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

/// Binds values one after the other.
class Binder
{
public:
    explicit Binder(SQLite::Statement& statement) : m_statement(statement) {}

    Binder& operator<<(std::string_view text)
    {
        m_statement.bind(++m_place, std::string(text));
        return *this;
    }
    Binder& operator<<(std::int64_t number)
    {
        m_statement.bind(++m_place, number);
        return *this;
    }
    Binder& operator<<(double number)
    {
        m_statement.bind(++m_place, number);
        return *this;
    }
    template <NamedEnum E> Binder& operator<<(E value) { return *this << toString(value); }
    template <typename T> Binder& operator<<(const std::optional<T>& value)
    {
        if (value)
        {
            return *this << *value;
        }
        m_statement.bind(++m_place);
        return *this;
    }
    Binder& operator<<(const std::optional<Interval>& interval)
    {
        return *this << (interval ? std::optional(interval->low) : std::nullopt)
                     << (interval ? std::optional(interval->high) : std::nullopt);
    }
    Binder& operator<<(const RunFile& file) { return *this << file.name << file.bytes << file.changedNs << file.inode; }

private:
    SQLite::Statement& m_statement;
    int m_place = 0;
};

std::string joined(const std::vector<std::string>& words)
{
    return fmt::format("{}", fmt::join(words, " "));
}

std::int64_t writeRow(SQLite::Database& database, const RunRow& row)
{
    SQLite::Statement statement(
        database, "INSERT INTO runs(file, bytes, changed_ns, inode, id, name, state, conclusion, problem, "
                  "started, finished, command, preset, title, device, kind, driver, libtorch, cudnn, "
                  "headroom, dtypes, jobs, finished_jobs, failed_jobs, cases) VALUES "
                  "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    Binder(statement) << row.file << row.id << stemOf(row.file) << row.state << row.conclusion << row.problem
                      << row.startedUtc << row.finishedUtc << row.command << row.preset << row.title << row.device
                      << row.kind << row.driverVersion << row.libtorchVersion
                      << static_cast<std::int64_t>(row.cudnnVersion) << row.headroomVersion << joined(row.dtypes)
                      << row.jobs << row.finishedJobs << row.failedJobs << row.cases;
    statement.exec();
    return database.getLastInsertRowid();
}

void writeSpeedUps(SQLite::Database& database, std::int64_t run, const std::vector<RunSpeedUp>& speedUps)
{
    for (const RunSpeedUp& one : speedUps)
    {
        SQLite::Statement statement(database, "INSERT INTO speed_ups VALUES (?,?,?,?,?,?,?)");
        Binder(statement) << run << one.pass << one.best << one.verdict << one.ratio << one.interval;
        statement.exec();
    }
}

void writeFigures(SQLite::Database& database, std::int64_t run, const std::vector<RunFigure>& figures)
{
    SQLite::Statement aCase(database,
                            "INSERT OR IGNORE INTO cases(id, title, backend, pass, dtype) VALUES (?,?,?,?,?)");
    SQLite::Statement statement(database, "INSERT INTO figures SELECT ?, key, ?,?,?,?,?,?,?,? FROM cases WHERE id = ?");
    for (const RunFigure& one : figures)
    {
        Binder(aCase) << one.caseId << one.title << one.backend << one.pass << one.dtype;
        aCase.exec();
        aCase.reset();
        Binder(statement) << run << one.job << one.medianNs << one.intervalNs << one.n << one.smMhz << one.accuracy
                          << one.ran << one.caseId;
        statement.exec();
        statement.reset();
    }
}

} // namespace

void writeRun(SQLite::Database& database, const IndexedRun& run)
{
    eraseRun(database, run.row.file.name);
    const std::int64_t key = writeRow(database, run.row);
    writeSpeedUps(database, key, run.row.speedUps);
    writeFigures(database, key, run.figures);
}

void eraseRun(SQLite::Database& database, const std::string& file)
{
    for (const char* sql :
         {"DELETE FROM figures WHERE run = (SELECT key FROM runs WHERE file = ?)",
          "DELETE FROM speed_ups WHERE run = (SELECT key FROM runs WHERE file = ?)", "DELETE FROM runs WHERE file = ?"})
    {
        SQLite::Statement statement(database, sql);
        Binder(statement) << file;
        statement.exec();
    }
}

void writeMarks(SQLite::Database& database, const RunFile& file, const RunMarks& marks)
{
    SQLite::Statement statement(database, "INSERT OR REPLACE INTO marks VALUES (?,?,?,?,?,?,?)");
    Binder(statement) << file << marks.run << joined(marks.tags) << marks.note;
    statement.exec();
}

void eraseMarks(SQLite::Database& database, const std::string& file)
{
    SQLite::Statement statement(database, "DELETE FROM marks WHERE file = ?");
    Binder(statement) << file;
    statement.exec();
}

void distrustFiles(SQLite::Database& database)
{
    database.exec("UPDATE runs SET bytes = -1");
    database.exec("UPDATE marks SET bytes = -1");
}

} // namespace headroom
