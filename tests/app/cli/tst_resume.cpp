// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QFile>
#include <QJsonArray>
#include <QTest>

#include <csignal>

/// What survives when a run is cut off, and going on with it.
class ResumeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void killedRunIsCompleted_data();
    void killedRunIsCompleted();
    void interruptCancelsAndKeepsWhatIsDone();
    void secondInterruptEndsAtOnce();
    void finishedRunHasItsReportWrittenAgain();
    void tornLastLineIsNoHindrance();
    void runThatGoesOnIsLeftAlone();
    void folderWithSeveralRunsAsksWhich();
    void badRunIsOneSentence_data();
    void badRunIsOneSentence();
};

namespace
{

constexpr int kPatienceMs = 30000;
constexpr const char* kSlow = R"({"sampleSleepMs": 30})";

/// Finished jobs in a journal.
qsizetype finishedJobs(const Cli& cli)
{
    return cli.read(kJournalFile).count("\"type\":\"jobFinished\"");
}

/// Waits until two jobs are done and the third has begun.
bool waitForThirdJob(const Cli& cli)
{
    return QTest::qWaitFor(
        [&] { return finishedJobs(cli) == 2 && cli.read(kJournalFile).count("\"type\":\"jobStarted\"") == 3; },
        kPatienceMs);
}

QJsonArray jobsOf(const QByteArray& report)
{
    return QJsonDocument::fromJson(report).object()[u"headroom"].toObject()[u"jobs"].toArray();
}

} // namespace

void ResumeTest::killedRunIsCompleted_data()
{
    QTest::addColumn<QString>("named");
    QTest::newRow("journal") << kJournalFile;
    QTest::newRow("folder") << QStringLiteral("out");
}

void ResumeTest::killedRunIsCompleted()
{
    QFETCH(QString, named);
    Cli cli;
    cli.pretend(kSlow);
    const auto process = cli.start(smallValidation());
    QVERIFY(waitForThirdJob(cli));
    QVERIFY(send(*process, SIGKILL));
    QCOMPARE(finish(*process).status, -1);
    QVERIFY(!cli.files().contains(kJsonFile));
    QCOMPARE(finishedJobs(cli), 2);

    // What was done can be read before it is gone on with.
    const auto partial = cli.run({QStringLiteral("report"), kJournalFile});
    QCOMPARE(partial.status, 0);
    QVERIFY2(partial.out.contains("has not finished"), partial.out.constData());

    const auto result = cli.run({QStringLiteral("resume"), named});
    QVERIFY2(result.status == 0, (result.out + result.err).constData());
    QVERIFY2(result.err.contains("2 of 4 jobs are left"), result.err.constData());
    QCOMPARE(finishedJobs(cli), 4);
    QCOMPARE(cli.read(kJournalFile).count("\"type\":\"runStarted\""), 1);
    QVERIFY(cli.files().contains(kJsonFile));
    QVERIFY(cli.files().contains(QStringLiteral("out/report.md")));
    QVERIFY(cli.files().contains(QStringLiteral("out/report.csv")));
    QCOMPARE(cli.run({QStringLiteral("report"), kJsonFile}).status, 0);
}

void ResumeTest::interruptCancelsAndKeepsWhatIsDone()
{
    Cli cli;
    cli.pretend(kSlow);
    const auto process = cli.start(smallValidation());
    QVERIFY(waitForThirdJob(cli));
    QVERIFY(send(*process, SIGINT));
    const auto result = finish(*process);
    QCOMPARE(result.status, 2);
    QVERIFY2(result.err.contains("Cancelled after 2 of 4 jobs."), result.err.constData());
    QVERIFY2(result.err.contains("`headroom-cli resume out/report.journal.jsonl`"), result.err.constData());
    QVERIFY2(result.out.contains("cancelled"), result.out.constData());
    QVERIFY(cli.files().contains(kJsonFile));

    const auto resumed = cli.run({QStringLiteral("resume"), kJsonFile, QStringLiteral("--json")});
    QVERIFY2(resumed.status == 0, (resumed.out + resumed.err).constData());
    QCOMPARE(resumed.out, cli.read(kJsonFile));
}

void ResumeTest::secondInterruptEndsAtOnce()
{
    Cli cli;
    cli.pretend(R"({"fault": "hang", "faultAtStep": "judge"})");
    const auto process = cli.start(smallValidation());
    QVERIFY(QTest::qWaitFor([&] { return cli.read(kJournalFile).count("\"type\":\"jobStarted\"") == 2; }, kPatienceMs));
    QVERIFY(send(*process, SIGINT));
    QByteArray said;
    QVERIFY(QTest::qWaitFor(
        [&]
        {
            said += process->readAllStandardError();
            return said.contains("Ctrl-C again ends at once");
        },
        kPatienceMs));
    QVERIFY(send(*process, SIGINT));
    QCOMPARE(finish(*process).status, -1);
    QVERIFY(!cli.files().contains(kJsonFile));
    QCOMPARE(finishedJobs(cli), 1);
}

void ResumeTest::finishedRunHasItsReportWrittenAgain()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation()).status, 0);
    const QByteArray report = cli.read(kJsonFile);
    QVERIFY(QFile::remove(cli.path(kJsonFile)));
    const auto result = cli.run({QStringLiteral("resume"), QStringLiteral("out")});
    QCOMPARE(result.status, 0);
    QVERIFY2(result.err.contains("All 4 jobs are finished"), result.err.constData());
    QCOMPARE(cli.read(kJsonFile), report);
}

void ResumeTest::tornLastLineIsNoHindrance()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation()).status, 0);
    const QByteArray whole = cli.read(kJournalFile);
    cli.write(kJournalFile, whole.left(whole.indexOf("\"type\":\"jobFinished\"") + 10)); // inside a line
    QCOMPARE(finishedJobs(cli), 0);
    const auto result = cli.run({QStringLiteral("resume"), kJournalFile});
    QVERIFY2(result.status == 0, (result.out + result.err).constData());
    QCOMPARE(finishedJobs(cli), 4);
    QCOMPARE(jobsOf(cli.read(kJsonFile)).size(), 4);
}

void ResumeTest::runThatGoesOnIsLeftAlone()
{
    Cli cli;
    cli.pretend(kSlow);
    const auto process = cli.start(smallValidation());
    QVERIFY(waitForThirdJob(cli));
    for (const QStringList& arguments :
         {QStringList{QStringLiteral("resume"), kJournalFile}, smallValidation({QStringLiteral("--force")})})
    {
        const auto result = cli.run(arguments);
        QCOMPARE(result.status, 3);
        QVERIFY2(result.err.contains("is being written by"), result.err.constData());
    }
    QCOMPARE(finish(*process).status, 0);
    QCOMPARE(finishedJobs(cli), 4);
}

void ResumeTest::folderWithSeveralRunsAsksWhich()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation()).status, 0);
    const QByteArray cut = cli.read(kJournalFile).left(20000);
    cli.write(QStringLiteral("out/a.journal.jsonl"), cut);
    cli.write(QStringLiteral("out/b.journal.jsonl"), cut);
    const auto result = cli.run({QStringLiteral("resume"), QStringLiteral("out")});
    QCOMPARE(result.status, 3);
    QVERIFY2(result.err.contains("2 unfinished runs in out; name one: out/a.journal.jsonl, out/b.journal.jsonl."),
             result.err.constData());
}

void ResumeTest::badRunIsOneSentence_data()
{
    QTest::addColumn<QString>("run");
    QTest::addColumn<QString>("said");
    QTest::newRow("missing folder") << "nowhere"
                                    << "There is no run 'nowhere': no file of this name";
    QTest::newRow("missing journal") << "x.journal.jsonl"
                                     << "There is no journal x.journal.jsonl.";
    QTest::newRow("empty folder") << "empty"
                                  << "There is no run in empty";
    QTest::newRow("report alone") << "alone.json"
                                  << "alone.json has no journal beside it";
    QTest::newRow("no journal") << "foreign.journal.jsonl"
                                << "foreign.journal.jsonl";
    QTest::newRow("empty journal") << "hollow.journal.jsonl"
                                   << "holds no event of a Headroom run";
}

void ResumeTest::badRunIsOneSentence()
{
    QFETCH(QString, run);
    QFETCH(QString, said);
    const Cli cli;
    cli.write(QStringLiteral("empty/note"), "nothing");
    cli.write(QStringLiteral("alone.json"), "{}");
    cli.write(QStringLiteral("foreign.journal.jsonl"), "{\"a\": 1}\n");
    cli.write(QStringLiteral("hollow.journal.jsonl"), "");
    const auto result = cli.run({QStringLiteral("resume"), run});
    QCOMPARE(result.status, 3);
    QVERIFY2(QString::fromUtf8(result.err).contains(said), result.err.constData());
    QCOMPARE(result.err.count('\n'), 1);
}

QTEST_GUILESS_MAIN(ResumeTest)
#include "tst_resume.moc"
