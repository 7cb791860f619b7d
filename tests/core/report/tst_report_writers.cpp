// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/report/audited_run.h"
#include "tests/core/report/event_builder.h"

#include "core/advice/advise.h"
#include "core/report/csv_report.h"
#include "core/report/fold.h"
#include "core/report/markdown_report.h"
#include "core/report/terminal_report.h"

#include <QFile>
#include <QtTest>

using namespace headroom;
using namespace headroom::testing;

namespace
{

Report withAdvice(const std::vector<Event>& events)
{
    auto report = foldEvents(events);
    report.recommendations = advise(report);
    return report;
}

/// An audit with findings of several kinds, in a model with calls and modules of several kinds.
Report wholeAudit()
{
    const auto machine = gpuMachine();
    auto seen = wellModel(machine);
    seen.family = "test";
    seen.peakBytes = 123'456'789;
    seen.notes = {"One weight of the file is not used."};
    handOverTriangle(seen.calls[1]);
    handOverMask(seen.calls[2], MaskContent::Inverted);
    seen.calls[1].allocatedBytes = 4'000'000;
    seen.calls[1].ran = seen.calls[2].ran = Backend::Cudnn;
    for (const auto* path : {"layers.0.self_attn.q_proj", "layers.0.self_attn.q_proj.base",
                             "layers.0.self_attn.q_proj.base.inner", "layers.0.self_attn.q_proj.base.inner.most"})
    {
        seen.modules.push_back({path, "Linear", 65'536});
    }
    seen.model.outline->calls = {seen.calls[0].call, seen.calls[1].call, seen.calls[2].call};
    auto plan = auditPlanOf(seen, machine);
    plan.projection = ProjectionRequest{100'000, 2.5, "USD"};
    auto report = auditRun(plan, machine);
    report.recommendations = advise(report);
    return report;
}

/// A run with all that can go wrong in it: a wrong backend, a dead worker, a skipped job, a check that fails.
std::vector<Event> badRun()
{
    auto plan = validationPlan();
    plan.jobs.push_back(compareJob("batch-8", smallModel(8), Pass::Forward));
    EventBuilder builder(plan);
    builder.begin().probe(smallModel(), false).judge(AccuracyVerdict::Failed).compare("forward", 4e6, 3.0);
    builder.startJob("training-step")
        .finishJob("training-step", Outcome::Failed, Cause::WorkerDied, "the worker was ended by signal 9");
    builder.finishJob("batch-8", Outcome::Skipped, Cause::Budget, "the time of --max-seconds was spent");
    builder.add(Judged{std::nullopt, CheckResult{CheckKind::Determinism,
                                                 Backend::Flash,
                                                 CheckStatus::Failed,
                                                 "training steps with flash are not equal to the bit",
                                                 {"dQ differed", "dK differed"}}},
                "check");
    builder.add(LogLine{LogLevel::Warning, "the *clock* is low"});
    return builder.end().events();
}

/// Compares with a file of tests/data/report, or writes it where HEADROOM_UPDATE_GOLDEN is set.
void compareWithGolden(const std::string& text, const char* name)
{
    const auto actual = QString::fromStdString(text);
    QFile file(QStringLiteral(HEADROOM_TEST_DATA "/report/%1").arg(QLatin1String(name)));
    if (qEnvironmentVariableIsSet("HEADROOM_UPDATE_GOLDEN"))
    {
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(actual.toUtf8());
        return;
    }
    QVERIFY2(file.open(QIODevice::ReadOnly), name);
    const auto wanted = QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'));
    const auto lines = actual.split(QLatin1Char('\n'));
    for (qsizetype i = 0; i < std::min(lines.size(), wanted.size()); ++i)
    {
        QCOMPARE(lines[i], wanted[i]);
    }
    QCOMPARE(lines.size(), wanted.size());
}

/// Fields of an RFC 4180 line without line breaks in fields.
QStringList fieldsOf(const QString& line)
{
    QStringList fields{QString()};
    bool quoted = false;
    for (const auto c : line)
    {
        if (c == QLatin1Char('"'))
        {
            quoted = !quoted;
        }
        else if (c == QLatin1Char(',') && !quoted)
        {
            fields << QString();
        }
        else
        {
            fields.last() += c;
        }
    }
    return fields;
}

} // namespace

class TestReportWriters : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void goodRunInMarkdown() { compareWithGolden(writeMarkdownReport(withAdvice(goodRun())), "good_run.md"); }
    void goodRunInText() { compareWithGolden(writeTerminalReport(withAdvice(goodRun()), Format()), "good_run.txt"); }
    void auditInMarkdown() { compareWithGolden(writeMarkdownReport(wholeAudit()), "audit.md"); }
    void auditInText() { compareWithGolden(writeTerminalReport(wholeAudit(), Format()), "audit.txt"); }
    void badRunInMarkdown() { compareWithGolden(writeMarkdownReport(withAdvice(badRun())), "bad_run.md"); }
    void badRunInText() { compareWithGolden(writeTerminalReport(withAdvice(badRun()), Format()), "bad_run.txt"); }
    void emptyRunInText() { compareWithGolden(writeTerminalReport(Report(), Format()), "empty_run.txt"); }

    void textIsNarrow_data()
    {
        QTest::addColumn<int>("width");
        QTest::newRow("100") << 100;
        QTest::newRow("80") << 80;
    }
    void textIsNarrow()
    {
        QFETCH(int, width);
        TextLayout layout;
        layout.width = static_cast<std::size_t>(width);
        for (const auto& events : {goodRun(), badRun()})
        {
            const auto text = QString::fromStdString(writeTerminalReport(withAdvice(events), Format(), layout));
            for (const auto& line : text.split(QLatin1Char('\n')))
            {
                const bool code = line.startsWith(QLatin1String("   C++")) ||
                                  line.startsWith(QLatin1String("   Python")) ||
                                  line.startsWith(QLatin1String("           "));
                QVERIFY2(line.size() <= width || code, qPrintable(line));
            }
        }
    }

    void asciiIsAscii()
    {
        for (const auto& events : {goodRun(), badRun()})
        {
            for (const char c : writeTerminalReport(withAdvice(events), Format(true)))
            {
                QVERIFY(static_cast<unsigned char>(c) < 0x80);
            }
        }
    }

    void colourIsOnlyWhereItIsAskedFor()
    {
        TextLayout layout;
        QVERIFY(writeTerminalReport(withAdvice(badRun()), Format(), layout).find('\033') == std::string::npos);
        layout.colour = true;
        const auto text = writeTerminalReport(withAdvice(badRun()), Format(), layout);
        QVERIFY(text.find("\033[31mfailed\033[0m") != std::string::npos);
    }

    void csvHasARowForEachCase()
    {
        const auto report = withAdvice(goodRun());
        const auto text = QString::fromStdString(writeCsvReport(report));
        const auto lines = text.split(QLatin1String("\r\n"));
        QCOMPARE(lines.size(), static_cast<qsizetype>(report.cases.size()) + 2);
        QVERIFY(lines.last().isEmpty());
        const auto header = fieldsOf(lines.first());
        for (qsizetype i = 1; i + 1 < lines.size(); ++i)
        {
            QCOMPARE(fieldsOf(lines[i]).size(), header.size());
        }
        const auto flash = fieldsOf(lines[2]);
        QCOMPARE(flash[header.indexOf(QLatin1String("backend"))], QStringLiteral("flash"));
        QCOMPARE(flash[header.indexOf(QLatin1String("mean_ns"))].toDouble(), report.cases[1].device->meanNs);
        QCOMPARE(flash[header.indexOf(QLatin1String("speedup"))].toDouble(), *report.comparisons[0].comparison.ratio);
        QCOMPARE(flash[header.indexOf(QLatin1String("p99_ns"))], QString());
        QCOMPARE(flash[header.indexOf(QLatin1String("ranked"))], QStringLiteral("true"));
    }

    void csvQuotesWhatItMust()
    {
        EventBuilder builder(validationPlan());
        builder.begin().finishJob("forward", Outcome::Skipped, Cause::Error, "a \"quote\", a comma\nand a line");
        const auto text = writeCsvReport(foldEvents(builder.events()));
        QVERIFY(text.find(",\"a \"\"quote\"\", a comma\nand a line\",") != std::string::npos);
    }

    void anEmptyReportHasOnlyTheHeader()
    {
        const auto text = writeCsvReport(Report());
        QCOMPARE(std::count(text.begin(), text.end(), '\n'), std::ptrdiff_t{1});
        QVERIFY(text.starts_with("run,job,case,"));
    }
};

QTEST_APPLESS_MAIN(TestReportWriters)
#include "tst_report_writers.moc"
