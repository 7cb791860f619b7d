// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QTest>

/// What `validate` refuses: one sentence on standard error, status 3, and nothing made.
class ValidateInputTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void badInputIsOneSentenceAndStatus3_data();
    void badInputIsOneSentenceAndStatus3();
    void folderThatCannotBeMadeIsRefused();
    void folderBelowAFileIsRefused();
    void unknownCudaDeviceNamesWhatThereIs();
    void weightsThatAreNoneAreRefused();
    void packageThatIsNoneIsRefused();
    void missingWorkerPointsToDoctor();
    void workerThatEndsAtOncePointsToDoctor();
    void existingReportIsKept();
    void existingTableIsKept();
    void unfinishedJournalNamesResume();
};

namespace
{

/// Compares the bytes of all files with what they were.
void verifyUntouched(const Cli& cli, const QStringList& files)
{
    QCOMPARE(cli.files(), files);
}

void verifyRefusal(const CliResult& result, const char* said)
{
    QCOMPARE(result.status, 3);
    QVERIFY2(result.out.isEmpty(), result.out.constData());
    QVERIFY2(result.err.startsWith("headroom-cli: "), result.err.constData());
    QVERIFY2(result.err.contains(said), result.err.constData());
    QCOMPARE(result.err.count('\n'), 1);
}

} // namespace

void ValidateInputTest::badInputIsOneSentenceAndStatus3_data()
{
    QTest::addColumn<QString>("more");
    QTest::addColumn<QString>("said");

    QTest::newRow("heads")
        << "--d-model 770 --num-heads 12"
        << "d_model 770 cannot be divided among 12 heads. Use 11 or 14 heads, or d_model 768 or 780.";
    QTest::newRow("no width") << "--d-model 0"
                              << "The d_model is 0; it must be at least 1.";
    QTest::newRow("negative width") << "--d-model -64"
                                    << "The d_model is -64; it must be at least 1.";
    QTest::newRow("no batch") << "--batch-size 0"
                              << "The batch size is 0; it must be at least 1.";
    QTest::newRow("negative sequence") << "--seq-len -1"
                                       << "The sequence length is -1; it must be at least 1.";
    QTest::newRow("no vocabulary") << "--vocab-size 0"
                                   << "The vocabulary size is 0; it must be at least 1.";
    QTest::newRow("no heads") << "--num-heads 0"
                              << "The number of heads is 0; it must be at least 1.";
    QTest::newRow("negative layers") << "--num-layers -1"
                                     << "The number of layers is -1; it must be at least 0.";
    QTest::newRow("sequence past the table") << "--seq-len 64 --max-seq-len 32"
                                             << "longer than the model's maximal sequence";
    QTest::newRow("no iterations") << "--num-iterations 0"
                                   << "--num-iterations is 0; it must be at least 1.";
    QTest::newRow("negative warm-up") << "--num-warmup -1"
                                      << "--num-warmup is -1; it must be at least 0.";
    QTest::newRow("samples") << "--min-samples 20 --max-samples 10"
                             << "--min-samples 20 is more than --max-samples 10.";
    QTest::newRow("target") << "--target-speedup 0"
                            << "--target-speedup is 0; it must be more than 0.";
    QTest::newRow("budget") << "--max-seconds -5"
                            << "--max-seconds is -5; it must be more than 0.";
    QTest::newRow("sweep") << "--extended-benchmarks --batch-sizes 1,0"
                           << "--batch-sizes is 0; it must be at least 1.";
    QTest::newRow("autocast of 16 bits") << "--autocast --dtype float16"
                                         << "Autocast keeps weights in float32";
    QTest::newRow("too large to count") << "--d-model 4000000000 --vocab-size 4000000000 --num-heads 1"
                                        << "too large to count";
    QTest::newRow("memory") << "--seq-len 1000000 --batch-size 64"
                            << "These sizes do not fit: a training step with math attention needs about";
    QTest::newRow("memory of the logits") << "--vocab-size 1000000 --batch-size 30000 --num-layers 0"
                                          << "the output over the vocabulary: use a smaller --batch-size or --seq-len";
    QTest::newRow("report name with a folder") << "--report-name a/b"
                                               << "holds a folder. Name the folder with --output-dir.";
    QTest::newRow("no report name") << "--report-name .json"
                                    << "'.json' is no name for a report.";
}

void ValidateInputTest::badInputIsOneSentenceAndStatus3()
{
    QFETCH(QString, more);
    QFETCH(QString, said);
    const Cli cli;
    const auto result = cli.run(smallValidation(more.split(QLatin1Char(' '))));
    verifyRefusal(result, qPrintable(said));
    verifyUntouched(cli, {});
}

void ValidateInputTest::folderThatCannotBeMadeIsRefused()
{
    const Cli cli;
    verifyRefusal(cli.run(smallValidation({QStringLiteral("--output-dir"), QStringLiteral("/proc/headroom/out")})),
                  "Cannot write to /proc");
}

void ValidateInputTest::folderBelowAFileIsRefused()
{
    const Cli cli;
    cli.write(QStringLiteral("taken"), "a file");
    verifyRefusal(cli.run(smallValidation({QStringLiteral("--output-dir"), QStringLiteral("taken/out")})),
                  "is no folder");
    QCOMPARE(cli.read(QStringLiteral("taken")), QByteArray("a file"));
}

void ValidateInputTest::unknownCudaDeviceNamesWhatThereIs()
{
    Cli cli;
    verifyRefusal(
        cli.run(smallValidation({QStringLiteral("--device"), QStringLiteral("cuda")})),
        "There is no device cuda:0 here; there is cpu (fake device). LibTorch cannot use CUDA: no CUDA device.");
    cli.pretend(R"({"cuda": true})");
    verifyRefusal(cli.run(smallValidation({QStringLiteral("--device"), QStringLiteral("cuda:3")})),
                  "There is no device cuda:3 here; there is cpu (fake device), cuda:0 (fake device).");
    verifyUntouched(cli, {});
}

void ValidateInputTest::weightsThatAreNoneAreRefused()
{
    const Cli cli;
    cli.write(QStringLiteral("weights"), "these are no weights");
    verifyRefusal(cli.run(smallValidation({QStringLiteral("--weights"), QStringLiteral("weights")})), "weights");
    verifyRefusal(cli.run(smallValidation({QStringLiteral("--weights"), QStringLiteral("missing")})), "missing");
    const QByteArray header = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
    QByteArray length(8, '\0');
    length[0] = static_cast<char>(header.size());
    cli.write(QStringLiteral("few"), length + header + QByteArray(8, '\0'));
    verifyRefusal(cli.run(smallValidation({QStringLiteral("--weights"), QStringLiteral("few")})),
                  "few holds 2 weights, and a model of these sizes has");
    verifyUntouched(cli, {QStringLiteral("few"), QStringLiteral("weights")});
}

void ValidateInputTest::packageThatIsNoneIsRefused()
{
    const Cli cli;
    cli.write(QStringLiteral("package"), "no archive");
    verifyRefusal(cli.run(smallValidation({QStringLiteral("--compiled"), QStringLiteral("package")})),
                  "package is no AOTInductor package.");
    verifyRefusal(cli.run(smallValidation({QStringLiteral("--compiled"), QStringLiteral("missing")})),
                  "Cannot read the compiled package missing.");
}

void ValidateInputTest::missingWorkerPointsToDoctor()
{
    Cli cli;
    cli.set("HEADROOM_WORKER", QStringLiteral("/no/such/worker"));
    verifyRefusal(cli.run(smallValidation()), "`headroom-cli doctor`");
    cli.set("HEADROOM_WORKER", QStringLiteral("'/no/such"));
    verifyRefusal(cli.run(smallValidation()), "a quote that is not closed");
    verifyUntouched(cli, {});
}

void ValidateInputTest::workerThatEndsAtOncePointsToDoctor()
{
    Cli cli;
    cli.set("HEADROOM_WORKER",
            QStringLiteral("sh -c 'echo libtorch.so: cannot open shared object file >&2; exit 127'"));
    const auto result = cli.run(smallValidation());
    verifyRefusal(result, "libtorch.so: cannot open shared object file");
    QVERIFY2(result.err.contains("`headroom-cli doctor`"), result.err.constData());
    verifyUntouched(cli, {});
}

void ValidateInputTest::existingReportIsKept()
{
    const Cli cli;
    cli.write(kJsonFile, "precious");
    verifyRefusal(cli.run(smallValidation()), "out/report.json is there already and is kept. Replace it with --force");
    QCOMPARE(cli.read(kJsonFile), QByteArray("precious"));
    verifyUntouched(cli, {QStringLiteral("out"), kJsonFile});
}

void ValidateInputTest::existingTableIsKept()
{
    const Cli cli;
    cli.write(QStringLiteral("out/report.csv"), "precious");
    verifyRefusal(cli.run(smallValidation()), "out/report.csv is there already");
    QCOMPARE(cli.read(QStringLiteral("out/report.csv")), QByteArray("precious"));
}

void ValidateInputTest::unfinishedJournalNamesResume()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation()).status, 0);
    const QByteArray whole = cli.read(kJournalFile);
    const QByteArray cut = whole.left(whole.size() / 2);
    cli.write(kJournalFile, cut);
    verifyRefusal(cli.run(smallValidation()), "`headroom-cli resume out/report.journal.jsonl`");
    QCOMPARE(cli.read(kJournalFile), cut);
}

QTEST_GUILESS_MAIN(ValidateInputTest)
#include "tst_validate_input.moc"
