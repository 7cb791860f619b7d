// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QJsonArray>
#include <QTest>

/// `sweep` against the fake worker: what it plans, leaves, says and refuses.
class SweepRunTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRunLeavesItsFiles();
    void answerComesFirst();
    void presetRunsWithChanges();
    void batchSpecIsItsOwnProblems();
    void exitStatusTells_data();
    void exitStatusTells();
    void deadWorkerIsARowAndTheRestIsRun();
    void budgetLeavesJobsOut();
    void dryRunStartsNoWorker();
    void dryRunAsksForTheDevice();
    void dryRunAsJson();
    void presetsAreListed();
    void wrongInputIsOneSentence_data();
    void wrongInputIsOneSentence();
    void helpNamesEveryGroup();
};

namespace
{

/// A sweep of two lengths with few samples, and \a more.
QStringList smallSweep(const QString& more = {})
{
    return (QStringLiteral("sweep --seq-len 64,128 --num-heads 2 --batch-size 1 --num-iterations 8 --num-warmup 1 "
                           "--output-dir out ") +
            more)
        .split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

QJsonObject reportOf(const Cli& cli)
{
    return QJsonDocument::fromJson(cli.read(QStringLiteral("out/sweep.json"))).object();
}

QString text(const QByteArray& bytes)
{
    return QString::fromUtf8(bytes);
}

QStringList words(const char* line)
{
    return QString::fromUtf8(line).split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

} // namespace

void SweepRunTest::aRunLeavesItsFiles()
{
    const Cli cli;
    const auto result = cli.run(smallSweep(QStringLiteral("--passes forward,backward --mask none,causal")));
    QVERIFY2(result.status == 0, result.err.constData());
    for (const char* name : {"out/sweep.json", "out/sweep.md", "out/sweep.csv", "out/sweep.journal.jsonl"})
    {
        QVERIFY2(cli.files().contains(QString::fromUtf8(name)), name);
    }
    const auto report = reportOf(cli);
    const auto cases = report[u"cases"].toArray();
    QCOMPARE(cases.size(), 2 * 2 * 2 * 2); // lengths, masks, passes, flash and math
    for (const auto& row : cases)
    {
        QVERIFY(row[u"repro"].toString().startsWith(QLatin1String("headroom-cli sweep --device cpu ")));
        QCOMPARE(row[u"accuracy"].toString(), QLatin1String("passed"));
    }
    QCOMPARE(report[u"headroom"][u"fastest"].toArray().size(), 8);
    QCOMPARE(report[u"headroom"][u"plan"][u"command"].toString(), QLatin1String("sweep"));
    QVERIFY(cli.run(smallSweep()).status == 3); // an earlier run is kept
}

void SweepRunTest::answerComesFirst()
{
    Cli cli;
    cli.pretend(R"({"cuda": true})");
    const auto result = cli.run(smallSweep());
    QVERIFY2(result.status == 0, result.err.constData());
    const auto lines = text(result.out).split(QLatin1Char('\n'));
    QCOMPARE(lines[0], QStringLiteral("headroom sweep: passed"));
    QCOMPARE(lines[1], QStringLiteral("Of 2 comparisons, cudnn is fastest in 2."));
    QVERIFY(result.out.contains("forward, bfloat16, 2 heads, head_dim 64"));
    QVERIFY(result.out.contains("cudnn; flash takes 1.3"));
    QVERIFY(result.err.contains("8 cases in 4 jobs on cuda:0"));
}

void SweepRunTest::presetRunsWithChanges()
{
    const Cli cli;
    const auto result = cli.run(words("sweep --preset gpt2 --seq-len 64 --dtype float32 --passes forward --filter "
                                      "backend=flash --num-iterations 8 --num-warmup 1 --output-dir out"));
    QVERIFY2(result.status == 0, result.err.constData());
    const auto cases = reportOf(cli)[u"cases"].toArray();
    QCOMPARE(cases.size(), 1);
    const auto problem = cases[0][u"measured"][u"subject"][u"attention"];
    QCOMPARE(problem[u"queryHeads"].toInt(), 12);
    QCOMPARE(problem[u"queryLength"].toInt(), 64);
    QVERIFY(problem[u"causal"].toBool());
}

void SweepRunTest::batchSpecIsItsOwnProblems()
{
    const Cli cli;
    const auto result =
        cli.run(words("sweep --batch-spec 2q64_8q1s4k,4q4s1k --num-heads 4 --kv-heads 1 --num-iterations "
                      "8 --num-warmup 1 --output-dir out --backends math"));
    QVERIFY2(result.status == 0, result.err.constData());
    const auto cases = reportOf(cli)[u"cases"].toArray();
    QCOMPARE(cases.size(), 3);
    QVERIFY(cases[0][u"measured"][u"subject"][u"attention"][u"causal"].toBool());
    QCOMPARE(cases[1][u"measured"][u"subject"][u"attention"][u"kvLength"].toInt(), 4096);
    QCOMPARE(cases[2][u"measured"][u"subject"][u"attention"][u"maskPattern"].toString(),
             QLatin1String("causal-bottom-right"));
}

void SweepRunTest::exitStatusTells_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<QString>("more");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("said");
    QTest::newRow("all well") << QString() << QString() << 0 << QStringLiteral("flash is fastest in 2");
    QTest::newRow("inaccurate") << QStringLiteral(R"({"inaccurate": ["flash"]})") << QString() << 1
                                << QStringLiteral("Flash is not accurate enough");
    QTest::newRow("refused") << QStringLiteral(R"({"refused": ["flash", "math"]})") << QString() << 2
                             << QStringLiteral("Nothing could be measured");
    QTest::newRow("not eligible") << QString() << QStringLiteral("--backends cudnn") << 2
                                  << QStringLiteral("No backend that was asked for takes");
    QTest::newRow("unverified") << QString() << QStringLiteral("--skip-accuracy") << 0
                                << QStringLiteral("Nothing is ranked");
    QTest::newRow("judged alone") << QString() << QStringLiteral("--skip-performance") << 0 << QStringLiteral("passed");
    QTest::newRow("checks") << QString() << QStringLiteral("--checks determinism,batch-invariance,frontier") << 0
                            << QStringLiteral("Determinism");
}

void SweepRunTest::exitStatusTells()
{
    QFETCH(QString, script);
    QFETCH(QString, more);
    QFETCH(QString, said);
    Cli cli;
    cli.set("HEADROOM_FAKE", script);
    const auto result = cli.run(smallSweep(more));
    QTEST(result.status, "status");
    QVERIFY2(text(result.out).contains(said), result.out.constData());
}

void SweepRunTest::deadWorkerIsARowAndTheRestIsRun()
{
    Cli cli;
    cli.pretend(R"({"fault": "kill", "faultAtSample": 3, "faultOnceFile": "struck"})");
    const auto result = cli.run(smallSweep());
    QCOMPARE(result.status, 1);
    const auto cases = reportOf(cli)[u"cases"].toArray();
    QCOMPARE(cases.size(), 4);
    QCOMPARE(cases[0][u"cause"].toString(), QLatin1String("worker-died"));
    QCOMPARE(cases[3][u"outcome"].toString(), QLatin1String("passed"));
}

void SweepRunTest::budgetLeavesJobsOut()
{
    Cli cli;
    cli.pretend(R"({"cuda": true})");
    QCOMPARE(cli.run(smallSweep(QStringLiteral("--max-seconds 1e-9"))).status, 2);
    const auto report = reportOf(cli);
    QCOMPARE(report[u"cases"][0][u"cause"].toString(), QLatin1String("budget"));
    const auto again = cli.run(words("report out/sweep.json"));
    QVERIFY2(again.out.contains("did not fit into the 1e-09 s"), again.out.constData());
}

void SweepRunTest::dryRunStartsNoWorker()
{
    Cli cli;
    cli.set("HEADROOM_WORKER", QStringLiteral("/nowhere/headroom-worker"));
    const auto onCpu = cli.run(smallSweep(QStringLiteral("--dry-run --device cpu --backends all")));
    QVERIFY2(onCpu.status == 0, onCpu.err.constData());
    QVERIFY(onCpu.out.contains("On cpu"));
    QVERIFY(onCpu.out.contains("4 cases in 4 jobs"));
    QVERIFY(onCpu.out.contains("left out"));
    const auto elsewhere = cli.run(smallSweep(QStringLiteral("--dry-run --compute-capability 9.0")));
    QVERIFY2(elsewhere.status == 0, elsewhere.err.constData());
    QVERIFY(elsewhere.out.contains("assumed: compute capability 9.0"));
    QVERIFY(elsewhere.out.contains("math, cudnn, flash, memory-efficient"));
    QVERIFY(cli.files().isEmpty());
}

void SweepRunTest::dryRunAsksForTheDevice()
{
    Cli cli;
    cli.pretend(R"({"cuda": true})");
    const auto result = cli.run(smallSweep(QStringLiteral("--dry-run")));
    QVERIFY2(result.status == 0, result.err.constData());
    QVERIFY(result.out.contains("On cuda:0 (fake device)"));
}

void SweepRunTest::dryRunAsJson()
{
    const Cli cli;
    const auto result = cli.run(words("sweep --preset fa3-paper --dry-run --compute-capability 9.0 --json"));
    const auto document = QJsonDocument::fromJson(result.out).object();
    QCOMPARE(document[u"problems"].toArray().size(), 24);
    QVERIFY(document[u"estimateSeconds"].toDouble() > 1);
    std::size_t left = 0;
    for (const auto& problem : document[u"problems"].toArray())
    {
        const auto cases = problem[u"cases"].toArray();
        QCOMPARE(cases.size(), 8);
        for (const auto& entry : cases)
        {
            left += entry[u"leftOut"].toString() == QLatin1String("not-wanted") ? 1 : 0;
        }
    }
    QCOMPARE(left, std::size_t{2 * 2 * 2 * 2}); // math at 8192 and 16384: head dims, masks, passes
}

void SweepRunTest::presetsAreListed()
{
    const Cli cli;
    const auto result = cli.run(words("sweep --list-presets"));
    QCOMPARE(result.status, 0);
    for (const char* name : {"pytorch-sdpa", "fa3-paper", "llama3-8b", "llama3-70b", "decode", "vit-l", "bert-base",
                             "gpt2", "t5-base", "deepseek-v3", "cpu"})
    {
        QVERIFY2(result.out.contains(name), name);
    }
    QVERIFY(result.out.contains("192"));
}

void SweepRunTest::wrongInputIsOneSentence_data()
{
    QTest::addColumn<QString>("more");
    QTest::addColumn<QString>("said");
    const auto row = [](const char* more, const char* said)
    { QTest::newRow(more) << QString::fromUtf8(more) << QString::fromUtf8(said); };
    row("--seq-len 4096..512", "--seq-len: '4096..512' runs downwards");
    row("--head-dim x", "--head-dim: 'x' is not a size");
    row("--mask diagonal", "--mask: 'diagonal' is not a mask; use one of none");
    row("--backends flsh", "--backends: 'flsh' is not a backend");
    row("--passes sideways", "--passes: 'sideways' is not a pass");
    row("--preset fa4", "--preset: 'fa4' is not a preset; use one of pytorch-sdpa");
    row("--filter length=3", "--filter: 'length' is nothing to filter by");
    row("--batch-spec 8x", "--batch-spec: '8x' is no batch");
    row("--batch-spec q1", "--batch-spec takes the place of --batch-size");
    row("--tokens 1k", "--tokens takes the place of --batch-size");
    row("--d-model 1k", "--d-model takes the place of --num-heads");
    row("--launch graph --device cpu", "--launch graph is a CUDA graph");
    row("--launch graph", "--launch graph is a CUDA graph"); // no GPU here: said once the device is known
    row("--l2 cold --device cpu", "--l2 cold empties the cache of a GPU");
    row("--device cuda", "There is no device cuda:0 here");
    row("--compute-capability 9.0", "add --dry-run");
    row("--filter seq>1m", "The --filter leaves no case");
    row("--policy careful", "--policy: 'careful' is not a preset");
    row("--skip-accuracy --skip-performance", "nothing is left to do");
    row("--checks ladders", "--checks: 'ladders' is not a check");
    row("--seqlen 3", "--seq-len");
}

void SweepRunTest::wrongInputIsOneSentence()
{
    QFETCH(QString, more);
    QFETCH(QString, said);
    const Cli cli;
    const auto result = cli.run(smallSweep(more));
    QCOMPARE(result.status, 3);
    QVERIFY2(text(result.err).contains(said), result.err.constData());
    QVERIFY(result.out.isEmpty());
    QVERIFY(cli.files().isEmpty());
}

void SweepRunTest::helpNamesEveryGroup()
{
    const Cli cli;
    const auto result = cli.run(words("sweep --help"));
    QCOMPARE(result.status, 0);
    for (const char* heading : {"Presets", "Sizes", "The attention call", "How each call is run", "What is done",
                                "How it is measured", "Output", "Examples"})
    {
        QVERIFY2(result.out.contains(heading), heading);
    }
    for (const auto& line : text(result.out).split(QLatin1Char('\n')))
    {
        QVERIFY2(line.size() <= 120, qPrintable(line));
    }
}

QTEST_GUILESS_MAIN(SweepRunTest)
#include "tst_sweep_run.moc"
