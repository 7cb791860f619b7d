// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QFile>
#include <QJsonArray>
#include <QTest>

#include <csignal>

namespace
{

constexpr int kPatienceMs = 60000;
constexpr const char* kJobStarted = "\"type\":\"jobStarted\"";

/// headroom-cli beside the real worker.
class RealCli : public Cli
{
public:
    RealCli() { set("HEADROOM_WORKER", QStringLiteral(HEADROOM_WORKER_PROGRAM)); }

    QJsonObject report() const { return QJsonDocument::fromJson(read(kJsonFile)).object(); }
    QJsonObject job(const char* id) const
    {
        for (const auto& job : report()[u"headroom"].toObject()[u"jobs"].toArray())
        {
            if (job.toObject()[u"id"].toString() == QLatin1String(id))
            {
                return job.toObject()[u"result"].toObject();
            }
        }
        return {};
    }
    QJsonObject check(const char* name) const
    {
        for (const auto& check : report()[u"headroom"].toObject()[u"checks"].toArray())
        {
            if (check.toObject()[u"check"].toString() == QLatin1String(name))
            {
                return check.toObject();
            }
        }
        return {};
    }
    bool waitFor(const char* text, qsizetype times) const
    {
        return QTest::qWaitFor([&] { return read(kJournalFile).count(text) >= times; }, kPatienceMs);
    }
};

/// The small model does not always give a clear winner; whether all was done and right is what counts here.
bool passedOrNoisy(const CliResult& result)
{
    return result.status == 0 || result.status == 2;
}

/// Process ids of the children of \a process.
QList<pid_t> childrenOf(const QProcess& process)
{
    const auto pid = QByteArray::number(process.processId());
    QFile file(QString::fromLatin1("/proc/" + pid + "/task/" + pid + "/children"));
    QList<pid_t> children;
    if (file.open(QIODevice::ReadOnly))
    {
        for (const auto& child : file.readAll().split(' '))
        {
            if (!child.isEmpty())
            {
                children.append(child.toInt());
            }
        }
    }
    return children;
}

bool lives(pid_t process)
{
    return ::kill(process, 0) == 0;
}

} // namespace

/// Whole runs over real LibTorch on the CPU: what they find, and what survives a kill -9 of either program.
class RealRunTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSmallModelIsValidated();
    void fullValidationChecksAutocastAndDeterminism();
    void halfPrecisionIsValidated_data();
    void halfPrecisionIsValidated();
    void modelWithoutLayersIsInformation();
    void aKilledWorkerFailsItsJobAlone();
    void aKilledCommandLineIsResumed();
    void aPlanRunsWithoutAFrontEnd();
    void aCompiledPackageIsCompared();
    void aForeignPackageIsOneSentence();
};

void RealRunTest::aSmallModelIsValidated()
{
    const RealCli cli;
    const auto result = cli.run(smallValidation({QStringLiteral("--seq-len"), QStringLiteral("64")}));
    QVERIFY2(passedOrNoisy(result), (result.out + result.err).constData());
    const auto report = cli.report();
    QVERIFY(report[u"circumstances"].toObject()[u"libtorchVersion"].toString().startsWith(u"2."));
    QCOMPARE(report[u"compatibility_status"].toObject()[u"num_compatible_layers"].toInt(), 2);
    const auto accuracy = report[u"accuracy_metrics"].toObject();
    QVERIFY(accuracy[u"accuracy_passed"].toBool());
    QVERIFY(accuracy[u"gradient_check_passed"].toBool());
    QVERIFY(report[u"performance_metrics"].toObject()[u"flash_latency_ms"].toDouble() > 0);
    for (const auto& row : report[u"cases"].toArray())
    {
        const auto measured = row.toObject();
        QCOMPARE(measured[u"outcome"].toString(), QStringLiteral("passed"));
        QCOMPARE(measured[u"evidence"].toObject()[u"ran"], measured[u"measured"].toObject()[u"backend"]);
        QVERIFY(measured[u"result"].toObject()[u"peakBytes"].toDouble() > 0);
    }
    const auto observations = report[u"headroom"].toObject()[u"observations"].toArray();
    QCOMPARE(observations.size(), 2);
    QCOMPARE(observations[0].toObject()[u"ran"].toString(), QStringLiteral("flash"));
}

void RealRunTest::fullValidationChecksAutocastAndDeterminism()
{
    const RealCli cli;
    const auto result = cli.run(smallValidation({QStringLiteral("--full-validation")}));
    QVERIFY2(passedOrNoisy(result), (result.out + result.err).constData());
    QCOMPARE(cli.check("autocast")[u"status"].toString(), QStringLiteral("passed"));
    QCOMPARE(cli.check("determinism")[u"status"].toString(), QStringLiteral("passed"));
}

void RealRunTest::halfPrecisionIsValidated_data()
{
    QTest::addColumn<QString>("dtype");
    QTest::newRow("bfloat16") << QStringLiteral("bfloat16");
    QTest::newRow("float16") << QStringLiteral("float16");
}

void RealRunTest::halfPrecisionIsValidated()
{
    QFETCH(QString, dtype);
    const RealCli cli;
    const auto result = cli.run(smallValidation({QStringLiteral("--dtype"), dtype, QStringLiteral("--causal")}));
    QVERIFY2(passedOrNoisy(result), (result.out + result.err).constData());
    QVERIFY(cli.report()[u"accuracy_metrics"].toObject()[u"accuracy_passed"].toBool());
}

void RealRunTest::modelWithoutLayersIsInformation()
{
    const RealCli cli;
    const auto result = cli.run(smallValidation({QStringLiteral("--num-layers"), QStringLiteral("0")}));
    QVERIFY2(result.status == 0, (result.out + result.err).constData());
    QCOMPARE(cli.report()[u"compatibility_status"].toObject()[u"num_attention_layers"].toInt(-1), 0);
}

void RealRunTest::aKilledWorkerFailsItsJobAlone()
{
    const RealCli cli;
    const auto process = cli.start(smallValidation({QStringLiteral("--num-iterations"), QStringLiteral("400"),
                                                    QStringLiteral("--seq-len"), QStringLiteral("64")}));
    QVERIFY(cli.waitFor(kJobStarted, 4)); // the forward pass is being timed
    const auto workers = childrenOf(*process);
    QCOMPARE(workers.size(), 1);
    ::kill(workers.front(), SIGKILL);
    const auto result = finish(*process);
    QVERIFY2(result.status == 1, (result.out + result.err).constData());
    const auto struck = cli.job("forward");
    QCOMPARE(struck[u"outcome"].toString(), QStringLiteral("failed"));
    QCOMPARE(struck[u"cause"].toString(), QStringLiteral("worker-died"));
    QVERIFY(struck[u"reason"].toString().contains(u"SIGKILL"));
    QCOMPARE(cli.job("judge")[u"outcome"].toString(), QStringLiteral("passed"));
    QCOMPARE(cli.job("training-step")[u"outcome"].toString(), QStringLiteral("passed"));
    QVERIFY(cli.read(QStringLiteral("out/report.md")).contains("SIGKILL"));
}

void RealRunTest::aKilledCommandLineIsResumed()
{
    const RealCli cli;
    const auto process = cli.start(smallValidation({QStringLiteral("--num-iterations"), QStringLiteral("400")}));
    QVERIFY(cli.waitFor(kJobStarted, 4));
    const auto workers = childrenOf(*process);
    QVERIFY(send(*process, SIGKILL));
    QCOMPARE(finish(*process).status, -1);
    QCOMPARE(workers.size(), 1);
    QVERIFY(QTest::qWaitFor([&] { return !lives(workers.front()); }, kPatienceMs)); // it ends by itself
    const auto before = cli.read(kJournalFile).count("\"type\":\"jobFinished\"");
    QVERIFY(before >= 2);
    const auto result = cli.run({QStringLiteral("resume"), QStringLiteral("out")});
    QVERIFY2(passedOrNoisy(result), (result.out + result.err).constData());
    QCOMPARE(cli.read(kJournalFile).count("\"type\":\"jobFinished\""), 5);
    QCOMPARE(cli.job("forward")[u"outcome"].toString(), QStringLiteral("passed"));
}

void RealRunTest::aPlanRunsWithoutAFrontEnd()
{
    const RealCli cli;
    QVERIFY(passedOrNoisy(cli.run(smallValidation())));
    QProcess worker;
    worker.start(QStringLiteral(HEADROOM_WORKER_PROGRAM), {QStringLiteral("--plan"), cli.path(kJournalFile)});
    const auto result = finish(worker);
    QVERIFY2(result.status == 0, result.err.constData());
    QCOMPARE(result.out.count("\"type\":\"jobFinished\""), 5);
}

void RealRunTest::aCompiledPackageIsCompared()
{
    const QString python = QStringLiteral(HEADROOM_PYTHON);
    if (!QFile::exists(python))
    {
        QSKIP("no Python beside LibTorch");
    }
    RealCli cli;
    const auto exportSmall = [&](const QString& name, const char* seed)
    {
        QProcess exporter;
        QStringList arguments{QStringLiteral(HEADROOM_SOURCE_DIR "/tools/export_compiled.py")};
        for (const char* word : {"--vocab-size", "100", "--d-model", "64", "--num-layers", "2", "--num-heads", "4",
                                 "--seq-len", "16", "--batch-size", "2", "--seed", seed, "--output"})
        {
            arguments.append(QString::fromLatin1(word));
        }
        exporter.start(python, arguments + QStringList{cli.path(name)});
        exporter.waitForFinished(kPatienceMs * 4);
        return exporter.exitStatus() == QProcess::NormalExit && exporter.exitCode() == 0
                   ? QByteArray()
                   : "the export failed: " + exporter.readAllStandardError();
    };
    const auto problem = exportSmall(QStringLiteral("small"), "1");
    QVERIFY2(problem.isEmpty(), problem.constData());
    const QStringList package{QStringLiteral("--compiled"), QStringLiteral("small.pt2"),
                              QStringLiteral("--skip-performance")};

    const auto same = cli.run(
        smallValidation(package + QStringList{QStringLiteral("--weights"), QStringLiteral("small.safetensors")}));
    QVERIFY2(same.status == 0, (same.out + same.err).constData());
    QCOMPARE(cli.check("compiled")[u"status"].toString(), QStringLiteral("passed"));

    // Other weights than those in the package are told.
    const auto other = cli.run(smallValidation(package + QStringList{QStringLiteral("--force")}));
    QVERIFY2(other.status == 1, (other.out + other.err).constData());
    QCOMPARE(cli.check("compiled")[u"status"].toString(), QStringLiteral("failed"));
}

void RealRunTest::aForeignPackageIsOneSentence()
{
    const RealCli cli;
    cli.write(QStringLiteral("no.pt2"), "PK\x03\x04 but nothing more");
    const auto result = cli.run(smallValidation(
        {QStringLiteral("--compiled"), QStringLiteral("no.pt2"), QStringLiteral("--skip-performance")}));
    QVERIFY2(result.status == 1 || result.status == 3, (result.out + result.err).constData());
    QVERIFY2((result.out + result.err).contains("no.pt2"), (result.out + result.err).constData());
}

QTEST_GUILESS_MAIN(RealRunTest)
#include "tst_real_run.moc"
