// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QJsonArray>
#include <QRegularExpression>
#include <QSet>
#include <QTest>
#include <QXmlStreamReader>

/// A baseline and a gate over real LibTorch on the CPU. How long anything takes decides nothing here: the thresholds
/// ask for a change by a factor of eleven.
class RealGateTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void unchangedRunsAreHeldAgainstABaseline();
};

namespace
{

/// Several runs, each with LibTorch to be loaded, on a machine that may have other things to do.
constexpr int kPatienceMs = 200000;

QSet<QString> casesIn(const QByteArray& junit)
{
    QSet<QString> names;
    QXmlStreamReader reader(junit);
    while (!reader.atEnd())
    {
        if (reader.readNext() == QXmlStreamReader::StartElement && reader.name() == QStringLiteral("testcase"))
        {
            names.insert(reader.attributes().value(QStringLiteral("name")).toString());
        }
    }
    return reader.hasError() ? QSet<QString>() : names;
}

} // namespace

void RealGateTest::unchangedRunsAreHeldAgainstABaseline()
{
    Cli cli;
    cli.set("HEADROOM_WORKER", QStringLiteral(HEADROOM_WORKER_PROGRAM));
    cli.set("HEADROOM_HISTORY", cli.path(QStringLiteral("history")));
    const auto say = [&cli](const char* text)
    {
        const auto process = cli.start(QString::fromUtf8(text).split(QLatin1Char(' ')));
        process->waitForFinished(kPatienceMs);
        return finish(*process);
    };
    cli.write(QStringLiteral("gate.json"),
              R"({"time": {"minimumEffect": 10}, "cannotTell": {"detectableEffect": 1000}})");
    const auto plan = say("sweep --device cpu --seq-len 32 --head-dim 32 --num-heads 2 --batch-size 1 --policy quick "
                          "--max-case-seconds 0.05 --output-dir out --report-name report --quiet");
    QVERIFY2(plan.status == 0, plan.err.constData());
    const auto recorded = say("baseline record real --like out/report.json --runs 3 --quiet");
    QVERIFY2(recorded.status == 0, recorded.err.constData());
    const auto gate = say("gate --baseline real --runs 3 --thresholds gate.json --junit gate.xml --json --quiet");
    QVERIFY2(gate.status == 0 || gate.status == 2, (gate.out + gate.err).constData());

    const auto verdict = QJsonDocument::fromJson(gate.out).object();
    const auto names = casesIn(cli.read(QStringLiteral("gate.xml")));
    const auto cases = verdict[u"cases"].toArray();
    QVERIFY(!cases.isEmpty());
    for (const auto& one : cases)
    {
        QVERIFY2(names.contains(one.toObject()[u"title"].toString()), qPrintable(one.toObject()[u"title"].toString()));
        QCOMPARE(one.toObject()[u"baseline"].toObject()[u"measured"].toInt(), 3);
        QCOMPARE(one.toObject()[u"candidate"].toObject()[u"measured"].toInt(), 3);
        QVERIFY(!one.toObject()[u"baseline"].toObject()[u"ran"].toArray().isEmpty());
    }
    const QRegularExpression journals(QStringLiteral("^history/.*journal.jsonl$"));
    QVERIFY(cli.files().filter(journals).size() >= 6);
}

QTEST_GUILESS_MAIN(RealGateTest)
#include "tst_real_gate.moc"
