// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/index_rows.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_map>

namespace headroom
{
namespace
{

std::vector<std::string> wordsIn(std::string_view text)
{
    std::vector<std::string> words;
    while (!text.empty())
    {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0)
        {
            words.emplace_back(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

/// The columns of a row one after the other.
class Reader
{
public:
    explicit Reader(SQLite::Statement& statement) : m_statement(statement) {}

    std::string text() { return m_statement.getColumn(m_place++).getText(); }
    std::int64_t number() { return m_statement.getColumn(m_place++).getInt64(); }
    std::optional<double> real()
    {
        const SQLite::Column column = m_statement.getColumn(m_place++);
        return column.isNull() ? std::nullopt : std::optional(column.getDouble());
    }
    /// A name that this version does not know is \a other.
    template <NamedEnum E> E named(E other) { return fromString<E>(text()).value_or(other); }
    template <NamedEnum E> std::optional<E> maybeNamed() { return fromString<E>(text()); }
    std::optional<Interval> interval()
    {
        const auto low = real();
        const auto high = real();
        return low && high ? std::optional(Interval{*low, *high}) : std::nullopt;
    }
    std::vector<std::string> words() { return wordsIn(text()); }
    RunFile file()
    {
        RunFile file;
        file.name = text();
        file.bytes = number();
        file.changedNs = number();
        file.inode = number();
        return file;
    }

private:
    SQLite::Statement& m_statement;
    int m_place = 0;
};

/// What stands behind WHERE, with its values.
struct Condition
{
    std::vector<std::string> parts;
    std::vector<std::string> values;

    void add(std::string part, std::string value)
    {
        parts.push_back(std::move(part));
        values.push_back(std::move(value));
    }
    std::string sql() const { return parts.empty() ? "1" : fmt::format("{}", fmt::join(parts, " AND ")); }
    void bind(SQLite::Statement& statement) const
    {
        for (std::size_t i = 0; i < values.size(); ++i)
        {
            statement.bind(static_cast<int>(i) + 1, values[i]);
        }
    }
};

/// For LIKE, which takes no notice of the case of ASCII letters: \a text anywhere (or at the beginning alone).
std::string pattern(std::string_view text, bool anywhere = true)
{
    std::string escaped = anywhere ? "%" : "";
    for (const char letter : text)
    {
        if (letter == '%' || letter == '_' || letter == '\\')
        {
            escaped += '\\';
        }
        escaped += letter;
    }
    return escaped + "%";
}

constexpr const char* kRuns = "runs r LEFT JOIN marks m ON m.run = r.id";
constexpr const char* kSearched =
    "(r.id || ' ' || r.name || ' ' || r.title || ' ' || r.command || ' ' || r.preset || ' ' || r.device || ' ' || "
    "coalesce(m.tags, '') || ' ' || coalesce(m.note, '')) LIKE ? ESCAPE '\\'";

void addTimes(Condition& condition, const RunFilter& filter)
{
    if (!filter.sinceUtc.empty())
    {
        condition.add("r.started >= ?", filter.sinceUtc);
    }
    if (!filter.untilUtc.empty())
    {
        condition.add(fmt::format("substr(r.started, 1, {}) <= ?", filter.untilUtc.size()), filter.untilUtc);
    }
}

Condition conditionOf(const RunFilter& filter)
{
    Condition condition;
    for (const std::string& word : wordsIn(filter.text))
    {
        condition.add(kSearched, pattern(word));
    }
    if (!filter.device.empty())
    {
        condition.add("(r.kind || ' ' || r.device) LIKE ? ESCAPE '\\'", pattern(filter.device));
    }
    if (!filter.command.empty())
    {
        condition.add("r.command = ?", filter.command);
    }
    if (!filter.tag.empty())
    {
        condition.add("instr(' ' || m.tags || ' ', ' ' || ? || ' ') > 0", filter.tag);
    }
    if (filter.dtype)
    {
        condition.add("instr(' ' || r.dtypes || ' ', ' ' || ? || ' ') > 0", std::string(toString(*filter.dtype)));
    }
    if (filter.state)
    {
        condition.add("r.state = ?", std::string(toString(*filter.state)));
    }
    if (filter.conclusion)
    {
        condition.add("r.conclusion = ?", std::string(toString(*filter.conclusion)));
    }
    addTimes(condition, filter);
    return condition;
}

RunRow rowIn(Reader& reader)
{
    RunRow row;
    row.file = reader.file();
    row.id = reader.text();
    row.state = reader.named(RunState::Unreadable);
    row.conclusion = reader.maybeNamed<Conclusion>();
    row.problem = reader.text();
    row.startedUtc = reader.text();
    row.finishedUtc = reader.text();
    row.command = reader.text();
    row.preset = reader.text();
    row.title = reader.text();
    row.device = reader.text();
    row.kind = reader.named(DeviceKind::Cpu);
    row.driverVersion = reader.text();
    row.libtorchVersion = reader.text();
    row.cudnnVersion = static_cast<int>(reader.number());
    row.headroomVersion = reader.text();
    row.dtypes = reader.words();
    row.jobs = reader.number();
    row.finishedJobs = reader.number();
    row.failedJobs = reader.number();
    row.cases = reader.number();
    row.tags = reader.words();
    row.note = reader.text();
    return row;
}

constexpr const char* kColumns =
    "r.key, r.file, r.bytes, r.changed_ns, r.inode, r.id, r.state, r.conclusion, r.problem, r.started, r.finished, "
    "r.command, r.preset, r.title, r.device, r.kind, r.driver, r.libtorch, r.cudnn, r.headroom, r.dtypes, r.jobs, "
    "r.finished_jobs, r.failed_jobs, r.cases, m.tags, m.note";

RunSpeedUp speedUpIn(Reader& reader)
{
    RunSpeedUp one;
    one.pass = reader.named(Pass::Forward);
    one.best = reader.named(Backend::Math);
    one.verdict = reader.named(ComparisonVerdict::CannotTell);
    one.ratio = reader.real();
    one.interval = reader.interval();
    return one;
}

constexpr const char* kSpeedUps = "SELECT run, pass, best, verdict, ratio, low, high FROM speed_ups";
constexpr std::size_t kFewRows = 1000; ///< for more, reading all speed-ups takes less than asking for those of each

/// Gives \a rows, whose keys are \a keys, their speed-ups.
void addSpeedUps(SQLite::Database& database, const std::vector<std::int64_t>& keys, std::vector<RunRow>& rows)
{
    if (rows.size() <= kFewRows)
    {
        SQLite::Statement ofRun(database, fmt::format("{} WHERE run = ? ORDER BY rowid", kSpeedUps));
        for (std::size_t i = 0; i < rows.size(); ++i)
        {
            ofRun.reset();
            ofRun.bind(1, keys[i]);
            while (ofRun.executeStep())
            {
                Reader reader(ofRun);
                reader.number();
                rows[i].speedUps.push_back(speedUpIn(reader));
            }
        }
        return;
    }
    std::unordered_map<std::int64_t, std::size_t> places;
    for (std::size_t i = 0; i < keys.size(); ++i)
    {
        places.emplace(keys[i], i);
    }
    SQLite::Statement all(database, fmt::format("{} ORDER BY rowid", kSpeedUps));
    while (all.executeStep())
    {
        Reader reader(all);
        if (const auto place = places.find(reader.number()); place != places.end())
        {
            rows[place->second].speedUps.push_back(speedUpIn(reader));
        }
    }
}

/// The rows that \a condition and \a rest (order and limit) choose.
std::vector<RunRow> select(SQLite::Database& database, const Condition& condition, const std::string& rest)
{
    std::vector<RunRow> rows;
    std::vector<std::int64_t> keys;
    SQLite::Statement runs(database,
                           fmt::format("SELECT {} FROM {} WHERE {} {}", kColumns, kRuns, condition.sql(), rest));
    condition.bind(runs);
    while (runs.executeStep())
    {
        Reader reader(runs);
        keys.push_back(reader.number());
        rows.push_back(rowIn(reader));
    }
    addSpeedUps(database, keys, rows);
    return rows;
}

std::string latestFirst(const RunFilter& filter)
{
    const std::string limit = filter.atMost ? fmt::format(" LIMIT {}", *filter.atMost) : "";
    return "ORDER BY r.started DESC, r.file DESC" + limit;
}

} // namespace

std::map<std::string, KnownFile> knownRuns(SQLite::Database& database)
{
    std::map<std::string, KnownFile> known;
    SQLite::Statement statement(database, "SELECT file, bytes, changed_ns, inode, state FROM runs ORDER BY file");
    while (statement.executeStep())
    {
        Reader reader(statement);
        RunFile file = reader.file();
        std::string name = file.name;
        known.emplace_hint(known.end(), std::move(name),
                           KnownFile{std::move(file), reader.named(RunState::Unreadable)});
    }
    return known;
}

std::map<std::string, RunFile> knownMarks(SQLite::Database& database)
{
    std::map<std::string, RunFile> known;
    SQLite::Statement statement(database, "SELECT file, bytes, changed_ns, inode FROM marks");
    while (statement.executeStep())
    {
        RunFile file = Reader(statement).file();
        known.emplace(file.name, file);
    }
    return known;
}

std::vector<RunRow> selectRuns(SQLite::Database& database, const RunFilter& filter)
{
    return select(database, conditionOf(filter), latestFirst(filter));
}

std::vector<RunRow> selectRun(SQLite::Database& database, std::string_view id)
{
    Condition condition;
    condition.add("r.id = ?", std::string(id));
    return select(database, condition, "ORDER BY r.file LIKE 'imported/%', r.bytes DESC, r.file LIMIT 1");
}

std::vector<RunRow> selectBeginning(SQLite::Database& database, std::string_view beginning)
{
    Condition condition;
    condition.add("(r.id LIKE ? ESCAPE '\\'", pattern(beginning, false));
    condition.parts.back() += " OR r.name LIKE ?1 ESCAPE '\\')";
    return select(database, condition, latestFirst({}));
}

std::vector<IndexedCase> selectCases(SQLite::Database& database, const RunFilter& filter)
{
    const Condition condition = conditionOf(filter);
    const std::string chosen = filter.atMost ? latestFirst(filter) : "";
    SQLite::Statement statement(
        database,
        fmt::format("SELECT c.id, c.title, c.backend, c.pass, c.dtype, count(DISTINCT x.id), max(x.started) "
                    "FROM (SELECT r.key, r.id, r.started FROM {} WHERE {} {}) x JOIN figures f ON f.run = x.key "
                    "JOIN cases c ON c.key = f.one_case GROUP BY c.key "
                    "ORDER BY count(DISTINCT x.id) DESC, max(x.started) DESC, c.title",
                    kRuns, condition.sql(), chosen));
    condition.bind(statement);
    std::vector<IndexedCase> cases;
    while (statement.executeStep())
    {
        Reader reader(statement);
        IndexedCase one;
        one.caseId = reader.text();
        one.title = reader.text();
        one.backend = reader.named(Backend::Default);
        one.pass = reader.named(Pass::Forward);
        one.dtype = reader.named(DType::Float32);
        one.runs = reader.number();
        one.lastUtc = reader.text();
        cases.push_back(std::move(one));
    }
    return cases;
}

std::vector<DatedFigure> selectFigures(SQLite::Database& database, std::string_view caseId, const RunFilter& filter)
{
    Condition condition = conditionOf(filter);
    const std::string chosen = filter.atMost ? latestFirst(filter) : "";
    // SQLite takes the other columns from the row that max() is of.
    SQLite::Statement statement(
        database,
        fmt::format(
            "SELECT x.id, x.file, x.started, x.device, c.id, f.job, c.title, c.backend, c.pass, c.dtype, f.median_ns, "
            "f.low_ns, f.high_ns, max(f.n), f.sm_mhz, f.accuracy, f.ran "
            "FROM (SELECT r.key, r.id, r.file, r.started, r.device FROM {} WHERE {} {}) x JOIN figures f ON f.run = "
            "x.key "
            "JOIN cases c ON c.key = f.one_case WHERE c.id = ?{} GROUP BY x.id ORDER BY x.started, x.file",
            kRuns, condition.sql(), chosen, condition.values.size() + 1));
    condition.values.emplace_back(caseId);
    condition.bind(statement);
    std::vector<DatedFigure> figures;
    while (statement.executeStep())
    {
        Reader reader(statement);
        DatedFigure one;
        one.run = reader.text();
        one.file = reader.text();
        one.startedUtc = reader.text();
        one.device = reader.text();
        one.figure.caseId = reader.text();
        one.figure.job = reader.text();
        one.figure.title = reader.text();
        one.figure.backend = reader.named(Backend::Default);
        one.figure.pass = reader.named(Pass::Forward);
        one.figure.dtype = reader.named(DType::Float32);
        one.figure.medianNs = reader.real().value_or(0);
        one.figure.intervalNs = reader.interval();
        one.figure.n = reader.number();
        one.figure.smMhz = reader.real();
        one.figure.accuracy = reader.named(AccuracyVerdict::Unverified);
        one.figure.ran = reader.maybeNamed<Backend>();
        figures.push_back(std::move(one));
    }
    return figures;
}

} // namespace headroom
