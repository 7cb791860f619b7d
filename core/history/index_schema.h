// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace SQLite
{
class Database;
class Exception;
} // namespace SQLite

namespace headroom
{

/// The tables of the index, and how a file comes to have them. All throw SQLite::Exception.

/// Whether \a database has the tables of \a version.
bool hasSchema(SQLite::Database& database, int version);

/// Whether SQLite finds nothing wrong with its file.
bool isSound(SQLite::Database& database);

/// Makes the tables of \a version in a database that has none; one that has others is emptied first. Safe against
/// another program that does the same. Returns whether the database was, or has become, empty.
bool prepareSchema(SQLite::Database& database, int version);

/// Empties the file of \a database, whatever it holds, within SQLite's own locks: another program that has it open
/// sees an empty database and not a file that was taken away.
void emptyDatabase(SQLite::Database& database);

/// Whether \a error says that the file is damaged or no database at all.
bool saysDamaged(const SQLite::Exception& error);

/// Whether \a error says that the file has been removed or replaced since it was opened.
bool saysMoved(const SQLite::Exception& error);

/// Whether \a error may come of tables that another program has just taken away.
bool saysNoTable(const SQLite::Exception& error);

/// The reason of \a error for people: "the disk is full".
std::string reasonOf(const SQLite::Exception& error);

} // namespace headroom
