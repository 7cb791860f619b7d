// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QJsonArray>
#include <QTest>

#include <unistd.h>

#include <pty.h>

/// Whole runs of `validate` against the fake worker: what they leave, what they say, and the exit status.
class ValidateRunTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aGoodRunLeavesFourFiles();
    void endingOfTheReportNameIsAdded();
    void progressIsALineAStageAndAJob();
    void terminalShowsALiveLine();
    void jsonIsAllThatIsOnStandardOutput();
    void quietSaysNothing();
    void exitStatusTells_data();
    void exitStatusTells();
    void deadWorkerIsARowAndTheRestIsRun();
    void outOfMemoryIsARowOfTheSweep();
    void printingWorkerSpoilsNothing();
    void modelWithoutLayersIsInformation();
    void forceReplacesAnEarlierRun();
    void gpuIsTakenWhenThereIsOne();
    void optionsReachThePlan();
    void skippedStagesAreSkipped();
    void runThatCannotStartLeavesNothing();
};

namespace
{

QJsonObject reportOf(const Cli& cli)
{
    return QJsonDocument::fromJson(cli.read(kJsonFile)).object();
}

QJsonObject planOf(const Cli& cli)
{
    const auto lines = cli.read(kJournalFile).split('\n');
    return QJsonDocument::fromJson(lines.front()).object()[u"data"].toObject()[u"plan"].toObject();
}

QStringList jobsOf(const Cli& cli)
{
    QStringList ids;
    for (const auto& job : planOf(cli)[u"jobs"].toArray())
    {
        ids.append(job.toObject()[u"id"].toString());
    }
    return ids;
}

QString text(const QByteArray& bytes)
{
    return QString::fromUtf8(bytes);
}

} // namespace

void ValidateRunTest::aGoodRunLeavesFourFiles()
{
    const Cli cli;
    const auto result = cli.run(smallValidation());
    QVERIFY2(result.status == 0, (result.out + result.err).constData());
    QCOMPARE(cli.files(), QStringList({QStringLiteral("out"), QStringLiteral("out/report.csv"), kJournalFile, kJsonFile,
                                       QStringLiteral("out/report.md")}));
    QVERIFY(result.out.contains("flash"));
    QVERIFY(result.out.contains("Report: out/report.json"));
    const auto report = reportOf(cli);
    QVERIFY(report.contains(u"schema_version"));
    QVERIFY(report.contains(u"compatibility_status"));
    QVERIFY(report.contains(u"performance_metrics"));
    QVERIFY(cli.read(QStringLiteral("out/report.md")).startsWith("#"));
    QVERIFY(cli.read(QStringLiteral("out/report.csv")).contains("\r\n"));
}

void ValidateRunTest::endingOfTheReportNameIsAdded()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation({QStringLiteral("--report-name"), QStringLiteral("a.b")})).status, 0);
    QVERIFY(cli.files().contains(QStringLiteral("out/a.b.json")));
    QCOMPARE(cli.run(smallValidation({QStringLiteral("--report-name"), QStringLiteral("c.json")})).status, 0);
    QVERIFY(cli.files().contains(QStringLiteral("out/c.json")));
    QVERIFY(cli.files().contains(QStringLiteral("out/c.journal.jsonl")));
}

void ValidateRunTest::progressIsALineAStageAndAJob()
{
    const auto result = Cli().run(smallValidation());
    QVERIFY(!result.err.contains('\r'));
    QVERIFY(!result.err.contains('\033'));
    const auto lines = result.err.split('\n');
    QVERIFY(lines.contains("compatibility"));
    QVERIFY(lines.contains("accuracy"));
    QVERIFY(lines.contains("performance"));
    QVERIFY2(result.err.contains("[4/4] training step, batch 2, sequence 16: passed after"), result.err.constData());
    QVERIFY(!result.out.contains('\033'));
}

void ValidateRunTest::terminalShowsALiveLine()
{
    Cli cli;
    cli.set("TERM", QStringLiteral("xterm"));
    cli.pretend(R"({"sampleSleepMs": 40})");
    int master = -1;
    int slave = -1;
    const winsize size{40, 90, 0, 0};
    QCOMPARE(::openpty(&master, &slave, nullptr, nullptr, &size), 0);
    const auto process = cli.start(smallValidation(), [slave] { ::dup2(slave, STDERR_FILENO); });
    ::close(slave);
    QByteArray shown;
    char buffer[4096];
    for (ssize_t count = 0; (count = ::read(master, buffer, sizeof(buffer))) > 0;)
    {
        shown.append(buffer, count);
    }
    ::close(master);
    QCOMPARE(finish(*process).status, 0);
    QVERIFY2(shown.contains("\r["), shown.constData());
    QVERIFY2(shown.contains(" left\033[K"), shown.constData());
    QVERIFY2(shown.contains(", round "), shown.constData());
    QVERIFY2(shown.trimmed().endsWith("\033[K"), shown.constData()); // the live line is taken away at the end
    for (const QByteArray& part : shown.split('\r'))
    {
        const bool isLive = part.startsWith("[") && part.endsWith("\033[K");
        QVERIFY2(!isLive || part.size() < 90 + 3, part.constData());
    }
}

void ValidateRunTest::jsonIsAllThatIsOnStandardOutput()
{
    const Cli cli;
    const auto result = cli.run(smallValidation({QStringLiteral("--json")}));
    QCOMPARE(result.status, 0);
    QJsonParseError error{};
    const auto document = QJsonDocument::fromJson(result.out, &error);
    QVERIFY2(error.error == QJsonParseError::NoError, qPrintable(error.errorString()));
    QVERIFY(document.isObject());
    QCOMPARE(result.out, cli.read(kJsonFile));
    QVERIFY(result.err.contains("[4/4]"));
}

void ValidateRunTest::quietSaysNothing()
{
    const Cli cli;
    const auto result = cli.run(smallValidation({QStringLiteral("--quiet")}));
    QCOMPARE(result.status, 0);
    QCOMPARE(result.out, QByteArray());
    QCOMPARE(result.err, QByteArray());
    QVERIFY(!reportOf(cli).isEmpty());
}

void ValidateRunTest::exitStatusTells_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QString>("more");
    QTest::addColumn<int>("status");

    QTest::newRow("all well") << QByteArray("{}") << "" << 0;
    QTest::newRow("target reached") << QByteArray(R"({"forwardMs": {"math": 8, "flash": 2, "naive": 8}})")
                                    << "--target-speedup 2" << 0;
    QTest::newRow("target missed") << QByteArray("{}") << "--target-speedup 3" << 1;
    QTest::newRow("usual target missed") << QByteArray(R"({"forwardMs": {"math": 2.2, "flash": 2, "naive": 3}})") << ""
                                         << 0;
    QTest::newRow("inaccurate") << QByteArray(R"({"inaccurate": ["flash"]})") << "" << 1;
    QTest::newRow("not eligible after all") << QByteArray(R"({"refused": ["naive"]})") << "" << 0;
    QTest::newRow("too noisy") << QByteArray(R"({"noise": 0.9, "forwardMs": {"math": 2, "flash": 2, "naive": 2}})")
                               << "" << 2;
    QTest::newRow("exception in a job") << QByteArray(R"({"fault": "throw", "faultAtStep": "judge"})") << "" << 1;
}

void ValidateRunTest::exitStatusTells()
{
    QFETCH(QByteArray, script);
    QFETCH(QString, more);
    QFETCH(int, status);
    Cli cli;
    cli.pretend(script.constData());
    const auto result = cli.run(smallValidation(more.split(QLatin1Char(' '), Qt::SkipEmptyParts)));
    QVERIFY2(result.status == status, (QByteArray::number(result.status) + '\n' + result.out + result.err).constData());
    QVERIFY(!reportOf(cli).isEmpty());
}

void ValidateRunTest::deadWorkerIsARowAndTheRestIsRun()
{
    Cli cli;
    cli.pretend(qPrintable(QStringLiteral(R"({"fault": "kill", "faultAtSample": 12, "faultOnceFile": "%1"})")
                               .arg(cli.path(QStringLiteral("struck")))));
    const auto result = cli.run(smallValidation());
    QCOMPARE(result.status, 1);
    QVERIFY2(result.err.contains("[3/4] forward, batch 2, sequence 16: failed after"), result.err.constData());
    QVERIFY2(result.err.contains("SIGKILL"), result.err.constData());
    QVERIFY2(result.err.contains("[4/4] training step, batch 2, sequence 16: passed"), result.err.constData());
    QVERIFY2(cli.read(kJsonFile).contains("SIGKILL"), "the report names the cause");
    QVERIFY2(result.out.contains("SIGKILL"), result.out.constData());
}

void ValidateRunTest::outOfMemoryIsARowOfTheSweep()
{
    Cli cli;
    cli.pretend(R"({"outOfMemoryAboveBatch": 4})");
    const auto result =
        cli.run(smallValidation({QStringLiteral("--extended-benchmarks"), QStringLiteral("--batch-sizes"),
                                 QStringLiteral("2,4,8"), QStringLiteral("--seq-lens"), QStringLiteral("16,32")}));
    QVERIFY2(result.status == 0, (result.out + result.err).constData());
    QVERIFY(jobsOf(cli).contains(QStringLiteral("batch-8")));
    QVERIFY2(result.err.contains("sequence 32: passed"), result.err.constData());
    QVERIFY(cli.read(kJsonFile).contains("out of memory: pretended"));
}

void ValidateRunTest::printingWorkerSpoilsNothing()
{
    Cli cli;
    cli.pretend(R"({"fault": "garbage", "faultAtStep": "prepare"})");
    const auto result = cli.run(smallValidation({QStringLiteral("--json")}));
    QCOMPARE(result.status, 0);
    QVERIFY(QJsonDocument::fromJson(result.out).isObject());
}

void ValidateRunTest::modelWithoutLayersIsInformation()
{
    const Cli cli;
    const auto result = cli.run(smallValidation({QStringLiteral("--num-layers"), QStringLiteral("0")}));
    QVERIFY2(result.status == 0, (result.out + result.err).constData());
    QVERIFY2(text(result.out).contains(QStringLiteral("no attention layers")), result.out.constData());
}

void ValidateRunTest::forceReplacesAnEarlierRun()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation()).status, 0);
    const QByteArray first = cli.read(kJournalFile);
    QCOMPARE(cli.run(smallValidation()).status, 3);
    QCOMPARE(cli.read(kJournalFile), first);
    QCOMPARE(cli.run(smallValidation({QStringLiteral("--force")})).status, 0);
    const QByteArray second = cli.read(kJournalFile);
    QVERIFY(second != first);
    QCOMPARE(second.count("\"type\":\"runStarted\""), 1);
    const QByteArray run = QJsonDocument::fromJson(second.split('\n').front()).object()[u"run"].toString().toUtf8();
    QVERIFY(cli.read(kJsonFile).contains(run));
}

void ValidateRunTest::gpuIsTakenWhenThereIsOne()
{
    Cli cli;
    cli.pretend(R"({"cuda": true})");
    QCOMPARE(cli.run(smallValidation({QStringLiteral("--dtype"), QStringLiteral("bfloat16")})).status, 0);
    QCOMPARE(planOf(cli)[u"device"].toObject()[u"kind"].toString(), QStringLiteral("cuda"));
    QVERIFY(jobsOf(cli).contains(QStringLiteral("forward-cold")));
    QCOMPARE(
        cli.run(smallValidation({QStringLiteral("--device"), QStringLiteral("cpu"), QStringLiteral("--force")})).status,
        0);
    QCOMPARE(planOf(cli)[u"device"].toObject()[u"kind"].toString(), QStringLiteral("cpu"));
}

void ValidateRunTest::optionsReachThePlan()
{
    const Cli cli;
    const auto result = cli.run(
        smallValidation({QStringLiteral("--preset"), QStringLiteral("original"), QStringLiteral("--causal"),
                         QStringLiteral("--autocast"), QStringLiteral("--seed"), QStringLiteral("7"),
                         QStringLiteral("--target-speedup"), QStringLiteral("1.5"), QStringLiteral("--max-seconds"),
                         QStringLiteral("500"), QStringLiteral("--max-samples"), QStringLiteral("77"),
                         QStringLiteral("--max-case-seconds"), QStringLiteral("3.5"), QStringLiteral("--seq-len"),
                         QStringLiteral("1500")}));
    QVERIFY2(result.status != 3, result.err.constData());
    const auto plan = planOf(cli);
    QCOMPARE(plan[u"preset"].toString(), QStringLiteral("original"));
    QCOMPARE(plan[u"seed"].toInt(), 7);
    QCOMPARE(plan[u"targetSpeedup"].toDouble(), 1.5);
    QCOMPARE(plan[u"maxSeconds"].toDouble(), 500.0);
    const auto measurement = plan[u"measurement"].toObject();
    QCOMPARE(measurement[u"iterations"].toInt(), 8); // the number given, before the preset's 50
    QCOMPARE(measurement[u"warmup"].toInt(), 1);
    QCOMPARE(measurement[u"maxSamples"].toInt(), 77);
    QCOMPARE(measurement[u"maxSecondsPerCase"].toDouble(), 3.5);
    const auto model = plan[u"jobs"].toArray().first().toObject()[u"work"].toObject();
    const QByteArray subject = QJsonDocument(model).toJson(QJsonDocument::Compact);
    QVERIFY2(subject.contains("\"causal\":true"), subject.constData());
    QVERIFY2(subject.contains("\"autocast\":true"), subject.constData());
    QVERIFY2(subject.contains("\"feedForward\":256"), subject.constData());
    QVERIFY2(subject.contains("\"maxSequence\":1500"), subject.constData()); // the larger of 1024 and seq-len
}

void ValidateRunTest::skippedStagesAreSkipped()
{
    const Cli cli;
    const QStringList both{QStringLiteral("--skip-accuracy"), QStringLiteral("--skip-performance")};
    QCOMPARE(cli.run(smallValidation(both)).status, 0);
    QCOMPARE(jobsOf(cli), QStringList{QStringLiteral("probe")});
    QVERIFY(reportOf(cli)[u"accuracy_metrics"].isNull());
    QVERIFY(reportOf(cli)[u"performance_metrics"].isNull());
    QCOMPARE(
        cli.run(smallValidation(both + QStringList{QStringLiteral("--full-validation"), QStringLiteral("--force")}))
            .status,
        0);
    QVERIFY(jobsOf(cli).contains(QStringLiteral("judge")));
    QVERIFY(jobsOf(cli).contains(QStringLiteral("forward")));
    QVERIFY(jobsOf(cli).contains(QStringLiteral("check-determinism")));
}

void ValidateRunTest::runThatCannotStartLeavesNothing()
{
    Cli cli;
    // Answers what there is, and is gone for good when it is to work.
    const QString script = cli.path(QStringLiteral("worker.sh"));
    cli.write(QStringLiteral("worker.sh"), "if [ -e once ]; then echo broken >&2; exit 9; fi\n"
                                           ": > once\n"
                                           "head -n 1 | " HEADROOM_FAKE_WORKER "\n");
    cli.set("HEADROOM_WORKER", QStringLiteral("sh ") + script);
    const auto result = cli.run(smallValidation());
    QVERIFY2(result.status == 3, (QByteArray::number(result.status) + result.out + result.err).constData());
    QVERIFY2(result.err.contains("headroom-cli: "), result.err.constData());
    QCOMPARE(cli.files(), QStringList({QStringLiteral("once"), QStringLiteral("worker.sh")}));
}

QTEST_GUILESS_MAIN(ValidateRunTest)
#include "tst_validate_run.moc"
