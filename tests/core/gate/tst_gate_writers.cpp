// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gate/gate_writers.h"

#include <QXmlStreamReader>
#include <QtTest>

#include "gated_runs.h"

using namespace headroom;
using namespace headroom::testing;

namespace
{

GateVerdict someVerdict()
{
    auto verdict = judgeGate(gatedReports("base", 5), gatedReports("candidate", 3,
                                                                   [](GatedRun& run, int at)
                                                                   {
                                                                       run.speedUp /= 1.2;
                                                                       run.cutOff = at == 2;
                                                                   }));
    verdict.baseline = "nightly";
    return verdict;
}

/// What a reader of JUnit XML makes of a text.
struct Junit
{
    QStringList problems;
    QStringList cases;
    QMap<QString, QString> results; ///< name to "failure", "skipped" or nothing
    QStringList texts;
    QMap<QString, int> counts; ///< of the outermost element
};

Junit parse(const std::string& text)
{
    Junit result;
    QXmlStreamReader reader(QByteArray::fromStdString(text));
    QString current;
    while (!reader.atEnd())
    {
        if (reader.readNext() != QXmlStreamReader::StartElement)
        {
            continue;
        }
        const auto attributes = reader.attributes();
        if (reader.name() == QStringLiteral("testsuites"))
        {
            for (const char* name : {"tests", "failures", "errors"})
            {
                result.counts[QString::fromUtf8(name)] = attributes.value(QString::fromUtf8(name)).toInt();
            }
        }
        else if (reader.name() == QStringLiteral("testcase"))
        {
            current = attributes.value(QStringLiteral("name")).toString();
            result.cases << current;
            result.results[current] = QString();
            bool isNumber = false;
            const double seconds = attributes.value(QStringLiteral("time")).toDouble(&isNumber);
            if (!isNumber || seconds < 0 || attributes.value(QStringLiteral("classname")).isEmpty())
            {
                result.problems << current;
            }
        }
        else if (reader.name() == QStringLiteral("failure") || reader.name() == QStringLiteral("skipped"))
        {
            result.results[current] = reader.name().toString();
            result.texts << attributes.value(QStringLiteral("message")).toString() << reader.readElementText();
        }
        else if (reader.name() == QStringLiteral("system-out"))
        {
            result.texts << reader.readElementText();
        }
    }
    if (reader.hasError())
    {
        result.problems << reader.errorString();
    }
    return result;
}

} // namespace

class TestGateWriters : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void junitHasEachCaseOnce()
    {
        const auto verdict = someVerdict();
        const auto read = parse(writeGateJunit(verdict));
        QCOMPARE(read.problems, QStringList{});
        QCOMPARE(read.cases.size(), static_cast<int>(verdict.cases.size() + verdict.checks.size()));
        for (const auto& one : verdict.cases)
        {
            QVERIFY(read.results.contains(QString::fromStdString(one.title)));
        }
        QCOMPARE(read.results[QString::fromStdString(verdict.cases[1].title)], QStringLiteral("failure"));
        QCOMPARE(read.counts[QStringLiteral("tests")], read.cases.size());
        QCOMPARE(read.counts[QStringLiteral("failures")],
                 static_cast<int>(read.results.values().count(QStringLiteral("failure"))));
    }

    void junitSurvivesAnyText_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("read");
        const QChar lost(0xFFFD);
        const auto row = [](const char* name, const QByteArray& text, const QString& read)
        { QTest::newRow(name) << text << read; };
        row("markup", "<b> & \"x\" 'y' ]]>", QStringLiteral("<b> & \"x\" 'y' ]]>"));
        row("lines", "one\ntwo\tthree", QStringLiteral("one\ntwo\tthree"));
        row("other letters", "caf\xC3\xA9 \xF0\x9F\x98\x80", QString::fromUtf8("caf\xC3\xA9 \xF0\x9F\x98\x80"));
        row("control characters", QByteArray("a\x01z\x1B", 4), QStringLiteral("a%1z%1").arg(lost));
        row("zero", QByteArray("a\0b", 3), QStringLiteral("a%1b").arg(lost));
        row("bytes that are no text", "a\xFF\xC3", QStringLiteral("a%1%1").arg(lost));
        row("a longer form than needed", "\xC0\xAF", QStringLiteral("%1%1").arg(lost));
        row("half a pair", "\xED\xA0\x80", QString(lost));
        row("no character of XML", "\xEF\xBF\xBE", QString(lost));
    }
    void junitSurvivesAnyText()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, read);
        GateVerdict verdict;
        GateCase one;
        one.title = "case " + text.toStdString();
        one.findings.failures = {"why " + text.toStdString()};
        verdict.baseline = text.toStdString();
        verdict.conclusion = Conclusion::Failed;
        verdict.cases.push_back(one);
        const auto junit = parse(writeGateJunit(verdict));
        QCOMPARE(junit.problems, QStringList{});
        QCOMPARE(junit.cases, QStringList{QStringLiteral("case ") + read});
        QCOMPARE(junit.texts.value(0), QStringLiteral("why ") + read);
        QCOMPARE(junit.texts.value(1), QStringLiteral("why ") + read);
    }

    void junitHasNothingThatTheSchemaOfJenkinsLacks()
    {
        const QMap<QString, QStringList> known{
            {QStringLiteral("testsuites"),
             {QStringLiteral("name"), QStringLiteral("time"), QStringLiteral("tests"), QStringLiteral("failures"),
              QStringLiteral("errors")}},
            {QStringLiteral("testsuite"),
             {QStringLiteral("name"), QStringLiteral("time"), QStringLiteral("tests"), QStringLiteral("failures"),
              QStringLiteral("errors"), QStringLiteral("skipped")}},
            {QStringLiteral("properties"), {}},
            {QStringLiteral("property"), {QStringLiteral("name"), QStringLiteral("value")}},
            {QStringLiteral("testcase"), {QStringLiteral("name"), QStringLiteral("classname"), QStringLiteral("time")}},
            {QStringLiteral("failure"), {QStringLiteral("message"), QStringLiteral("type")}},
            {QStringLiteral("skipped"), {QStringLiteral("message"), QStringLiteral("type")}},
            {QStringLiteral("system-out"), {}}};
        QXmlStreamReader reader(QByteArray::fromStdString(writeGateJunit(someVerdict())));
        while (!reader.atEnd())
        {
            if (reader.readNext() == QXmlStreamReader::StartElement)
            {
                const QString element = reader.name().toString();
                QVERIFY2(known.contains(element), qPrintable(element));
                for (const auto& attribute : reader.attributes())
                {
                    const QString name = attribute.name().toString();
                    QVERIFY2(known[element].contains(name), qPrintable(element + QLatin1Char(' ') + name));
                }
            }
        }
        QVERIFY(!reader.hasError());
    }

    void casesOfOneNameAreToldApart()
    {
        GateVerdict verdict;
        GateCase one;
        one.title = "flash";
        one.id = "1";
        verdict.conclusion = Conclusion::Passed;
        verdict.cases.push_back(one);
        one.id = "2";
        verdict.cases.push_back(one);
        QCOMPARE(parse(writeGateJunit(verdict)).cases,
                 (QStringList{QStringLiteral("flash [1]"), QStringLiteral("flash [2]")}));
    }

    void anEmptyVerdictIsAFileToo()
    {
        const auto read = parse(writeGateJunit({}));
        QCOMPARE(read.problems, QStringList{});
        QCOMPARE(read.results.value(QStringLiteral("gate")), QStringLiteral("skipped"));
    }

    void whatCannotBeToldIsNeverAllGreen_data()
    {
        QTest::addColumn<QString>("why");
        QTest::newRow("other circumstances") << QStringLiteral("Times are not compared");
        QTest::newRow("no candidate") << QStringLiteral("There are no candidate runs");
        QTest::newRow("cancelled") << QStringLiteral("Cancelled after 2 of 3 runs.");
    }
    void whatCannotBeToldIsNeverAllGreen()
    {
        QFETCH(QString, why);
        const bool elsewhere = why.startsWith(QStringLiteral("Times"));
        const int runs = why.startsWith(QStringLiteral("There")) ? 0 : 3;
        auto verdict = judgeGate(gatedReports("base", 5), gatedReports("candidate", runs,
                                                                       [elsewhere](GatedRun& run, int)
                                                                       {
                                                                           if (elsewhere)
                                                                           {
                                                                               run.facts.threads = 77;
                                                                           }
                                                                       }));
        if (why.startsWith(QStringLiteral("Cancelled")))
        {
            verdict.conclusion = Conclusion::CannotTell; // as gate_command has it
            verdict.reasons = {why.toStdString()};
        }
        QCOMPARE(verdict.conclusion, Conclusion::CannotTell);
        const auto read = parse(writeGateJunit(verdict));
        QCOMPARE(read.problems, QStringList{});
        QCOMPARE(read.results.value(QStringLiteral("gate")), QStringLiteral("skipped"));
        QVERIFY2(read.texts.join(QLatin1Char('\n')).contains(why), qPrintable(read.texts.join(QLatin1Char('\n'))));
        QCOMPARE(read.counts[QStringLiteral("tests")], read.cases.size());
    }

    void markdownSaysTheAnswerFirstAndWhatChanged()
    {
        const QString text = QString::fromStdString(writeGateMarkdown(someVerdict()));
        QVERIFY(text.startsWith(QStringLiteral("## Gate failed\n")));
        QVERIFY2(text.contains(QStringLiteral("| **flash forward")), qPrintable(text));
        QVERIFY(text.contains(QStringLiteral("regression")));
        QVERIFY(text.contains(QStringLiteral("Baseline nightly: 5 runs")));
    }

    void whatAGateWroteIsKnownAgain()
    {
        QVERIFY(isGateOutput(writeGateMarkdown(someVerdict())));
        QVERIFY(isGateOutput(writeGateJunit(someVerdict())));
        QVERIFY(!isGateOutput(""));
        QVERIFY(!isGateOutput("## Gate failed\n\nsomebody's notes on it\n"));
        QVERIFY(!isGateOutput("<?xml version=\"1.0\"?>\n<testsuites name=\"unit tests\">\n</testsuites>\n"));
        QVERIFY(!isGateOutput(writeGateMarkdown(someVerdict()) + "and what somebody added\n"));
    }

    void notesOnTheThresholdsAreWritten()
    {
        auto verdict = someVerdict();
        verdict.notes = {"no case is meant by it"};
        for (const std::string& text :
             {writeGateMarkdown(verdict), writeGateJunit(verdict), writeGateText(verdict, Format(true), {400, false})})
        {
            QVERIFY2(text.find("no case is meant by it") != std::string::npos, text.c_str());
        }
        QCOMPARE(Json(verdict).at("notes").size(), 1U);
    }

    void aCaseShowsThePOfItsVerdict()
    {
        auto verdict = someVerdict();
        verdict.cases.resize(1);
        auto& time = verdict.cases.front().time;
        time.timeRatio = 0.5;
        time.adjustedP = 1.0;
        time.adjustedPFaster = 0.0123;
        time.verdict = ComparisonVerdict::Faster;
        QVERIFY(writeGateMarkdown(verdict).find("| 0.012 |") != std::string::npos);
        time.verdict = ComparisonVerdict::Slower;
        verdict.cases.front().findings.failures = {"slower"};
        QVERIFY(writeGateMarkdown(verdict).find("| 0.012 |") == std::string::npos);
    }

    void markdownStaysShort()
    {
        auto verdict = someVerdict();
        for (int i = 0; i < 500; ++i)
        {
            verdict.cases.push_back(verdict.cases[1]);
        }
        const QString text = QString::fromStdString(writeGateMarkdown(verdict));
        QVERIFY(text.count(QLatin1Char('\n')) < 100);
        QVERIFY(text.contains(QStringLiteral("more are in the JUnit and JSON files")));
    }

    void theTerminalShowsEveryCase()
    {
        const auto verdict = someVerdict();
        const QString text = QString::fromStdString(writeGateText(verdict, Format(true), {400, false}));
        for (const auto& one : verdict.cases)
        {
            QVERIFY(text.contains(QString::fromStdString(Format(true).plain(one.title))));
        }
    }

    void whyACaseCannotBeToldOfStandsBesideIt()
    {
        auto candidate = gatedReports("candidate", 3);
        for (Report& run : candidate)
        {
            letWait(run, 1.0, 0.67);
        }
        const auto verdict = judgeGate(gatedReports("base", 5), candidate);
        const QString why = QStringLiteral("in 3 of 3 runs its samples are waits for a core that others had");
        const QString text = QString::fromStdString(writeGateText(verdict, Format(true), {400, false}));
        QCOMPARE(text.count(why), static_cast<int>(verdict.cases.size()));
        QVERIFY(QString::fromStdString(writeGateMarkdown(verdict)).contains(why));
        const auto read = parse(writeGateJunit(verdict));
        QVERIFY2(read.texts.contains(why), qPrintable(read.texts.join(QLatin1Char('\n')))); // a whole message
        QVERIFY(read.texts.join(QLatin1Char('\n')).contains(QStringLiteral("times the time")));
    }

    void whyTimesAreNoneStandsBesideACase_data()
    {
        QTest::addColumn<int>("runs");
        QTest::addColumn<bool>("otherCases");
        QTest::addColumn<QString>("beside");
        QTest::addColumn<QString>("reason");
        QTest::newRow("one candidate") << 1 << false << QStringLiteral("needs one more candidate run")
                                       << QStringLiteral("more or quieter runs would help");
        QTest::newRow("of another plan") << 3 << true << QStringLiteral("no candidate run has such a case")
                                         << QStringLiteral("take runs of the baseline's plan");
    }
    void whyTimesAreNoneStandsBesideACase()
    {
        QFETCH(int, runs);
        QFETCH(bool, otherCases);
        QFETCH(QString, beside);
        QFETCH(QString, reason);
        auto candidate = gatedReports("candidate", runs);
        for (Report& run : candidate)
        {
            std::erase_if(run.cases, [&](const CaseReport&) { return otherCases; });
        }
        const auto verdict = judgeGate(gatedReports("base", 5), candidate);
        QCOMPARE(verdict.conclusion, Conclusion::CannotTell);
        const QString text = QString::fromStdString(writeGateText(verdict, Format(true), {400, false}));
        QVERIFY2(text.count(beside) == static_cast<int>(verdict.cases.size()) && text.contains(reason),
                 qPrintable(text));
        QVERIFY2(text.contains(runs == 1 ? QStringLiteral("Candidate: 1 run.") : QStringLiteral("Candidate: 3 runs.")),
                 qPrintable(text));
    }

    void timesThatAreNotComparedAreNotCounted()
    {
        const auto elsewhere = [](GatedRun& run, int) { run.facts.threads = 77; };
        const auto verdict = judgeGate(gatedReports("base", 5), gatedReports("candidate", 3, elsewhere));
        const QString text = QString::fromStdString(writeGateText(verdict, Format(true), {400, false}));
        QVERIFY2(text.contains(QStringLiteral("cases: times are not compared; 0 failed")), qPrintable(text));
        QVERIFY2(text.contains(QStringLiteral("circumstances.allow of the thresholds")), qPrintable(text));
        const auto same = judgeGate(gatedReports("base", 5), gatedReports("candidate", 3));
        QVERIFY(QString::fromStdString(writeGateText(same, Format(true), {400, false}))
                    .contains(QStringLiteral("cases: 0 slower, 0 faster, ")));
    }

    void aChangeByManyTimesIsARatio()
    {
        auto verdict = someVerdict();
        verdict.cases.resize(1);
        auto& time = verdict.cases.front().time;
        time.timeRatio = 1136.3;
        time.interval = Interval{1049.2, 1230.6};
        verdict.cases.front().findings.failures = {"slower"};
        const QString text = QString::fromStdString(writeGateText(verdict, Format(true), {400, false}));
        QVERIFY2(text.contains(QStringLiteral("1136x (1049x to 1231x)")), qPrintable(text));
    }

    void countsAreWordsOfTheirNumber()
    {
        GateVerdict verdict;
        verdict.cases.resize(1);
        const QString one = QString::fromStdString(writeGateText(verdict, Format(true), {400, false}));
        QVERIFY2(one.contains(QStringLiteral("\n1 case: times are not compared")) &&
                     !one.contains(QStringLiteral("check")),
                 qPrintable(one));
        verdict.cases.resize(2);
        verdict.checks.resize(1);
        const QString two = QString::fromStdString(writeGateText(verdict, Format(true), {400, false}));
        QVERIFY2(two.contains(QStringLiteral("\n2 cases: ")) && two.contains(QStringLiteral(" 1 check: 0 failed.")),
                 qPrintable(two));
    }

    void jsonHasCountsAndEveryCase()
    {
        const auto verdict = someVerdict();
        const Json json = verdict;
        QCOMPARE(json.at("status").get<int>(), 1);
        QCOMPARE(json.at("cases").size(), verdict.cases.size());
        QCOMPARE(json.at("counts").at("slower").get<std::int64_t>(), verdict.count(ComparisonVerdict::Slower));
        QCOMPARE(json.at("cases").at(1).at("status").get<std::string>(), std::string("failed"));
    }
};

QTEST_GUILESS_MAIN(TestGateWriters)
#include "tst_gate_writers.moc"
