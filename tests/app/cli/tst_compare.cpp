// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QJsonArray>
#include <QTest>

/// `compare` of runs of the worker that pretends, whose times are known.
class TestCompare : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        makeRun(QStringLiteral("same"), R"({"noise": 0.0005})");
        makeRun(QStringLiteral("again"), R"({"noise": 0.0005})");
        makeRun(QStringLiteral("slow"), R"({"noise": 0.0005, "forwardMs": {"math": 4.0, "flash": 3.0}})");
        makeRun(QStringLiteral("other"), R"({"noise": 0.0005, "ranInstead": "math"})");
        makeRun(QStringLiteral("wrong"), R"({"noise": 0.0005, "inaccurate": ["flash"]})");
        const QString sweep = QStringLiteral("sweep --seq-len 64 --num-heads 2 --batch-size 1 --num-iterations 8 "
                                             "--num-warmup 1 --output-dir out");
        const auto made = m_cli.run(sweep.split(QLatin1Char(' ')));
        QVERIFY2(made.status < 3, (made.out + made.err).constData());
        m_cli.set("HEADROOM_WORKER", QStringLiteral("/no/such/worker"));
    }

    void runsAreCompared_data()
    {
        QTest::addColumn<QString>("second");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("the same") << "again" << 0 << QByteArray("slower in 0");
        QTest::newRow("slower") << "slow" << 1 << QByteArray("slower");
        QTest::newRow("another backend") << "other" << 1 << QByteArray("Another backend ran in");
        QTest::newRow("wrong numbers") << "wrong" << 1 << QByteArray("Accuracy is worse in");
    }

    void runsAreCompared()
    {
        QFETCH(QString, second);
        QFETCH(int, status);
        QFETCH(QByteArray, says);
        const auto result = compare({file(QStringLiteral("same")), file(second)});
        QVERIFY2(result.status == status, (result.out + result.err).constData());
        QVERIFY2(simple(result.out).contains(says), result.out.constData());
        QVERIFY(result.err.isEmpty());
    }

    void unlikeCircumstancesComeFirstAndCanBeForced()
    {
        auto report = QJsonDocument::fromJson(m_cli.read(file(QStringLiteral("slow")))).object();
        auto facts = report[u"circumstances"].toObject();
        facts[u"driverVersion"] = QStringLiteral("999.1");
        report[u"circumstances"] = facts;
        m_cli.write(QStringLiteral("elsewhere.json"), QJsonDocument(report).toJson());
        const auto kept = compare({file(QStringLiteral("same")), QStringLiteral("elsewhere.json")});
        QVERIFY2(kept.status == 2, (kept.out + kept.err).constData());
        QVERIFY2(kept.out.indexOf("999.1") < kept.out.indexOf("like for like"), kept.out.constData());
        QVERIFY2(simple(kept.out).contains("no verdict. --force gives verdicts all the same."), kept.out.constData());
        const auto forced =
            compare({file(QStringLiteral("same")), QStringLiteral("elsewhere.json"), QStringLiteral("--force")});
        QCOMPARE(forced.status, 1);
    }

    void aDocumentAndJsonCanBeHad()
    {
        const auto markdown =
            compare({file(QStringLiteral("same")), file(QStringLiteral("slow")), QStringLiteral("--markdown")});
        QCOMPARE(markdown.status, 1);
        QVERIFY2(markdown.out.startsWith("# Headroom compare"), markdown.out.constData());
        const auto json = compare({file(QStringLiteral("same")), file(QStringLiteral("again")),
                                   file(QStringLiteral("slow")), QStringLiteral("--json")});
        const auto all = QJsonDocument::fromJson(json.out).object();
        QCOMPARE(all[u"conclusion"].toString(), QStringLiteral("failed"));
        QCOMPARE(all[u"comparisons"].toArray().size(), 2);
        QCOMPARE(all[u"comparisons"].toArray()[0].toObject()[u"conclusion"].toString(), QStringLiteral("passed"));
    }

    /// A filter chooses among calls of attention, as of a sweep.
    void aFilterOfNothingIsASentence()
    {
        const QString run = file(QStringLiteral("sweep"));
        for (const QStringList& line :
             {QStringList{QStringLiteral("compare"), run, run},
              QStringList{QStringLiteral("cost"), run, QStringLiteral("--prices"), QStringLiteral("prices.json")}})
        {
            m_cli.write(QStringLiteral("prices.json"),
                        R"({"currency": "EUR", "devices": [{"name": "*", "perHour": 1}]})");
            const auto result = m_cli.run(line + QStringList{QStringLiteral("--filter"), QStringLiteral("seq>=1m")});
            QCOMPARE(result.status, 3);
            QVERIFY2(result.err.contains("--filter matches no case"), result.err.constData());
        }
    }

    void mistakesAreOneSentence_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("one run") << QStringList{file(QStringLiteral("same"))} << QByteArray("two runs or more");
        QTest::newRow("no such run") << QStringList{file(QStringLiteral("same")), QStringLiteral("none.json")}
                                     << QByteArray("none.json");
        QTest::newRow("both outputs") << QStringList{file(QStringLiteral("same")), file(QStringLiteral("slow")),
                                                     QStringLiteral("--json"), QStringLiteral("--markdown")}
                                      << QByteArray("Choose one");
        QTest::newRow("confidence") << QStringList{file(QStringLiteral("same")), file(QStringLiteral("slow")),
                                                   QStringLiteral("--confidence"), QStringLiteral("95")}
                                    << QByteArray("between 0 and 1");
        QTest::newRow("filter") << QStringList{file(QStringLiteral("same")), file(QStringLiteral("slow")),
                                               QStringLiteral("--filter"), QStringLiteral("colour=red")}
                                << QByteArray("--filter");
    }

    void mistakesAreOneSentence()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, says);
        const auto result = compare(arguments);
        QCOMPARE(result.status, 3);
        QVERIFY2(result.err.contains(says), result.err.constData());
        QCOMPARE(result.err.count('\n'), 1);
        QVERIFY(result.out.isEmpty());
    }

private:
    static QString file(const QString& name) { return QStringLiteral("out/%1.json").arg(name); }
    static QByteArray simple(const QByteArray& text) { return text.simplified(); }

    void makeRun(const QString& name, const char* pretended)
    {
        m_cli.pretend(pretended);
        const auto result = m_cli.run(smallValidation(
            {QStringLiteral("--report-name"), name, QStringLiteral("--num-iterations"), QStringLiteral("20")}));
        QVERIFY2(result.status >= 0 && result.status < 3, (result.out + result.err).constData());
    }

    CliResult compare(const QStringList& arguments) const
    {
        return m_cli.run(QStringList{QStringLiteral("compare")} + arguments);
    }

    Cli m_cli;
};

QTEST_GUILESS_MAIN(TestCompare)
#include "tst_compare.moc"
