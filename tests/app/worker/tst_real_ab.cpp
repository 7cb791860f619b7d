// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QJsonArray>
#include <QTest>

/// `ab` over real LibTorch on the CPU, with one worker and with two.
class RealAbTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mathAndFlashAreToldApart();
    void twoWorkersTakeTurns();
    void aModelIsComparedWithItself();
    void twoModelsAreCompared();
};

namespace
{

class RealCli : public Cli
{
public:
    RealCli() { set("HEADROOM_WORKER", QStringLiteral(HEADROOM_WORKER_PROGRAM)); }

    QJsonObject report() const { return QJsonDocument::fromJson(read(QStringLiteral("out/ab.json"))).object(); }
    QString verdict() const { return report()[u"headroom"][u"comparisons"][0][u"comparison"][u"verdict"].toString(); }
};

QStringList smallAb(const char* more)
{
    return (QStringLiteral("ab --batch-size 1 --num-heads 4 --output-dir out ") + QString::fromUtf8(more))
        .split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

} // namespace

/// Math writes 1024 x 1024 scores of four heads, and flash none.
void RealAbTest::mathAndFlashAreToldApart()
{
    const RealCli cli;
    const auto result = cli.run(smallAb("--seq-len 1024 --a backend=flash --b backend=math --max-seconds 30"));
    QVERIFY2(result.status == 1, (result.out + result.err).constData());
    QCOMPARE(cli.verdict(), QStringLiteral("slower"));
    for (const auto& row : cli.report()[u"cases"].toArray())
    {
        QCOMPARE(row[u"evidence"][u"ran"], row[u"measured"][u"backend"]);
        QCOMPARE(row[u"accuracy"].toString(), QStringLiteral("passed"));
        QCOMPARE(row[u"result"][u"stop"].toString(), QStringLiteral("decided"));
    }
}

/// Two processes of LibTorch. How many cores this machine has left is not known, so no certain verdict is wanted.
void RealAbTest::twoWorkersTakeTurns()
{
    const RealCli cli;
    const auto result =
        cli.run(smallAb("--seq-len 256 --backend flash --a OMP_NUM_THREADS=2 --b OMP_NUM_THREADS=1 --max-seconds 10"));
    QVERIFY2(result.status >= 0 && result.status <= 2, (result.out + result.err).constData());
    const auto circumstances = cli.report()[u"circumstances"].toObject();
    QCOMPARE(circumstances[u"threads"].toInt(), 2);
    QCOMPARE(circumstances[u"others"][0][u"threads"].toInt(), 1);
    QCOMPARE(circumstances[u"others"][0][u"environment"][u"GOMP_SPINCOUNT"].toString(), QStringLiteral("0"));
    for (const auto& row : cli.report()[u"cases"].toArray())
    {
        QVERIFY(row[u"deviceNs"].toArray().size() > 0);
        QCOMPARE(row[u"evidence"][u"ran"].toString(), QStringLiteral("flash"));
        QCOMPARE(row[u"accuracy"].toString(), QStringLiteral("passed"));
    }
}

void RealAbTest::aModelIsComparedWithItself()
{
    const RealCli cli;
    const auto result = cli.run((QStringLiteral("ab --output-dir out --max-seconds 20 --model ") +
                                 QStringLiteral(HEADROOM_TEST_DATA "/models/gpt2"))
                                    .split(QLatin1Char(' ')));
    QVERIFY2(result.status >= 0 && result.status <= 2, (result.out + result.err).constData());
    QVERIFY2(!cli.verdict().isEmpty(), (result.out + result.err).constData());
    QCOMPARE(cli.report()[u"cases"].toArray().size(), 2);
}

void RealAbTest::twoModelsAreCompared()
{
    const RealCli cli;
    const QString models = QStringLiteral(HEADROOM_TEST_DATA "/models/");
    const auto result = cli.run({QStringLiteral("ab"), QStringLiteral("--output-dir"), QStringLiteral("out"),
                                 QStringLiteral("--max-seconds"), QStringLiteral("20"), QStringLiteral("--seq-len"),
                                 QStringLiteral("16"), QStringLiteral("--model"), models + QStringLiteral("gpt2"),
                                 QStringLiteral("--b"), QStringLiteral("model=") + models + QStringLiteral("llama")});
    QVERIFY2(result.status >= 0 && result.status <= 2, (result.out + result.err).constData());
    QStringList measured;
    for (const auto& row : cli.report()[u"cases"].toArray())
    {
        measured << row[u"measured"][u"subject"][u"model"][u"model"][u"architecture"].toString();
        QCOMPARE(row[u"accuracy"].toString(), QStringLiteral("passed"));
        QVERIFY(row[u"deviceNs"].toArray().size() > 0);
    }
    QCOMPARE(measured, (QStringList{QStringLiteral("GPT2LMHeadModel"), QStringLiteral("LlamaForCausalLM")}));
}

QTEST_GUILESS_MAIN(RealAbTest)
#include "tst_real_ab.moc"
