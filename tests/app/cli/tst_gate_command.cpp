// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QTest>
#include <QXmlStreamReader>

namespace
{

QStringList words(const char* text)
{
    return QString::fromUtf8(text).split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

/// With a history of its own.
class GateCli : public Cli
{
public:
    GateCli() { set("HEADROOM_HISTORY", path(QStringLiteral("history"))); }

    CliResult say(const char* text) const { return run(words(text)); }

    /// A validation whose plan the baseline is of, and the baseline `night` of three runs of it.
    bool haveBaseline() const
    {
        return run(smallValidation()).status == 0 &&
               say("baseline record night --runs 3 --like out/report.json").status == 0;
    }
};

struct Junit
{
    bool isWhole = false;
    int cases = 0;
    int failures = 0;
    int skipped = 0;
};

Junit readJunit(const QByteArray& text)
{
    Junit junit;
    QXmlStreamReader reader(text);
    while (!reader.atEnd())
    {
        if (reader.readNext() == QXmlStreamReader::StartElement)
        {
            junit.cases += reader.name() == QStringLiteral("testcase") ? 1 : 0;
            junit.failures += reader.name() == QStringLiteral("failure") ? 1 : 0;
            junit.skipped += reader.name() == QStringLiteral("skipped") ? 1 : 0;
        }
    }
    junit.isWhole = !reader.hasError() && junit.cases > 0;
    return junit;
}

constexpr int kCases = 6; ///< of the small validation: three backends, two passes
constexpr const char* kGate = "gate --baseline night --runs 2 --quiet --junit ci/gate.xml --markdown ci/gate.md";

} // namespace

class GateCommandTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void unchangedPasses()
    {
        const GateCli cli;
        QVERIFY(cli.haveBaseline());
        const auto result = cli.say("gate --baseline night --junit ci/gate.xml --markdown ci/gate.md");
        QVERIFY2(result.status == 0, (result.out + result.err).constData());
        QVERIFY(result.out.startsWith("Gate passed\n"));
        QVERIFY(result.err.contains("Run 3 of 3, in a worker process of its own"));
        const auto junit = readJunit(cli.read(QStringLiteral("ci/gate.xml")));
        QVERIFY(junit.isWhole);
        QVERIFY(junit.cases >= kCases);
        QCOMPARE(junit.failures, 0);
        QVERIFY(cli.read(QStringLiteral("ci/gate.md")).startsWith("## Gate passed\n"));
        // Three of the baseline and three of the gate, beside what validate kept.
        QVERIFY(cli.files().filter(QRegularExpression(QStringLiteral("^history/.*journal.jsonl$"))).size() >= 6);
    }

    void whatGotWorseFails_data()
    {
        QTest::addColumn<QByteArray>("pretence");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("slower") << QByteArray(R"({"forwardMs": {"math": 4.0, "flash": 2.2}})")
                                << QByteArray("slower by");
        QTest::newRow("wrong") << QByteArray(R"({"inaccurate": ["flash"]})") << QByteArray("accuracy is failed");
        QTest::newRow("another backend") << QByteArray(R"({"ranInstead": "math"})")
                                         << QByteArray("flash was asked for and math ran");
        QTest::newRow("it breaks") << QByteArray(R"({"fault": "throw", "faultAtSample": 1})")
                                   << QByteArray("no time in");
    }
    void whatGotWorseFails()
    {
        QFETCH(QByteArray, pretence);
        QFETCH(QByteArray, says);
        GateCli cli;
        QVERIFY(cli.haveBaseline());
        cli.pretend(pretence.constData());
        const auto result = cli.say(kGate);
        QVERIFY2(result.status == 1, (result.out + result.err).constData());
        const auto text = cli.read(QStringLiteral("ci/gate.xml"));
        QVERIFY2(text.contains(says), text.constData());
        QVERIFY(readJunit(text).isWhole);
        QVERIFY(readJunit(text).failures > 0);
        QVERIFY(cli.read(QStringLiteral("ci/gate.md")).startsWith("## Gate failed\n"));
    }

    void thresholdsDecide()
    {
        GateCli cli;
        QVERIFY(cli.haveBaseline());
        cli.pretend(R"({"forwardMs": {"math": 4.0, "flash": 2.2}})");
        cli.write(QStringLiteral("gate.json"), R"({"time": {"minimumEffect": 0.2}})");
        QCOMPARE(cli.say("gate --baseline night --runs 2 --quiet --thresholds gate.json").status, 0);
    }

    void unlikeRunsCannotBeToldUnlessForced()
    {
        const GateCli cli;
        QVERIFY(cli.haveBaseline());
        for (const char* name : {"a", "b"})
        {
            QCOMPARE(cli.run(smallValidation({QStringLiteral("--num-iterations"), QStringLiteral("9"),
                                              QStringLiteral("--report-name"), QString::fromUtf8(name)}))
                         .status,
                     0);
        }
        const auto result = cli.say("gate --baseline night --candidate out/a.json out/b.json");
        QVERIFY2(result.status == 2, (result.out + result.err).constData());
        QVERIFY(result.out.contains("measurement.iterations"));
        QCOMPARE(cli.say("gate --baseline night --candidate out/a.json out/b.json --force --quiet").status, 0);
    }

    void aSingleCandidateCannotBeTold()
    {
        const GateCli cli;
        QVERIFY(cli.haveBaseline());
        const auto result = cli.say("gate --baseline night --candidate out/report.json --json");
        QCOMPARE(result.status, 2);
        const auto verdict = QJsonDocument::fromJson(result.out).object();
        QCOMPARE(verdict[u"conclusion"].toString(), QStringLiteral("cannot-tell"));
        QCOMPARE(verdict[u"cases"].toArray().size(), kCases);
    }

    void setUpErrorsAreSentences_data()
    {
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* arguments, const char* says)
        { QTest::newRow(arguments) << QString::fromUtf8(arguments) << QByteArray(says); };
        row("gate", "needs a --baseline");
        row("gate --baseline none", "no baseline 'none'");
        row("gate --baseline night --runs 1", "--runs is from 2");
        row("gate --baseline night --runs 2 --candidate last", "leave one of them out");
        row("gate --baseline night --candidate nothing", "no run 'nothing'");
        row("gate --baseline night --candidate last", "one of the baseline's own runs");
        row("gate --baseline night --thresholds none.json", "none.json cannot be read");
        row("gate --baseline night --thresholds bad.json", "'time.minimumEfect'");
        row("gate --baseline night --junit out", "out cannot be written");
        row("gate --baseline night --junit bad.json/gate.xml", "cannot be written");
        row("baseline", "needs a ACTION");
        row("baseline throw night", "'throw' is not a thing to do with a baseline");
        row("baseline record", "needs a name");
        row("baseline record new", "one of --like RUN, --preset NAME");
        row("baseline record new --like last --sweep cpu", "one of --like RUN, --preset NAME");
        row("baseline record new --sweep none", "none");
        row("baseline record new --like last --device cpu", "leave --device out");
        row("baseline record new --like last --runs 1", "--runs is from 2");
        row("baseline record new last --like last", "`baseline make`");
        row("baseline record night --like last", "night already");
        row("baseline make night last last~1", "night already");
        row("baseline make new last", "needs 2 runs or more");
        row("baseline make new out/report.json out/report.json", "not a run of the history");
        row("baseline show none", "no baseline 'none'");
        row("baseline remove none", "no baseline 'none'");
        row("baseline import none.json", "none.json cannot be read");
        row("baseline import bad.json", "this is no baseline");
        row("baseline remove night other", "does not take 'other'");
        row("baseline show night other", "does not take 'other'");
        row("baseline export night other", "does not take 'other'");
        row("baseline list extra", "does not take 'extra'");
        row("baseline export night --output bad.json", "bad.json is there already");
    }
    void setUpErrorsAreSentences()
    {
        QFETCH(QString, arguments);
        QFETCH(QByteArray, says);
        static const GateCli cli;
        static const bool isReady = cli.haveBaseline() && cli.say("baseline show night").status == 0; // with an index
        QVERIFY(isReady);
        cli.write(QStringLiteral("bad.json"), R"({"time": {"minimumEfect": 0.2}})");
        const auto before = cli.files();
        const auto result = cli.run(arguments.split(QLatin1Char(' ')));
        QCOMPARE(result.status, 3);
        QVERIFY2(result.err.startsWith("headroom-cli: "), result.err.constData());
        QVERIFY2(result.err.contains(says), result.err.constData());
        QVERIFY(result.out.isEmpty());
        QCOMPARE(cli.files(), before);
    }

    void aBrokenBaselineIsNamedByTheList()
    {
        const GateCli cli;
        QVERIFY(cli.haveBaseline());
        const QString folder = QStringLiteral("history/baselines/");
        const QStringList files = QDir(cli.path(folder)).entryList(QDir::Files);
        QCOMPARE(files.size(), 1);
        cli.write(folder + QString(files.first()).replace(QStringLiteral("night"), QStringLiteral("torn")), "{\"na");
        const auto result = cli.say("baseline list");
        QCOMPARE(result.status, 0);
        QVERIFY2(result.out.contains("night"), result.out.constData());
        QVERIFY2(result.err.contains("torn") && result.err.contains("cannot be read"), result.err.constData());
    }

    void anEarlierFileIsNotTakenForThisGates_data()
    {
        QTest::addColumn<QString>("mistake");
        for (const char* mistake :
             {"--baseline none", "--baseline night --runs 1", "--baseline night --runs 2 --candidate last",
              "--baseline night --thresholds none.json", "--baseline night --candidate nothing",
              "--baseline night --markdown ci", "--baseline night --markdown ci/gate.xml",
              "--baseline night --thresholds kept.json --markdown kept.json"})
        {
            QTest::newRow(mistake) << QString::fromUtf8(mistake);
        }
    }
    void anEarlierFileIsNotTakenForThisGates()
    {
        QFETCH(QString, mistake);
        static const GateCli cli;
        static const bool isReady = cli.haveBaseline();
        QVERIFY(isReady);
        cli.write(QStringLiteral("ci/gate.xml"), "of yesterday");
        cli.write(QStringLiteral("kept.json"), "{}");
        const auto arguments = QStringLiteral("gate --junit ci/gate.xml ") + mistake;
        const auto result = cli.run(arguments.split(QLatin1Char(' ')));
        QVERIFY2(result.status == 3, (result.out + result.err).constData());
        QVERIFY(!QFileInfo::exists(cli.path(QStringLiteral("ci/gate.xml"))));
        QVERIFY(cli.files().contains(QStringLiteral("kept.json")));
    }

    /// Of a command line that cannot be read nobody knows what the words mean: what an earlier gate wrote goes, and
    /// nothing else.
    void aMistakeInTheOptionsLeavesNoEarlierResult_data()
    {
        QTest::addColumn<QString>("arguments");
        for (const char* arguments : {"--baseline night --junit ci/gate.xml --markdown ci/gate.md --thresold a.json",
                                      "--junit ci/gate.xml --markdown ci/gate.md",
                                      "--baseline night --junit=ci/gate.xml --markdown=ci/gate.md --runs few",
                                      "--junit ci/gate.xml --markdown ci/gate.md --baseline"})
        {
            QTest::newRow(arguments) << QString::fromUtf8(arguments);
        }
    }
    void aMistakeInTheOptionsLeavesNoEarlierResult()
    {
        QFETCH(QString, arguments);
        static const GateCli cli;
        static const bool isReady = cli.haveBaseline();
        QVERIFY(isReady);
        QCOMPARE(cli.say(kGate).status, 0);
        const QByteArray junit = cli.read(QStringLiteral("ci/gate.xml"));
        QVERIFY(!junit.isEmpty());
        const auto result = cli.run((QStringLiteral("gate ") + arguments).split(QLatin1Char(' ')));
        QVERIFY2(result.status == 3, (result.out + result.err).constData());
        QVERIFY(!QFileInfo::exists(cli.path(QStringLiteral("ci/gate.xml"))));
        QVERIFY(!QFileInfo::exists(cli.path(QStringLiteral("ci/gate.md"))));
        cli.write(QStringLiteral("ci/gate.xml"), "<testsuites name=\"of another program\"/>");
        cli.write(QStringLiteral("ci/gate.md"), "# Notes\n");
        QCOMPARE(cli.run((QStringLiteral("gate ") + arguments).split(QLatin1Char(' '))).status, 3);
        QVERIFY(QFileInfo::exists(cli.path(QStringLiteral("ci/gate.xml"))));
        QVERIFY(QFileInfo::exists(cli.path(QStringLiteral("ci/gate.md"))));
    }

    void whatIsReadIsNotWritten_data()
    {
        QTest::addColumn<QString>("arguments");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* arguments, const char* says)
        { QTest::newRow(arguments) << QString::fromUtf8(arguments) << QByteArray(says); };
        row("--baseline night --thresholds a.json --markdown a.json",
            "--markdown a.json is a file that the gate reads");
        row("--baseline night --thresholds a.json --junit ./out/../a.json", "--junit ./out/../a.json is a file");
        row("--baseline a.json --junit a.json", "is a file that the gate reads");
        row("--baseline out --junit out/report.json", "is a file that the gate reads");
        row("--baseline night --candidate out/report.json --junit out/report.json", "is a file that the gate reads");
        row("--baseline night --junit linked.json --thresholds a.json", "is a file that the gate reads");
        row("--baseline night --junit x.xml --markdown ./x.xml", "--junit and --markdown are both ./x.xml");
    }
    void whatIsReadIsNotWritten()
    {
        QFETCH(QString, arguments);
        QFETCH(QByteArray, says);
        static const GateCli cli;
        static const bool isReady = cli.haveBaseline() && cli.say("baseline show night").status == 0; // with an index
        QVERIFY(isReady);
        cli.write(QStringLiteral("a.json"), "{}");
        QFile::link(QStringLiteral("a.json"), cli.path(QStringLiteral("linked.json")));
        const auto before = cli.files();
        const auto result = cli.run((QStringLiteral("gate ") + arguments).split(QLatin1Char(' ')));
        QVERIFY2(result.status == 3, (result.out + result.err).constData());
        QVERIFY2(result.err.contains(says), result.err.constData());
        QCOMPARE(cli.files(), before);
        QCOMPARE(cli.read(QStringLiteral("a.json")), QByteArray("{}"));
    }

    void aMachineWithoutTheDeviceIsASetUpError()
    {
        GateCli cli;
        cli.pretend(R"({"cuda": true})");
        QVERIFY(cli.haveBaseline());
        cli.pretend("{}");
        const auto result = cli.say("gate --baseline night --runs 2");
        QCOMPARE(result.status, 3);
        QVERIFY2(result.err.contains("cuda"), result.err.constData());
    }

    void baselinesAreMadeListedMovedAndRemoved()
    {
        const GateCli cli;
        QVERIFY(cli.haveBaseline());
        QCOMPARE(cli.say("baseline make second last last~1 --note another").status, 0);
        const auto list = cli.say("baseline list");
        QVERIFY(list.out.contains("night") && list.out.contains("second") && list.out.contains("another"));
        QCOMPARE(QJsonDocument::fromJson(cli.say("baseline list --json").out).array().size(), 2);
        const auto shown = cli.say("baseline show night");
        QCOMPARE(shown.status, 0);
        QCOMPARE(shown.out.count("fake device"), 3);
        QVERIFY(shown.out.contains("A gate of 3 runs would find"));
        QCOMPARE(cli.say("baseline export night --output kept/night.json").status, 0);
        QCOMPARE(cli.say("baseline remove night").status, 0);
        QCOMPARE(cli.say("baseline show night").status, 3);

        const GateCli elsewhere;
        elsewhere.write(QStringLiteral("night.json"), cli.read(QStringLiteral("kept/night.json")));
        QCOMPARE(elsewhere.say("gate --baseline night.json --runs 2 --quiet").status, 0);
        QCOMPARE(elsewhere.say("baseline import night.json renamed").status, 0);
        QCOMPARE(elsewhere.say("gate --baseline renamed --runs 2 --quiet").status, 0);
    }

    void aBaselineThatSeesLittleIsWarnedOf()
    {
        GateCli cli;
        QVERIFY(cli.haveBaseline());
        const auto quiet = cli.say("baseline record quiet --runs 2 --like last");
        QCOMPARE(quiet.status, 0);
        QVERIFY2(quiet.out.contains("A gate of 3 runs would find a slowdown"), quiet.out.constData());
        QVERIFY(!quiet.err.contains("Warning"));
        cli.pretend(R"({"forwardMs": {"math": 9.0, "flash": 4.5}})");
        QCOMPARE(cli.say("baseline record busy --runs 2 --like last --quiet").status, 0);
        const auto mixed = cli.say("baseline make mixed last last~1 last~2 last~3");
        QCOMPARE(mixed.status, 0);
        QVERIFY2(mixed.err.contains("Warning: Runs differ by"), mixed.err.constData());
        QVERIFY(mixed.err.simplified().contains("could miss what is asked for. Make it anew"));
        QVERIFY(cli.say("baseline make again last last~2 --quiet").err.isEmpty());
    }

    void runsThatFailedAreTakenWithForceAlone()
    {
        GateCli cli;
        QVERIFY(cli.haveBaseline());
        cli.pretend(R"({"inaccurate": ["flash"]})");
        for (const char* command : {"baseline record wrong --runs 2 --like last", "baseline make wrong last last~1"})
        {
            const auto refused = cli.say(command);
            QCOMPARE(refused.status, 3);
            QVERIFY2(refused.err.contains("failed: ") && refused.err.contains("--force"), refused.err.constData());
            QCOMPARE(cli.say("baseline show wrong").status, 3);
        }
        QCOMPARE(cli.say("baseline make wrong last last~1 --force").status, 0);
        QCOMPARE(cli.say("baseline export wrong --output wrong.json").status, 0);
        QCOMPARE(cli.say("baseline import wrong.json copy").status, 3);
        QCOMPARE(cli.say("baseline import wrong.json copy --force").status, 0);
        QCOMPARE(cli.say("gate --baseline wrong.json --runs 2 --quiet").status, 0); // as wrong as it was
    }

    void whatIsNoBaselineIsRefused_data()
    {
        QTest::addColumn<QString>("kept"); // runs of a baseline, by their letters
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("none") << QString() << QByteArray("and there are none");
        QTest::newRow("one") << QStringLiteral("a") << QByteArray("and there is one");
        QTest::newRow("twice") << QStringLiteral("aa") << QByteArray("is there twice");
        QTest::newRow("other plan") << QStringLiteral("ax") << QByteArray("are of different plans");
    }
    void whatIsNoBaselineIsRefused()
    {
        QFETCH(QString, kept);
        QFETCH(QByteArray, says);
        static const GateCli cli;
        static const bool isReady = cli.haveBaseline() &&
                                    cli.say("baseline export night --output night.json").status == 0 &&
                                    cli.run(smallValidation({QStringLiteral("--num-iterations"), QStringLiteral("9"),
                                                             QStringLiteral("--report-name"), QStringLiteral("x")}))
                                            .status == 0;
        QVERIFY(isReady);
        auto baseline = QJsonDocument::fromJson(cli.read(QStringLiteral("night.json"))).object();
        const auto a = baseline[u"reports"][0];
        const auto x = QJsonDocument::fromJson(cli.read(QStringLiteral("out/x.json"))).object();
        QJsonArray reports;
        QDir(cli.path(QStringLiteral("folder"))).removeRecursively();
        for (int at = 0; at < kept.size(); ++at)
        {
            reports.append(kept[at] == QLatin1Char('a') ? a : QJsonValue(x));
            cli.write(QStringLiteral("folder/%1.json").arg(at), QJsonDocument(reports.last().toObject()).toJson());
        }
        baseline[u"reports"] = reports;
        cli.write(QStringLiteral("other.json"), QJsonDocument(baseline).toJson());
        const auto imported = cli.say("baseline import other.json other");
        QCOMPARE(imported.status, 3);
        QVERIFY2(imported.err.contains(says), imported.err.constData());
        QCOMPARE(cli.say("baseline show other").status, 3);
        const auto gated = cli.say("gate --baseline other.json --runs 2");
        QCOMPARE(gated.status, 3);
        QVERIFY2(gated.err.contains(says) || kept.isEmpty(), gated.err.constData());
        if (!kept.isEmpty())
        {
            const auto folder = cli.say("gate --baseline folder --runs 2");
            QCOMPARE(folder.status, 3);
            const bool isOne = kept == QStringLiteral("aa"); // two files of one run
            QVERIFY2(folder.err.contains(isOne ? QByteArray("and there is one") : says), folder.err.constData());
        }
    }

    void aPresetIsRecorded()
    {
        const GateCli cli;
        const auto result = cli.say("baseline record sweeps --sweep cpu --device cpu --runs 2 --quiet");
        QVERIFY2(result.status == 0, result.err.constData());
        QVERIFY(result.out.isEmpty());
        QCOMPARE(cli.say("gate --baseline sweeps --runs 2 --quiet").status, 0);
    }
};

QTEST_GUILESS_MAIN(GateCommandTest)
#include "tst_gate_command.moc"
