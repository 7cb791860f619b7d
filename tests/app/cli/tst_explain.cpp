// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QJsonArray>
#include <QTest>

/// `headroom-cli explain` as a process, against the fake worker, whose LibTorch says what the rules say.
class ExplainTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysWhoTakesItAndWhy();
    void jsonHoldsTheWholeAnswer();
    void aGpuThatIsNotHere();
    void rulesAloneNeedNoWorker();
    void theMatrixIsATableADataType();
    void badShapeIsASentence_data();
    void badShapeIsASentence();
};

void ExplainTest::saysWhoTakesItAndWhy()
{
    Cli cli;
    cli.pretend(R"({"cuda": true})");
    const auto result = cli.run({QStringLiteral("explain"), QStringLiteral("--head-dim"), QStringLiteral("80"),
                                 QStringLiteral("--mask"), QStringLiteral("boolean")});
    QCOMPARE(result.status, 0);
    QVERIFY2(result.out.contains("Who takes B4 H12 S128 D80 float32 boolean mask"), result.out.constData());
    QVERIFY2(result.out.contains("cast to bfloat16"), result.out.constData());
    QVERIFY2(result.out.contains("the same result only if"), result.out.constData());
    QVERIFY2(result.out.contains("LibTorch left to itself chooses memory-efficient."), result.out.constData());
    QVERIFY(result.err.isEmpty());
}

void ExplainTest::jsonHoldsTheWholeAnswer()
{
    const auto result = Cli().run({QStringLiteral("explain"), QStringLiteral("--json")});
    QCOMPARE(result.status, 0);
    const auto answer = QJsonDocument::fromJson(result.out).object();
    const auto evidence = answer[u"evidence"].toObject();
    QCOMPARE(evidence[u"answers"].toArray().size(), 4);
    QCOMPARE(evidence[u"libtorchDefault"].toString(), QStringLiteral("flash"));
    QVERIFY(answer.contains(u"remedies"));
}

void ExplainTest::aGpuThatIsNotHere()
{
    Cli cli;
    cli.set("HEADROOM_WORKER", QStringLiteral("/nonexistent"));
    const auto result = cli.run({QStringLiteral("explain"), QStringLiteral("--compute-capability"),
                                 QStringLiteral("8.6"), QStringLiteral("--dtype"), QStringLiteral("float16"),
                                 QStringLiteral("--head-dim"), QStringLiteral("200")});
    QVERIFY2(result.status == 0, result.err.constData());
    QVERIFY2(result.out.contains("pad head_dim 200 to 232"), result.out.constData());
    QVERIFY2(result.out.contains("not asked"), result.out.constData());
}

void ExplainTest::rulesAloneNeedNoWorker()
{
    Cli cli;
    cli.set("HEADROOM_WORKER", QStringLiteral("/nonexistent"));
    QCOMPARE(cli.run({QStringLiteral("explain"), QStringLiteral("--rules-only")}).status, 0);
    const auto refused = cli.run({QStringLiteral("explain"), QStringLiteral("--rules-only"), QStringLiteral("--device"),
                                  QStringLiteral("cuda")});
    QCOMPARE(refused.status, 3);
    QVERIFY2(refused.err.contains("--compute-capability"), refused.err.constData());
}

void ExplainTest::theMatrixIsATableADataType()
{
    Cli cli;
    cli.pretend(R"({"cuda": true})");
    const auto result = cli.run({QStringLiteral("explain"), QStringLiteral("--matrix"), QStringLiteral("--head-dims"),
                                 QStringLiteral("64,512")});
    QCOMPARE(result.status, 0);
    for (const char* dtype : {"float32", "bfloat16", "float16", "float64"})
    {
        QVERIFY2(result.out.contains(dtype), result.out.constData());
    }
    QCOMPARE(result.out.count("512"), 4);
}

void ExplainTest::badShapeIsASentence_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("said");
    QTest::newRow("no heads") << QStringList{QStringLiteral("--num-heads"), QStringLiteral("0")}
                              << "the number of query heads is 0";
    QTest::newRow("dropout") << QStringList{QStringLiteral("--dropout"), QStringLiteral("1.5")} << "dropout is 1.5";
    QTest::newRow("mask") << QStringList{QStringLiteral("--mask-gradient")} << "--mask additive";
    QTest::newRow("capability") << QStringList{QStringLiteral("--compute-capability"), QStringLiteral("90")}
                                << "like 9.0";
    QTest::newRow("head dims") << QStringList{QStringLiteral("--head-dims"), QStringLiteral("0")} << "0 is no head_dim";
}

void ExplainTest::badShapeIsASentence()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, said);
    const auto result = Cli().run(QStringList{QStringLiteral("explain")} + arguments);
    QCOMPARE(result.status, 3);
    QVERIFY2(QString::fromUtf8(result.err).contains(said), result.err.constData());
    QVERIFY(result.out.isEmpty());
}

QTEST_GUILESS_MAIN(ExplainTest)
#include "tst_explain.moc"
