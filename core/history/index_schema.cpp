// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/index_schema.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <fmt/format.h>
#include <sqlite3.h>

namespace headroom
{
namespace
{

constexpr int kApplicationId = 0x48647232; ///< "Hdr2": tells a file of ours from any other database

constexpr const char* kTables = R"sql(
CREATE TABLE runs(
    key INTEGER PRIMARY KEY,
    file TEXT NOT NULL UNIQUE, bytes INTEGER, changed_ns INTEGER, inode INTEGER,
    id TEXT NOT NULL, name TEXT, state TEXT, conclusion TEXT, problem TEXT, started TEXT, finished TEXT,
    command TEXT, preset TEXT, title TEXT, device TEXT, kind TEXT, driver TEXT, libtorch TEXT, cudnn INTEGER,
    headroom TEXT, dtypes TEXT, jobs INTEGER, finished_jobs INTEGER, failed_jobs INTEGER, cases INTEGER);
CREATE INDEX runs_by_id ON runs(id);
CREATE INDEX runs_by_start ON runs(started, file);
CREATE TABLE speed_ups(run INTEGER, pass TEXT, best TEXT, verdict TEXT, ratio REAL, low REAL, high REAL);
CREATE INDEX speed_ups_by_run ON speed_ups(run);
CREATE TABLE cases(key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT, backend TEXT, pass TEXT, dtype TEXT);
CREATE TABLE figures(
    run INTEGER, one_case INTEGER, job TEXT, median_ns REAL, low_ns REAL, high_ns REAL, n INTEGER, sm_mhz REAL,
    accuracy TEXT, ran TEXT);
CREATE INDEX figures_by_run ON figures(run);
CREATE INDEX figures_by_case ON figures(one_case);
CREATE TABLE marks(
    file TEXT PRIMARY KEY, bytes INTEGER, changed_ns INTEGER, inode INTEGER, run TEXT, tags TEXT, note TEXT);
CREATE INDEX marks_by_run ON marks(run);
)sql";

bool isEmpty(SQLite::Database& database)
{
    return database.execAndGet("SELECT count(*) FROM sqlite_master").getInt() == 0;
}

} // namespace

bool hasSchema(SQLite::Database& database, int version)
{
    return database.execAndGet("PRAGMA application_id").getInt() == kApplicationId &&
           database.execAndGet("PRAGMA user_version").getInt() == version;
}

bool isSound(SQLite::Database& database)
{
    return database.execAndGet("PRAGMA quick_check(1)").getString() == "ok";
}

bool prepareSchema(SQLite::Database& database, int version)
{
    if (hasSchema(database, version))
    {
        return false;
    }
    if (!isEmpty(database))
    {
        emptyDatabase(database);
    }
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    if (!hasSchema(database, version)) // else another program has made it meanwhile
    {
        database.exec(kTables);
        database.exec(fmt::format("PRAGMA application_id = {}", kApplicationId));
        database.exec(fmt::format("PRAGMA user_version = {}", version));
    }
    transaction.commit();
    return true;
}

void emptyDatabase(SQLite::Database& database)
{
    // As https://www.sqlite.org/c3ref/c_dbconfig_defensive.html says for SQLITE_DBCONFIG_RESET_DATABASE.
    sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_RESET_DATABASE, 1, 0);
    const int result = database.tryExec("VACUUM");
    sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_RESET_DATABASE, 0, 0);
    if (result != SQLITE_OK)
    {
        throw SQLite::Exception(database.getHandle(), result);
    }
}

bool saysDamaged(const SQLite::Exception& error)
{
    return error.getErrorCode() == SQLITE_CORRUPT || error.getErrorCode() == SQLITE_NOTADB;
}

bool saysMoved(const SQLite::Exception& error)
{
    return error.getExtendedErrorCode() == SQLITE_READONLY_DBMOVED;
}

bool saysNoTable(const SQLite::Exception& error)
{
    return error.getErrorCode() == SQLITE_ERROR || error.getErrorCode() == SQLITE_SCHEMA;
}

std::string reasonOf(const SQLite::Exception& error)
{
    switch (error.getErrorCode())
    {
    case SQLITE_FULL:
        return "the disk is full";
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return "it may only be read";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return "another program holds it";
    default:
        return error.what();
    }
}

} // namespace headroom
