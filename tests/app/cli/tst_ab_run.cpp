// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QJsonArray>
#include <QTest>

#include <csignal>

/// `ab` against the fake worker: what it compares, says and refuses, with one worker and with two.
class AbRunTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRunLeavesItsFiles();
    void exitStatusTells_data();
    void exitStatusTells();
    void twoPerCentAreFoundBetweenTwoWorkers();
    void theOneWorkerOfBothSidesWaitsPassively();
    void sidesOfTwoWorkersKnowTheirCircumstances();
    void anotherWorkerIsStarted();
    void aWorkerThatDiesIsNamed();
    void aWorkerThatHangsIsEnded();
    void nothingDiffersIsSaid();
    void aCancelledRunIsResumedWithBothWorkers();
    void quietAndJson();
    void wrongInputIsOneSentence_data();
    void wrongInputIsOneSentence();
    void theHelpKeepsItsOwnCommandToItself();
};

namespace
{

constexpr int kPatienceMs = 60000;

QStringList words(const QString& line)
{
    return line.split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

QStringList smallAb(const QString& more = {})
{
    return words(QStringLiteral("ab --seq-len 64 --num-heads 2 --batch-size 1 --num-warmup 1 --output-dir out ") +
                 more);
}

/// A setting of a side: what its worker pretends.
QStringList pretending(const char* side, const char* script)
{
    return {QString::fromUtf8(side), QStringLiteral("HEADROOM_FAKE=") + QString::fromUtf8(script)};
}

QJsonObject reportOf(const Cli& cli)
{
    return QJsonDocument::fromJson(cli.read(QStringLiteral("out/ab.json"))).object();
}

QJsonObject comparisonOf(const Cli& cli)
{
    return reportOf(cli)[u"headroom"][u"comparisons"][0][u"comparison"].toObject();
}

} // namespace

void AbRunTest::aRunLeavesItsFiles()
{
    const Cli cli;
    const auto result = cli.run(smallAb(QStringLiteral("--a backend=math --b backend=flash")));
    QVERIFY2(result.status == 0, result.err.constData());
    for (const char* name : {"out/ab.json", "out/ab.md", "out/ab.csv", "out/ab.journal.jsonl"})
    {
        QVERIFY2(cli.files().contains(QString::fromUtf8(name)), name);
    }
    const auto report = reportOf(cli);
    QCOMPARE(report[u"headroom"][u"plan"][u"command"].toString(), QLatin1String("ab"));
    QCOMPARE(report[u"cases"].toArray().size(), 2);
    QCOMPARE(report[u"cases"][0][u"measured"][u"side"].toString(), QLatin1String("a"));
    QCOMPARE(report[u"cases"][1][u"evidence"][u"ran"].toString(), QLatin1String("flash"));
    QCOMPARE(comparisonOf(cli)[u"verdict"].toString(), QLatin1String("faster"));
    const auto lines = QString::fromUtf8(result.out).split(QLatin1Char('\n'));
    QCOMPARE(lines[0], QStringLiteral("headroom ab: passed"));
    QVERIFY2(lines[1].startsWith(QStringLiteral("B (backend=flash) is 2.0")), result.out.constData());
    QCOMPARE(cli.run(smallAb()).status, 3); // an earlier run is kept
    const auto shown = cli.run(words(QStringLiteral("report out/ab.journal.jsonl")));
    QVERIFY2(shown.out.contains("A against B"), shown.out.constData());
}

void AbRunTest::exitStatusTells_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<QString>("more");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("said");
    QTest::newRow("faster") << QString() << QStringLiteral("--a backend=math --b backend=flash") << 0
                            << QStringLiteral("faster than A");
    QTest::newRow("same") << QString() << QStringLiteral("--backend flash") << 0 << QStringLiteral("as fast as A");
    QTest::newRow("slower") << QString() << QStringLiteral("--a backend=flash --b backend=math") << 1
                            << QStringLiteral("is slower than A");
    QTest::newRow("wrong") << QStringLiteral(R"({"inaccurate": ["flash"]})")
                           << QStringLiteral("--a backend=math --b backend=flash") << 1
                           << QStringLiteral("Flash is not accurate enough");
    QTest::newRow("too few pairs") << QString() << QStringLiteral("--a backend=math --b backend=flash --max-pairs 5")
                                   << 2 << QStringLiteral("cannot be told");
    QTest::newRow("too noisy") << QStringLiteral(R"({"noise": 0.5})")
                               << QStringLiteral("--backend flash --max-pairs 60") << 2
                               << QStringLiteral("cannot be told");
    QTest::newRow("refused") << QStringLiteral(R"({"refused": ["flash"]})")
                             << QStringLiteral("--a backend=math --b backend=flash") << 2
                             << QStringLiteral("cannot be compared");
}

void AbRunTest::exitStatusTells()
{
    QFETCH(QString, script);
    QFETCH(QString, more);
    QFETCH(int, status);
    QFETCH(QString, said);
    Cli cli;
    cli.set("HEADROOM_FAKE", script);
    const auto result = cli.run(smallAb(more));
    QVERIFY2(result.status == status, (result.out + result.err).constData());
    QVERIFY2(QString::fromUtf8(result.out).simplified().contains(said), result.out.constData());
}

/// Samples of up to 4 % noise on either side, and a B that is 2 % faster.
void AbRunTest::twoPerCentAreFoundBetweenTwoWorkers()
{
    const Cli cli;
    const auto result = cli.run(smallAb(QStringLiteral("--backend flash")) +
                                pretending("--a", R"({"forwardMs":{"flash":2.04},"noise":0.04})") +
                                pretending("--b", R"({"forwardMs":{"flash":2.0},"noise":0.03})"));
    QVERIFY2(result.status == 0, (result.out + result.err).constData());
    QCOMPARE(comparisonOf(cli)[u"verdict"].toString(), QLatin1String("faster"));
    QVERIFY(std::abs(comparisonOf(cli)[u"ratio"].toDouble() - 1.02) < 0.01);
}

void AbRunTest::theOneWorkerOfBothSidesWaitsPassively()
{
    Cli cli;
    cli.write(QStringLiteral("noting"), "#!/bin/sh\nenv > seen\nexec " HEADROOM_FAKE_WORKER "\n");
    QFile::setPermissions(cli.path(QStringLiteral("noting")), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    cli.set("HEADROOM_WORKER", cli.path(QStringLiteral("noting")));
    cli.set("OMP_WAIT_POLICY", QString());
    const auto result = cli.run(smallAb(QStringLiteral("--a backend=math --b backend=flash")));
    QVERIFY2(result.status == 0, (result.out + result.err).constData());
    const auto seen = cli.read(QStringLiteral("seen")).split('\n');
    QVERIFY(seen.contains("OMP_WAIT_POLICY=passive"));
    QVERIFY(seen.contains("GOMP_SPINCOUNT=0"));
}

void AbRunTest::sidesOfTwoWorkersKnowTheirCircumstances()
{
    const Cli cli;
    const auto result = cli.run(smallAb(QStringLiteral("--backend flash --b OMP_NUM_THREADS=1")));
    QVERIFY2(result.status == 0, (result.out + result.err).constData());
    const auto circumstances = reportOf(cli)[u"circumstances"].toObject();
    const auto a = circumstances[u"environment"].toObject();
    const auto b = circumstances[u"others"][0][u"environment"].toObject();
    for (const auto& side : {a, b}) // threads that spin would take the other side's time
    {
        QCOMPARE(side[u"OMP_WAIT_POLICY"].toString(), QLatin1String("passive"));
        QCOMPARE(side[u"GOMP_SPINCOUNT"].toString(), QLatin1String("0"));
    }
    QVERIFY(!a.contains(u"OMP_NUM_THREADS"));
    QCOMPARE(b[u"OMP_NUM_THREADS"].toString(), QLatin1String("1"));
    QVERIFY2(result.out.contains("environment.OMP_NUM_THREADS"), result.out.constData());
}

void AbRunTest::anotherWorkerIsStarted()
{
    const Cli cli;
    cli.write(QStringLiteral("second"),
              "#!/bin/sh\nHEADROOM_FAKE='{\"forwardMs\":{\"flash\":1.0}}' exec " HEADROOM_FAKE_WORKER "\n");
    QFile::setPermissions(cli.path(QStringLiteral("second")), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    const auto result = cli.run(smallAb(QStringLiteral("--backend flash --worker-b ./second")));
    QVERIFY2(result.status == 0, (result.out + result.err).constData());
    QVERIFY2(result.out.contains("B (worker=./second) is 2.0"), result.out.constData());
    QCOMPARE(reportOf(cli)[u"headroom"][u"plan"][u"sides"][1][u"worker"].toString(),
             cli.path(QStringLiteral("./second")));
}

void AbRunTest::aWorkerThatDiesIsNamed()
{
    const Cli cli;
    const auto result = cli.run(smallAb(QStringLiteral("--backend flash")) +
                                pretending("--b", R"({"fault":"kill","faultAtSample":4})"));
    QVERIFY2(result.status == 1, (result.out + result.err).constData());
    QVERIFY2(result.out.simplified().contains("the worker of side B was ended by SIGKILL"), result.out.constData());
}

void AbRunTest::aWorkerThatHangsIsEnded()
{
    const Cli cli;
    const auto result = cli.run(smallAb(QStringLiteral("--backend flash --max-seconds 0.5 --job-deadline 2")) +
                                pretending("--b", R"({"fault":"hang","faultAtSample":4})"));
    QVERIFY2(result.status == 1, (result.out + result.err).constData());
    QVERIFY2(result.out.simplified().contains("it had not ended after 2 s and the worker was ended"),
             result.out.constData());
}

void AbRunTest::nothingDiffersIsSaid()
{
    const Cli cli;
    const auto result = cli.run(smallAb(QStringLiteral("--backend flash")));
    QVERIFY2(result.err.contains("Nothing differs between A and B"), result.err.constData());
}

void AbRunTest::aCancelledRunIsResumedWithBothWorkers()
{
    const Cli cli;
    const auto process = cli.start(smallAb(QStringLiteral("--backend flash")) +
                                   pretending("--a", R"({"sampleSleepMs":20,"noise":0.5})") +
                                   pretending("--b", R"({"sampleSleepMs":20,"noise":0.4,"forwardMs":{"flash":1.0}})"));
    const auto journal = QStringLiteral("out/ab.journal.jsonl");
    QVERIFY(QTest::qWaitFor([&] { return cli.read(journal).contains("\"type\":\"samples\""); }, kPatienceMs));
    QVERIFY(send(*process, SIGINT));
    QCOMPARE(finish(*process).status, 2);
    const auto result = cli.run(words(QStringLiteral("resume out")));
    QVERIFY2(result.status == 0, (result.out + result.err).constData());
    QCOMPARE(comparisonOf(cli)[u"verdict"].toString(), QLatin1String("faster"));
    QCOMPARE(reportOf(cli)[u"circumstances"][u"others"].toArray().size(), 1);
}

void AbRunTest::quietAndJson()
{
    const Cli cli;
    const auto quiet = cli.run(smallAb(QStringLiteral("--backend flash --quiet")));
    QCOMPARE(quiet.status, 0);
    QVERIFY(quiet.out.isEmpty() && quiet.err.isEmpty());
    const auto json = cli.run(smallAb(QStringLiteral("--backend flash --json --force --quiet")));
    QCOMPARE(QJsonDocument::fromJson(json.out)[u"headroom"][u"comparisons"].toArray().size(), 1);
}

void AbRunTest::wrongInputIsOneSentence_data()
{
    QTest::addColumn<QString>("more");
    QTest::addColumn<QString>("said");
    QTest::newRow("setting") << QStringLiteral("--b colour=red")
                             << QStringLiteral("Side B: there is no setting 'colour'. It is one of ");
    QTest::newRow("value") << QStringLiteral("--b backend=fast") << QStringLiteral("Side B: --backend: 'fast' is not");
    QTest::newRow("variable") << QStringLiteral("--a OMP_NUM_THREADS")
                              << QStringLiteral("Side A: OMP_NUM_THREADS needs a value");
    QTest::newRow("not eligible") << QStringLiteral("--b backend=cudnn")
                                  << QStringLiteral("Side B: cudnn does not take this call");
    QTest::newRow("graph") << QStringLiteral("--b launch=graph")
                           << QStringLiteral("Side B: launch=graph is of a GPU, and the device is the CPU.");
    QTest::newRow("time") << QStringLiteral("--max-seconds 0") << QStringLiteral("--max-seconds is 0");
    QTest::newRow("confidence") << QStringLiteral("--confidence 1") << QStringLiteral("confidence is 1");
    QTest::newRow("worker") << QStringLiteral("--worker-b no/such/worker")
                            << QStringLiteral("The worker of side B is 'no/such/worker'");
    QTest::newRow("pairs") << QStringLiteral("--max-pairs 0") << QStringLiteral("--max-pairs is 0");
}

void AbRunTest::wrongInputIsOneSentence()
{
    QFETCH(QString, more);
    QFETCH(QString, said);
    const Cli cli;
    const auto result = cli.run(smallAb(more));
    QVERIFY2(result.status == 3, (result.out + result.err).constData());
    QVERIFY2(QString::fromUtf8(result.err).contains(said), result.err.constData());
    QVERIFY(result.out.isEmpty());
    QVERIFY(cli.files().filter(QStringLiteral("out")).isEmpty());
}

void AbRunTest::theHelpKeepsItsOwnCommandToItself()
{
    const Cli cli;
    const auto result = cli.run({QStringLiteral("--help")});
    QVERIFY(result.out.contains("ab "));
    QVERIFY(!result.out.contains("serve-sides"));
}

QTEST_GUILESS_MAIN(AbRunTest)
#include "tst_ab_run.moc"
