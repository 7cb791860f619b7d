// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include "core/history/run_index.h"
#include "core/run/journal.h"
#include "tests/core/measure/noise.h"

#include <QRegularExpression>
#include <QTest>

#include <csignal>
#include <map>
#include <set>

#include <unistd.h>

using namespace headroom;

namespace
{

constexpr int kMoments = 50;
constexpr int kPatienceMs = 60000;

QStringList run()
{
    return smallValidation({QStringLiteral("--extended-benchmarks"), QStringLiteral("--batch-sizes"),
                            QStringLiteral("2,4"), QStringLiteral("--seq-lens"), QStringLiteral("16,32")});
}

qsizetype linesIn(const QString& folder)
{
    qsizetype lines = 0;
    for (const QString& name : QDir(folder).entryList({QStringLiteral("*.journal.jsonl")}, QDir::Files))
    {
        QFile file(QDir(folder).filePath(name));
        lines += file.open(QIODevice::ReadOnly) ? file.readAll().count('\n') : 0;
    }
    return lines;
}

/// Jobs that were said to be done.
qsizetype jobsSaid(const QByteArray& progress)
{
    static const QRegularExpression line(QStringLiteral("^\\[\\d+/\\d+\\] .*: (passed|failed|skipped)"),
                                         QRegularExpression::MultilineOption);
    qsizetype count = 0;
    for (auto match = line.globalMatch(QString::fromUtf8(progress)); match.hasNext(); match.next())
    {
        ++count;
    }
    return count;
}

std::map<std::string, int> timesFinished(const std::filesystem::path& journal)
{
    std::map<std::string, int> times;
    for (const Event& event : readJournal(journal).events)
    {
        times[event.job] += std::holds_alternative<JobFinished>(event.data) ? 1 : 0;
    }
    return times;
}

} // namespace

/// kill -9 of front end and worker, at moments that are chosen at random.
class HistoryKillsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        Cli cli;
        cli.pretend(kScript);
        m_status = cli.run(run()).status;
        m_lines = linesIn(cli.runFolder());
        QVERIFY(m_lines > 20);
    }

    void finishedJobsAreThereAndResumeCompletesThePlan_data()
    {
        QTest::addColumn<int>("line");
        QTest::addColumn<int>("microseconds");
        Noise random(20261130);
        for (int i = 0; i < kMoments; ++i)
        {
            const auto line = 1 + static_cast<int>(random.uniform() * 0.9 * static_cast<double>(m_lines));
            const auto pause = static_cast<int>(random.uniform() * 4000);
            QTest::addRow("%d: line %d and %d us", i, line, pause) << line << pause;
        }
    }
    void finishedJobsAreThereAndResumeCompletesThePlan()
    {
        QFETCH(int, line);
        QFETCH(int, microseconds);
        Cli cli;
        cli.pretend(kScript);
        const auto process = cli.start(run(), [] { ::setpgid(0, 0); });
        QVERIFY(process->waitForStarted(kPatienceMs));
        const auto group = static_cast<pid_t>(process->processId()); // 0 once it has ended, which kill() takes for ours
        QVERIFY(group > 0);
        QVERIFY(QTest::qWaitFor([&] { return linesIn(cli.runFolder()) >= line; }, kPatienceMs));
        ::usleep(static_cast<unsigned>(microseconds));
        ::kill(-group, SIGKILL);
        const CliResult killed = finish(*process);

        RunIndex index{RunFolder(cli.runFolder().toStdString())};
        index.sync();
        const auto rows = index.list();
        QCOMPARE(rows.size(), std::size_t{1});
        const RunRow& row = rows.front();
        const auto journal = index.folder().path() / row.file.name;
        QVERIFY2(row.finishedJobs >= jobsSaid(killed.err), killed.err.constData());
        m_cutOff += row.state == RunState::Unfinished ? 1 : 0;
        m_jobsSaid += jobsSaid(killed.err);
        const auto before = timesFinished(journal);

        const CliResult resumed = cli.run({QStringLiteral("resume"), QString::fromStdString(row.id)});
        QVERIFY2(resumed.status == m_status, resumed.err.constData());
        index.sync();
        const auto whole = index.find(row.id);
        QVERIFY(whole.has_value());
        QCOMPARE(whole->state, RunState::Finished);
        QCOMPARE(whole->finishedJobs, whole->jobs);
        for (const auto& [job, times] : before)
        {
            if (times > 0)
            {
                QCOMPARE(timesFinished(journal)[job], 1); // and was not run again
            }
        }
    }

    /// That the moments lay within the run, and jobs had been shown before them.
    void cleanupTestCase()
    {
        qInfo("%d of %d kills cut the run off; %d jobs had been said to be done", m_cutOff, kMoments,
              static_cast<int>(m_jobsSaid));
        QVERIFY(m_cutOff >= kMoments / 2);
        QVERIFY(m_jobsSaid >= kMoments);
    }

private:
    int m_cutOff = 0;
    qsizetype m_jobsSaid = 0;
    static constexpr const char* kScript = R"({"sampleSleepMs": 2})";
    qsizetype m_lines = 0;
    int m_status = -1;
};

QTEST_GUILESS_MAIN(HistoryKillsTest)
#include "tst_history_kills.moc"
