// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QRegularExpression>
#include <QTest>

/// How headroom-cli is asked, and what it says to what it does not understand.
class UsageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void helpOfEachCommandIsReadable_data();
    void helpOfEachCommandIsReadable();
    void helpNeedsNoWorker();
    void versionIsPrinted();
    void nothingAskedPrintsTheHelp();
    void misuseIsOneSentenceAndStatus3_data();
    void misuseIsOneSentenceAndStatus3();
};

void UsageTest::helpOfEachCommandIsReadable_data()
{
    QTest::addColumn<QString>("command");
    for (const char* command : {"", "validate", "report", "export", "resume", "devices", "doctor"})
    {
        QTest::newRow(*command ? command : "headroom-cli") << QString::fromLatin1(command);
    }
}

void UsageTest::helpOfEachCommandIsReadable()
{
    QFETCH(QString, command);
    QStringList arguments{QStringLiteral("--help")};
    if (!command.isEmpty())
    {
        arguments.prepend(command);
    }
    const auto result = Cli().run(arguments);
    QCOMPARE(result.status, 0);
    QVERIFY(result.err.isEmpty());
    const QString text = QString::fromUtf8(result.out);
    QVERIFY(text.contains(QStringLiteral("Usage: headroom-cli")));
    QVERIFY(text.contains(QStringLiteral("  headroom-cli ")));
    QVERIFY(text.contains(QStringLiteral("--help")));
    for (const QString& line : text.split(QLatin1Char('\n')))
    {
        QVERIFY2(line.size() <= 100, qPrintable(line));
        QVERIFY2(!line.endsWith(QLatin1Char(' ')), qPrintable(line));
    }
}

void UsageTest::helpNeedsNoWorker()
{
    Cli cli;
    cli.set("HEADROOM_WORKER", QStringLiteral("/no/such/worker"));
    QCOMPARE(cli.run({QStringLiteral("--help")}).status, 0);
    QCOMPARE(cli.run({QStringLiteral("validate"), QStringLiteral("--help")}).status, 0);
    QCOMPARE(cli.run({QStringLiteral("--version")}).status, 0);
}

void UsageTest::versionIsPrinted()
{
    const auto result = Cli().run({QStringLiteral("--version")});
    QCOMPARE(result.status, 0);
    static const QRegularExpression version(QStringLiteral("^headroom-cli \\d+\\.\\d+\\.\\d+"));
    QVERIFY2(version.match(QString::fromUtf8(result.out)).hasMatch(), result.out.constData());
}

void UsageTest::nothingAskedPrintsTheHelp()
{
    const auto result = Cli().run({});
    QCOMPARE(result.status, 3);
    QVERIFY(result.out.isEmpty());
    QVERIFY(result.err.contains("Usage: headroom-cli"));
}

void UsageTest::misuseIsOneSentenceAndStatus3_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("said");

    QTest::newRow("unknown command") << "valdate"
                                     << "There is no command 'valdate'. Did you mean validate?";
    QTest::newRow("far from any command") << "frobnicate"
                                          << "There is no command 'frobnicate'.";
    QTest::newRow("unknown option") << "validate --seqlen 3"
                                    << "does not take '--seqlen'. Did you mean --seq-len?";
    QTest::newRow("the beginning of an option") << "sweep --pass forward"
                                                << "does not take '--pass'. Did you mean --passes?";
    QTest::newRow("option with =") << "validate --bach-size=3"
                                   << "'--bach-size=3'. Did you mean --batch-size?";
    QTest::newRow("word too many") << "validate now"
                                   << "does not take 'now'.";
    QTest::newRow("unknown global option") << "--frob"
                                           << "does not take '--frob'.";
    QTest::newRow("no value") << "validate --d-model"
                              << "--d-model needs a value.";
    QTest::newRow("no number") << "validate --d-model many"
                               << "--d-model: 'many' is not a whole number.";
    QTest::newRow("a fraction") << "validate --num-layers 2.5"
                                << "--num-layers: '2.5' is not a whole number.";
    QTest::newRow("a number with more") << "validate --batch-size 4x"
                                        << "--batch-size: '4x' is not a whole number.";
    QTest::newRow("too large a number") << "validate --d-model 99999999999999999999"
                                        << "is too large a number.";
    QTest::newRow("not a number at all") << "validate --target-speedup fast"
                                         << "--target-speedup: 'fast' is not a number.";
    QTest::newRow("infinite") << "validate --max-seconds inf"
                              << "--max-seconds: 'inf' is not a number";
    QTest::newRow("negative seed") << "validate --seed -1"
                                   << "--seed: '-1' is not a whole number from 0 on.";
    QTest::newRow("dtype") << "validate --dtype int8"
                           << "--dtype: 'int8' is not a data type; use one of float32,";
    QTest::newRow("preset") << "validate --preset slow"
                            << "--preset: 'slow' is not a preset; use one of quick,";
    QTest::newRow("device") << "validate --device tpu"
                            << "--device: 'tpu' is not a device; use cpu, cuda, or cuda:N";
    QTest::newRow("device number") << "validate --device cuda:x"
                                   << "--device: 'cuda:x' is not a device";
    QTest::newRow("list") << "validate --batch-sizes 1,two,3"
                          << "--batch-sizes: 'two' is not a whole number.";
    QTest::newRow("empty list entry") << "validate --seq-lens 1,,3"
                                      << "--seq-lens: '' is not a whole number.";
    QTest::newRow("policy") << "validate --num-iterations x"
                            << "--num-iterations: 'x' is not a whole number.";
    QTest::newRow("report without file") << "report"
                                         << "headroom-cli report needs a FILE.";
    QTest::newRow("export without file") << "export --format csv"
                                         << "headroom-cli export needs a FILE.";
    QTest::newRow("export format") << "export x --format docx"
                                   << "--format: 'docx' is not a report format; use one of json,";
    QTest::newRow("resume without run") << "resume"
                                        << "headroom-cli resume needs a RUN.";
}

void UsageTest::misuseIsOneSentenceAndStatus3()
{
    QFETCH(QString, line);
    QFETCH(QString, said);
    const Cli cli;
    const auto result = cli.run(line.split(QLatin1Char(' ')));
    QCOMPARE(result.status, 3);
    QVERIFY(result.out.isEmpty());
    QVERIFY2(result.err.startsWith("headroom-cli: "), result.err.constData());
    QVERIFY2(QString::fromUtf8(result.err).contains(said), result.err.constData());
    QCOMPARE(result.err.count('\n'), 1);
    QCOMPARE(cli.files(), QStringList());
}

QTEST_GUILESS_MAIN(UsageTest)
#include "tst_usage.moc"
