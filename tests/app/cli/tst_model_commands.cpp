// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QJsonArray>
#include <QTest>

/// `inspect`, `audit` and `validate --model` as processes, against the fake worker, whose model has two calls: the
/// second hands over a causal triangle as a mask.
class ModelCommandsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void inspectShowsTheModelAndItsCalls();
    void inspectAsJsonIsTheInspection();
    void loadersNeedNoWorker();
    void mistakesAreASentence_data();
    void mistakesAreASentence();
    void aModelThatCannotBeLoadedIsASentence();
    void auditLeavesFourFilesAndSaysTheGain();
    void auditsExitStatusTells_data();
    void auditsExitStatusTells();
    void optionsReachThePlan();
    void thePathIsAbsoluteForTheWorker();
    void trialsAndModelCanBeSkipped();
    void aProjectionIsShown();
    void anAuditCanBeResumedAndReadAgain();
    void aValidationIsOfTheModel();
    void aValidationSkipsWhatTheLoaderCannot();
};

namespace
{

constexpr const char* kHalfTheTime = R"({"changedFactor": 0.5})";

QStringList words(const char* text)
{
    return QString::fromLatin1(text).split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

/// In a folder with a model.
Cli withModel()
{
    Cli cli;
    cli.write(QStringLiteral("models/small/config.json"), "{}");
    return cli;
}

QStringList smallAudit(const char* more = "")
{
    return words("audit models/small --num-iterations 10 --num-warmup 1 --output-dir out --report-name report") +
           words(more);
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

} // namespace

void ModelCommandsTest::inspectShowsTheModelAndItsCalls()
{
    auto cli = withModel();
    const auto result = cli.run(words("inspect models/small --batch-size 3 --seq-len 64 --dtype bfloat16"));
    QVERIFY2(result.status == 0, result.err.constData());
    for (const char* said : {"InventedModel", "1.91 MiB in bfloat16", "input_ids I64 [3, 64]", "layers.0.self_attn",
                             "B3 H4 S64 D64", "mask-is-causal"})
    {
        QVERIFY2(result.out.contains(said), (QByteArray(said) + "\n" + result.out).constData());
    }
    QVERIFY(result.err.isEmpty());
    QCOMPARE(cli.files(), words("models models/small models/small/config.json"));
}

void ModelCommandsTest::inspectAsJsonIsTheInspection()
{
    const auto result = withModel().run(words("inspect models/small --json"));
    QCOMPARE(result.status, 0);
    const auto inspection = QJsonDocument::fromJson(result.out).object();
    QCOMPARE(inspection[u"calls"].toArray().size(), 2);
    QCOMPARE(inspection[u"calls"].toArray()[1].toObject()[u"content"].toString(), QStringLiteral("causal"));
}

void ModelCommandsTest::loadersNeedNoWorker()
{
    Cli cli;
    cli.set("HEADROOM_WORKER", QStringLiteral("/nonexistent"));
    const auto result = cli.run(words("inspect --loaders"));
    QVERIFY2(result.status == 0, result.err.constData());
    for (const char* loader : {"hugging-face", "config", "torchscript", "exported", "compiled"})
    {
        QVERIFY2(result.out.contains(loader), loader);
    }
}

void ModelCommandsTest::mistakesAreASentence_data()
{
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<QString>("said");
    QTest::newRow("no model") << "inspect"
                              << "There is no model; name its file or folder.";
    QTest::newRow("no model to audit") << "audit"
                                       << "There is no model; name its file or folder.";
    QTest::newRow("not there") << "inspect nothing"
                               << "The model nothing is not there.";
    QTest::newRow("not there, audit") << "audit nothing"
                                      << "The model nothing is not there.";
    QTest::newRow("not there, validate") << "validate --model nothing"
                                         << "The model nothing is not there.";
    QTest::newRow("no config.json") << "inspect models"
                                    << "has no config.json";
    QTest::newRow("no input") << "inspect models/small --input nothing.safetensors"
                              << "The input nothing.safetensors is not there.";
    QTest::newRow("no folder for the output") << "inspect models/small --save-output nowhere/out.safetensors"
                                              << "for the output is not there.";
    QTest::newRow("no batch") << "inspect models/small --batch-size 0"
                              << "--batch-size is 0; it must be at least 1.";
    QTest::newRow("no length") << "audit models/small --seq-len -2"
                               << "--seq-len is -2; it must be at least 1.";
    QTest::newRow("price alone") << "audit models/small --price-per-gpu-hour 2"
                                 << "give its --steps as well";
    QTest::newRow("no steps") << "audit models/small --steps 0"
                              << "--steps is 0; it must be at least 1.";
    QTest::newRow("steps without the model") << "audit models/small --steps 9 --skip-model"
                                             << "leave --skip-model out, or --steps";
    QTest::newRow("width of a file") << "validate --model models/small --d-model 64"
                                     << "--d-model is of the built-in model";
    QTest::newRow("weights of a file") << "validate --model models/small --weights w.safetensors"
                                       << "--weights is of the built-in model";
    QTest::newRow("input of the built-in one") << "validate --input in.safetensors"
                                               << "--input is of a model from a file";
}

void ModelCommandsTest::mistakesAreASentence()
{
    QFETCH(QString, arguments);
    QFETCH(QString, said);
    auto cli = withModel();
    cli.set("HEADROOM_WORKER", QStringLiteral("/nonexistent")); // it is said before a worker is looked for
    const auto result = cli.run(arguments.split(QLatin1Char(' ')));
    QCOMPARE(result.status, 3);
    QVERIFY2(QString::fromUtf8(result.err).contains(said), result.err.constData());
    QCOMPARE(result.err.count('\n'), 1);
    QVERIFY(result.out.isEmpty());
}

void ModelCommandsTest::aModelThatCannotBeLoadedIsASentence()
{
    auto cli = withModel();
    cli.pretend(R"({"fault": "throw", "faultAtStep": "inspect"})");
    for (const char* command : {"inspect models/small", "audit models/small", "validate --model models/small"})
    {
        const auto result = cli.run(words(command));
        QCOMPARE(result.status, 3);
        QVERIFY2(result.err.startsWith("headroom-cli: "), result.err.constData());
        QCOMPARE(cli.files(), words("models models/small models/small/config.json"));
    }
}

void ModelCommandsTest::auditLeavesFourFilesAndSaysTheGain()
{
    auto cli = withModel();
    cli.pretend(kHalfTheTime);
    const auto result = cli.run(smallAudit());
    QVERIFY2(result.status == 0, (result.out + result.err).constData());
    for (const char* name : {"out/report.csv", "out/report.journal.jsonl", "out/report.json", "out/report.md"})
    {
        QVERIFY2(cli.files().contains(QLatin1String(name)), name);
    }
    QVERIFY2(result.err.contains("InventedModel, 2 attention calls, 1 finding, on cpu"), result.err.constData());
    QVERIFY2(result.out.contains("2.00"), result.out.constData());
    const auto report = QJsonDocument::fromJson(cli.read(kJsonFile)).object()[u"headroom"].toObject();
    QVERIFY(report[u"inspection"].toObject()[u"calls"].toArray().size() == 2);
    const auto card = report[u"recommendations"].toArray()[0].toObject();
    QCOMPARE(card[u"rule"].toString(), QStringLiteral("mask-is-causal"));
    QVERIFY(qAbs(card[u"gain"].toDouble() - 2) < 0.05);
}

void ModelCommandsTest::auditsExitStatusTells_data()
{
    QTest::addColumn<QByteArray>("pretended");
    QTest::addColumn<int>("status");
    QTest::newRow("faster") << QByteArray(kHalfTheTime) << 0;
    QTest::newRow("no gain") << QByteArray("{}") << 0;
    QTest::newRow("not exact") << QByteArray(R"({"inaccurate": ["default"]})") << 1;
    QTest::newRow("noise") << QByteArray(R"({"noise": 0.6, "changedFactor": 0.97})") << 2;
    QTest::newRow("refused") << QByteArray(R"({"refused": ["default"]})") << 2;
    QTest::newRow("worker dies") << QByteArray(R"({"fault": "kill", "faultAtStep": "judge"})") << 1;
}

void ModelCommandsTest::auditsExitStatusTells()
{
    QFETCH(QByteArray, pretended);
    QFETCH(int, status);
    auto cli = withModel();
    cli.pretend(pretended.constData());
    const auto result = cli.run(smallAudit("--quiet"));
    QVERIFY2(result.status == status,
             (result.out + result.err + cli.read(QStringLiteral("out/report.md"))).constData());
}

void ModelCommandsTest::optionsReachThePlan()
{
    auto cli = withModel();
    cli.write(QStringLiteral("in.safetensors"), "x");
    QCOMPARE(cli.run(smallAudit("--batch-size 2 --seq-len 32 --dtype bfloat16 --autocast --backward --seed 7 --input "
                                "in.safetensors --allow-native-code --preset quick"))
                 .status,
             0);
    const auto plan = planOf(cli);
    const auto model = plan[u"modelFile"].toObject();
    QCOMPARE(model[u"batch"].toInt(), 2);
    QCOMPARE(model[u"sequence"].toInt(), 32);
    QCOMPARE(model[u"dtype"].toString(), QStringLiteral("bfloat16"));
    QVERIFY(model[u"autocast"].toBool() && model[u"watchBackward"].toBool() && model[u"allowNativeCode"].toBool());
    QCOMPARE(model[u"inputFile"].toString(), cli.path(QStringLiteral("in.safetensors")));
    QCOMPARE(plan[u"seed"].toInt(), 7);
    QCOMPARE(plan[u"preset"].toString(), QStringLiteral("quick"));
    QCOMPARE(plan[u"measurement"].toObject()[u"iterations"].toInt(), 10);
}

void ModelCommandsTest::thePathIsAbsoluteForTheWorker()
{
    const auto cli = withModel();
    QCOMPARE(cli.run(smallAudit()).status, 0);
    QCOMPARE(planOf(cli)[u"modelFile"].toObject()[u"path"].toString(), cli.path(QStringLiteral("models/small")));
    QVERIFY(cli.read(kJsonFile).contains("headroom-cli audit " + cli.path(QStringLiteral("models/small")).toUtf8()));
}

void ModelCommandsTest::trialsAndModelCanBeSkipped()
{
    auto cli = withModel();
    QCOMPARE(cli.run(smallAudit("--skip-trials")).status, 0);
    QCOMPARE(jobsOf(cli), words("forward training-step"));
    QCOMPARE(cli.run(smallAudit("--skip-model --force")).status, 0);
    QCOMPARE(jobsOf(cli), words("judge-mask-is-causal-1 try-mask-is-causal-1 try-mask-is-causal-1-training"));
}

void ModelCommandsTest::aProjectionIsShown()
{
    const auto result = withModel().run(smallAudit("--steps 1000000 --price-per-gpu-hour 2.5 --currency EUR"));
    QCOMPARE(result.status, 0);
    QVERIFY2(result.out.contains("training steps, 128"), result.out.constData());
    QVERIFY2(result.out.contains(" EUR"), result.out.constData());
}

void ModelCommandsTest::anAuditCanBeResumedAndReadAgain()
{
    auto cli = withModel();
    cli.pretend(kHalfTheTime);
    QCOMPARE(cli.run(smallAudit()).status, 0);
    const auto read = cli.run({QStringLiteral("report"), kJsonFile});
    QCOMPARE(read.status, 0);
    QVERIFY(read.out.contains("mask-is-causal"));
    const auto resumed = cli.run({QStringLiteral("resume"), kJournalFile, QStringLiteral("--quiet")});
    QVERIFY2(resumed.status == 0, resumed.err.constData());
}

void ModelCommandsTest::aValidationIsOfTheModel()
{
    const auto cli = withModel();
    const auto result = cli.run(words("validate --model models/small --seq-len 64 --num-iterations 10 --num-warmup 1 "
                                      "--output-dir out --report-name report"));
    QVERIFY2(result.status == 0, (result.out + result.err).constData());
    QCOMPARE(jobsOf(cli), words("probe judge forward training-step"));
    const auto plan = planOf(cli);
    QCOMPARE(plan[u"inspection"].toObject()[u"model"].toObject()[u"architecture"].toString(),
             QStringLiteral("InventedModel"));
    QCOMPARE(plan[u"modelFile"].toObject()[u"sequence"].toInt(), 64);
    QVERIFY(plan[u"modelFile"].toObject()[u"batch"].isNull());
    QVERIFY2(result.out.contains("InventedModel"), result.out.constData());
}

void ModelCommandsTest::aValidationSkipsWhatTheLoaderCannot()
{
    auto cli = withModel();
    cli.pretend(
        R"({"inspection": {"loader": "compiled", "switchesBackends": false, "calls": [{"form": "unseen", "captured": false}],
                    "model": {"architecture": "Package", "outline": {"loader": "compiled", "calls": [{}]}}}})");
    const auto result = cli.run(words("validate --model models/small --num-iterations 10 --num-warmup 1 --output-dir "
                                      "out --report-name report --quiet"));
    QVERIFY2(result.err.isEmpty(), result.err.constData());
    QCOMPARE(jobsOf(cli), words("probe forward"));
}

QTEST_GUILESS_MAIN(ModelCommandsTest)
#include "tst_model_commands.moc"
