// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QTest>

#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace
{

QStringList words(const char* text)
{
    return QString::fromUtf8(text).split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

/// B is slower by far, and the verdict is in after a few pairs.
constexpr const char* kAb = "ab --seq-len 64 --a backend=flash --b backend=math --num-warmup 1 --force";

/// What stands behind a stream in place of a reader. Called between fork and exec.
void makePipeNobodyReads(int descriptor)
{
    int ends[2];
    if (::pipe(ends) == 0)
    {
        ::close(ends[0]);
        ::dup2(ends[1], descriptor);
        ::close(ends[1]);
    }
}

void makeFullDisk(int descriptor)
{
    const int full = ::open("/dev/full", O_WRONLY);
    ::dup2(full, descriptor);
    ::close(full);
}

struct Unread
{
    const char* name;
    std::function<void()> make;
};

const std::vector<Unread>& unreadStreams()
{
    static const std::vector<Unread> all{
        {"standard output into a closed pipe", [] { makePipeNobodyReads(STDOUT_FILENO); }},
        {"standard error into a closed pipe", [] { makePipeNobodyReads(STDERR_FILENO); }},
        {"both into closed pipes",
         []
         {
             makePipeNobodyReads(STDOUT_FILENO);
             makePipeNobodyReads(STDERR_FILENO);
         }},
        {"standard error closed", [] { ::close(STDERR_FILENO); }},
        {"all closed",
         []
         {
             ::close(STDIN_FILENO);
             ::close(STDOUT_FILENO);
             ::close(STDERR_FILENO);
         }},
    };
    return all;
}

} // namespace

/// How a command ends is no matter of who reads what it prints.
class UnreadOutputTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aCommandEndsAsItWouldWithAReader_data();
    void aCommandEndsAsItWouldWithAReader();
    void aVerdictOutlivesWhoReadsIt_data();
    void aVerdictOutlivesWhoReadsIt();
    void noFileTakesTheNumberOfAClosedStream();
    void whatDoesNotReachADiskIsSaid();

private:
    Cli m_cli;
};

/// A report, a baseline of its plan, and thresholds that nothing fails.
void UnreadOutputTest::initTestCase()
{
    m_cli.set("HEADROOM_HISTORY", m_cli.path(QStringLiteral("history")));
    m_cli.write(QStringLiteral("prices.json"), R"({"currency": "EUR", "devices": [{"name": "*", "perHour": 1}]})");
    const auto made = m_cli.run(smallValidation());
    QVERIFY2(made.status == 0, made.err.constData());
    const auto kept = m_cli.run(words("baseline record night --runs 3 --like out/report.json"));
    QVERIFY2(kept.status == 0, kept.err.constData());
}

void UnreadOutputTest::aCommandEndsAsItWouldWithAReader_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("status");
    const auto row = [](const char* text, int status = 0) { QTest::newRow(text) << words(text) << status; };
    QTest::newRow("validate") << smallValidation({QStringLiteral("--force")}) << 0;
    QTest::newRow("validate --json") << smallValidation({QStringLiteral("--force"), QStringLiteral("--json")}) << 0;
    row(kAb, 1);
    row("sweep --seq-len 64 --num-iterations 8 --num-warmup 1 --force");
    row("sweep --preset cpu --dry-run");
    row("monitor out/report.json --count 2 --every 10ms --reference 2", 2);
    row("battery --list");
    row("explain --seq-len 64");
    row("report out/report.json");
    row("report none.json", 3);
    row("export out/report.json --format csv");
    row("compare out/report.json out/report.json");
    row("compare --json last last");
    row("cost out/report.json --prices prices.json");
    row("diff-fingerprint out/report.json last");
    row("resume out/report.journal.jsonl");
    row("history");
    row("history --json");
    row("history show last");
    row("history trend");
    row("baseline list");
    row("baseline show night");
    row("devices");
    row("--help");
    row("gate --help");
    row("--version");
    row("gate --no-such-option", 3);
    row("no-such-command", 3);
}

void UnreadOutputTest::aCommandEndsAsItWouldWithAReader()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, status);
    const auto read = m_cli.run(arguments);
    QVERIFY2(read.status == status, (read.out + read.err).constData());
    for (const auto& unread : unreadStreams())
    {
        const auto process = m_cli.start(arguments, unread.make);
        QVERIFY2(finish(*process).status == status, unread.name);
    }
}

void UnreadOutputTest::aVerdictOutlivesWhoReadsIt_data()
{
    QTest::addColumn<QString>("pretence");
    QTest::addColumn<int>("status");
    QTest::newRow("pass") << QString() << 0;
    QTest::newRow("regression") << QStringLiteral(R"({"forwardMs": {"math": 4.0, "flash": 3.0}})") << 1;
    QTest::newRow("cannot tell") << QStringLiteral(R"({"waitedShare": {"math": 0.5, "flash": 0.5}})") << 2;
}

/// The verdict is the gate's exit status, and what it wrote for others is whole.
void UnreadOutputTest::aVerdictOutlivesWhoReadsIt()
{
    QFETCH(QString, pretence);
    QFETCH(int, status);
    m_cli.set("HEADROOM_FAKE", pretence);
    const QStringList gate = words("gate --baseline night --runs 2 --junit gate.xml --markdown gate.md");
    const auto read = m_cli.run(gate);
    QVERIFY2(read.status == status, (read.out + read.err).constData());
    for (const auto& unread : unreadStreams())
    {
        const auto process = m_cli.start(gate, unread.make);
        QVERIFY2(finish(*process).status == status, unread.name);
        QVERIFY2(m_cli.read(QStringLiteral("gate.xml")).trimmed().endsWith("</testsuites>"), unread.name);
        QVERIFY2(m_cli.read(QStringLiteral("gate.md")).startsWith("## Gate"), unread.name);
    }
    m_cli.set("HEADROOM_FAKE", QString());
}

/// A journal that is opened as descriptor 2 would have the progress between its lines.
void UnreadOutputTest::noFileTakesTheNumberOfAClosedStream()
{
    const auto process = m_cli.start(smallValidation({QStringLiteral("--force")}), unreadStreams().back().make);
    QCOMPARE(finish(*process).status, 0);
    for (const QByteArray& line : m_cli.read(kJournalFile).trimmed().split('\n'))
    {
        QVERIFY2(QJsonDocument::fromJson(line).isObject(), line.constData());
    }
}

/// Nobody chose that, so the command that printed a report has not done what it was asked for; a verdict is told by the
/// status all the same.
void UnreadOutputTest::whatDoesNotReachADiskIsSaid()
{
    const auto onFullDisk = [&](const char* command)
    { return finish(*m_cli.start(words(command), [] { makeFullDisk(STDOUT_FILENO); })); };
    const auto lost = onFullDisk("report out/report.json");
    QCOMPARE(lost.status, 3);
    QCOMPARE(lost.err, QByteArray("headroom-cli: Standard output could not be written: No space left on device.\n"));
    QCOMPARE(onFullDisk(kAb).status, 1);
}

QTEST_GUILESS_MAIN(UnreadOutputTest)
#include "tst_unread_output.moc"
