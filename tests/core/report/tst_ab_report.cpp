// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/ab_plan.h"
#include "core/report/ab.h"
#include "core/report/answer.h"
#include "core/report/conclusion.h"
#include "core/report/fold.h"
#include "core/report/json_report.h"
#include "core/report/markdown_report.h"
#include "core/report/summary.h"
#include "core/report/terminal_report.h"
#include "core/run/fake_engine.h"
#include "core/run/runner.h"
#include "core/run/side_engine.h"

#include <QtTest>

#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace headroom;

namespace
{

/// What the sides of a made-up comparison are like.
struct Made
{
    double a = 2.0; ///< milliseconds
    double b = 2.0;
    double noise = 0.002;
    std::int64_t mostPairs = 1000;
    std::vector<std::string> inaccurate{};
    bool ownWorkers = true;
    double aWaited = 0; ///< share of each sample that is waiting for a core
    double bWaited = 0;
};

AbRequest requestOf(const Made& made)
{
    AttentionProblem problem;
    problem.needsGradients = false;
    AbRequest request;
    request.cases = {Case{problem, Backend::Flash}, Case{problem, made.ownWorkers ? Backend::Flash : Backend::Math}};
    request.measurement.maxSamples = made.mostPairs;
    request.measurement.warmup = 0;
    request.measurement.confidence = kAbConfidence;
    if (made.ownWorkers)
    {
        request.sides[1].settings = {"OMP_NUM_THREADS=1"};
        request.sides[1].environment["OMP_NUM_THREADS"] = "1";
    }
    return request;
}

std::unique_ptr<Engine> engineOf(double ms, const Made& made, double waited)
{
    FakeScript script;
    script.waitedShare["flash"] = waited;
    script.forwardMs["flash"] = ms;
    script.forwardMs["math"] = made.b;
    script.noise = made.noise;
    script.inaccurate = made.inaccurate;
    auto engine = std::make_unique<FakeEngine>(script);
    engine->pseudoNoise(); // so that the two do not make the same noise
    return engine;
}

std::vector<Event> eventsOf(const Made& made)
{
    DeviceFacts device;
    device.cores = 2;
    const Plan plan = makeAbPlan(requestOf(made), device);
    std::vector<Event> events(1);
    events[0].data = RunStarted{plan, "1", "2"};
    auto b = engineOf(made.b, made, made.bWaited);
    static_cast<FakeEngine&>(*b).pseudoNoise();
    SideEngine both({engineOf(made.a, made, made.aWaited), {}}, {std::move(b), {{"OMP_NUM_THREADS", "1"}}});
    const auto one = engineOf(made.a, made, made.aWaited);
    Engine& engine = made.ownWorkers ? static_cast<Engine&>(both) : *one;
    Runner(engine, [&](const Event& event) { events.push_back(event); }).run(plan, {"run", 1, 0, {}}, {});
    events.emplace_back().data = RunFinished{};
    return events;
}

Report reportOf(const Made& made)
{
    return foldEvents(eventsOf(made));
}

} // namespace

class TestAbReport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void conclusionFollowsTheVerdict_data();
    void conclusionFollowsTheVerdict();
    void timesThatAreWaitsForACoreGiveNoVerdict_data();
    void timesThatAreWaitsForACoreGiveNoVerdict();
    void waitsThatTheSchedulerCountedGiveNoVerdict_data();
    void waitsThatTheSchedulerCountedGiveNoVerdict();
    void aCallThatVariesByItselfKeepsItsVerdict();
    void wrongNumbersWinNothing();
    void sidesOfOneWorkerAreCompared();
    void differencesOfWorkersAreNamed();
    void looksAreCounted();
    void reportComesBackFromJson();
    void tablesSayWhatWasCompared();
};

void TestAbReport::conclusionFollowsTheVerdict_data()
{
    QTest::addColumn<double>("b");
    QTest::addColumn<double>("noise");
    QTest::addColumn<int>("mostPairs");
    QTest::addColumn<int>("conclusion");
    QTest::addColumn<QString>("answer");
    QTest::newRow("faster") << 1.0 << 0.002 << 1000 << static_cast<int>(Conclusion::Passed)
                            << QStringLiteral("B (OMP_NUM_THREADS=1) is 2.0");
    QTest::newRow("same") << 2.0 << 0.002 << 1000 << static_cast<int>(Conclusion::Passed)
                          << QStringLiteral("B (OMP_NUM_THREADS=1) is as fast as A");
    QTest::newRow("slower") << 2.04 << 0.02 << 1000 << static_cast<int>(Conclusion::Failed)
                            << QStringLiteral("B (OMP_NUM_THREADS=1) is slower than A: it runs at 0.98");
    QTest::newRow("too noisy") << 2.0 << 0.3 << 40 << static_cast<int>(Conclusion::CannotTell)
                               << QStringLiteral("Whether B (OMP_NUM_THREADS=1) is faster than A cannot be told");
    QTest::newRow("too few") << 2.0 << 0.002 << 10 << static_cast<int>(Conclusion::CannotTell)
                             << QStringLiteral("Whether B (OMP_NUM_THREADS=1) is faster than A cannot be told");
}

void TestAbReport::conclusionFollowsTheVerdict()
{
    QFETCH(double, b);
    QFETCH(double, noise);
    QFETCH(int, mostPairs);
    QFETCH(int, conclusion);
    QFETCH(QString, answer);
    const auto report = reportOf({.b = b, .noise = noise, .mostPairs = mostPairs});
    const auto said = answerOf(report, Format());
    QVERIFY2(QString::fromStdString(said).startsWith(answer), said.c_str());
    QCOMPARE(static_cast<int>(report.conclusion), conclusion);
}

void TestAbReport::timesThatAreWaitsForACoreGiveNoVerdict_data()
{
    QTest::addColumn<bool>("aWaits");
    QTest::addColumn<bool>("bWaits");
    QTest::addColumn<double>("b");
    QTest::addColumn<QString>("device");
    QTest::addColumn<QString>("verdict");
    QTest::newRow("same") << true << true << 2.0 << QStringLiteral("cpu") << QStringLiteral("cannot-tell");
    QTest::newRow("faster") << true << true << 1.0 << QStringLiteral("cpu") << QStringLiteral("cannot-tell");
    QTest::newRow("faster, A alone") << true << false << 1.0 << QStringLiteral("cpu") << QStringLiteral("cannot-tell");
    QTest::newRow("slower, both") << true << true << 4.0 << QStringLiteral("cpu") << QStringLiteral("cannot-tell");
    QTest::newRow("slower, B alone") << false << true << 4.0 << QStringLiteral("cpu") << QStringLiteral("slower");
    QTest::newRow("nobody waits") << false << false << 2.0 << QStringLiteral("cpu") << QStringLiteral("same");
    QTest::newRow("of a GPU") << true << true << 2.0 << QStringLiteral("cuda") << QStringLiteral("same");
}

/// One sample of a side that waits was quick: it shows what the call takes.
void TestAbReport::timesThatAreWaitsForACoreGiveNoVerdict()
{
    QFETCH(bool, aWaits);
    QFETCH(bool, bWaits);
    QFETCH(double, b);
    QFETCH(QString, device);
    QFETCH(QString, verdict);
    Report report = reportOf({.b = b});
    report.plan.device.kind = parseEnum<DeviceKind>(device.toStdString());
    for (CaseReport& row : report.cases)
    {
        const auto once = row.deviceNs; // and once more: a single odd pair must not decide
        for (const double ns : once)
        {
            row.deviceNs.push_back(ns);
            row.round.push_back(static_cast<std::int64_t>(row.round.size()));
        }
        if (row.measured.side && (*row.measured.side == Side::A ? aWaits : bWaits))
        {
            row.deviceNs.front() = 20e3;
        }
    }
    compareCases(report, std::string(kAbJob));
    concludeReport(report);
    const auto* found = abComparison(report);
    QVERIFY(found != nullptr);
    QCOMPARE(QString::fromStdString(std::string(toString(found->comparison.verdict))), verdict);
    const std::string said = fmt::format("{}", fmt::join(report.conclusionReasons, " "));
    QCOMPARE(said.find("kept from its cores") != std::string::npos, verdict == QStringLiteral("cannot-tell"));
}

void TestAbReport::waitsThatTheSchedulerCountedGiveNoVerdict_data()
{
    QTest::addColumn<double>("a");
    QTest::addColumn<double>("b");
    QTest::addColumn<double>("aWaited");
    QTest::addColumn<double>("bWaited");
    QTest::addColumn<QString>("verdict");
    QTest::addColumn<QString>("said");
    const QString none;
    QTest::newRow("three times the call, on both sides")
        << 2.0 << 2.0 << 0.67 << 0.67 << QStringLiteral("cannot-tell")
        << QStringLiteral("67 % of the median of A and 67 % of the median of B is waiting for a core");
    QTest::newRow("on one side, the same") << 4.0 << 2.0 << 0.0 << 0.5 << QStringLiteral("cannot-tell")
                                           << QStringLiteral("50 % of the median of B is waiting for a core");
    QTest::newRow("on one side, slower") << 2.0 << 2.0 << 0.0 << 0.5 << QStringLiteral("cannot-tell")
                                         << QStringLiteral("\"slower\" does not hold for the times without");
    QTest::newRow("on both, and slower all the same") << 2.0 << 6.0 << 0.5 << 0.5 << QStringLiteral("slower") << none;
    QTest::newRow("on both, and faster all the same") << 6.0 << 2.0 << 0.3 << 0.5 << QStringLiteral("faster") << none;
    QTest::newRow("less than matters") << 2.0 << 2.0 << 0.1 << 0.1 << QStringLiteral("same") << none;
    QTest::newRow("faster, since A waited") << 2.0 << 2.0 << 0.1 << 0.0 << QStringLiteral("cannot-tell")
                                            << QStringLiteral("\"faster\" does not hold for the times without");
    QTest::newRow("slower, since B waited") << 2.0 << 2.0 << 0.0 << 0.1 << QStringLiteral("cannot-tell")
                                            << QStringLiteral("\"slower\" does not hold for the times without");
    QTest::newRow("same, since A waited") << 1.8 << 2.0 << 0.1 << 0.0 << QStringLiteral("cannot-tell")
                                          << QStringLiteral("\"same\" does not hold for the times without");
    QTest::newRow("faster all the same") << 3.0 << 2.0 << 0.1 << 0.15 << QStringLiteral("faster") << none;
    QTest::newRow("slower all the same") << 2.0 << 3.0 << 0.15 << 0.1 << QStringLiteral("slower") << none;
}

void TestAbReport::waitsThatTheSchedulerCountedGiveNoVerdict()
{
    QFETCH(double, a);
    QFETCH(double, b);
    QFETCH(double, aWaited);
    QFETCH(double, bWaited);
    QFETCH(QString, verdict);
    QFETCH(QString, said);
    const Report report = reportOf({.a = a, .b = b, .aWaited = aWaited, .bWaited = bWaited});
    const auto* found = abComparison(report);
    QVERIFY(found != nullptr);
    QCOMPARE(QString::fromStdString(std::string(toString(found->comparison.verdict))), verdict);
    const auto reasons = QString::fromStdString(fmt::format("{}", fmt::join(report.conclusionReasons, " ")));
    QVERIFY2(reasons.contains(said), qPrintable(reasons));
    QCOMPARE(reasons.contains(QStringLiteral("kept from its cores")), verdict == QStringLiteral("cannot-tell"));
    const bool stalled = aWaited > 0.2 || bWaited > 0.2;
    QCOMPARE(found->comparison.reason.find("by how much is not known") != std::string::npos,
             stalled && verdict != QStringLiteral("cannot-tell"));
    const bool flagged =
        std::any_of(report.cases.begin(), report.cases.end(), [](const CaseReport& row) { return !row.flags.empty(); });
    QCOMPARE(flagged, stalled);
}

/// Most samples take three times as long as the fastest, and nobody waited: that is how long the call takes.
void TestAbReport::aCallThatVariesByItselfKeepsItsVerdict()
{
    Report report = reportOf({.a = 2.0, .b = 1.0});
    for (CaseReport& row : report.cases)
    {
        for (std::size_t at = 0; at < row.deviceNs.size(); at += 4)
        {
            row.deviceNs[at] /= 3;
        }
        summarizeCase(row);
    }
    compareCases(report, std::string(kAbJob));
    QCOMPARE(abComparison(report)->comparison.verdict, ComparisonVerdict::Faster);
}

void TestAbReport::wrongNumbersWinNothing()
{
    const auto report = reportOf({.b = 1.0, .inaccurate = {"flash"}});
    QCOMPARE(report.conclusion, Conclusion::Failed);
    QVERIFY(!abComparison(report)->ranked);
    QVERIFY2(answerOf(report, Format()).starts_with("Flash is not accurate enough"),
             answerOf(report, Format()).c_str());
}

void TestAbReport::sidesOfOneWorkerAreCompared()
{
    const auto report = reportOf({.a = 2.0, .b = 3.0, .ownWorkers = false});
    QCOMPARE(abComparison(report)->comparison.verdict, ComparisonVerdict::Slower);
    QVERIFY(abComparison(report)->ranked);
    QVERIFY(differencesOfSides(report).empty());
}

void TestAbReport::differencesOfWorkersAreNamed()
{
    const auto differences = differencesOfSides(reportOf({}));
    QCOMPARE(differences.size(), std::size_t{1});
    QCOMPARE(differences[0], (CircumstanceDifference{"environment.OMP_NUM_THREADS", "", "1", true}));
}

void TestAbReport::looksAreCounted()
{
    Comparison comparison;
    comparison.confidence = 0.95;
    comparison.pairs = 15;
    QCOMPARE(looksOf(comparison), std::int64_t{0});
    comparison.pairs = 18;
    QCOMPARE(looksOf(comparison), std::int64_t{3}); // after 16, 17 and 18
}

void TestAbReport::reportComesBackFromJson()
{
    const auto report = reportOf({.b = 1.9});
    const auto back = readJsonReport(writeJsonReport(report));
    QCOMPARE(back, report);
    QCOMPARE(answerOf(back, Format()), answerOf(report, Format()));
}

void TestAbReport::tablesSayWhatWasCompared()
{
    const auto report = reportOf({.b = 1.0});
    const auto text = writeTerminalReport(report, Format(), {});
    for (const char* part : {"headroom ab: passed", "A against B", "99 % of the median ratio, valid at every look",
                             "the verdict was in", "In what the workers differ", "environment.OMP_NUM_THREADS"})
    {
        QVERIFY2(text.find(part) != std::string::npos, (part + ("\n" + text)).c_str());
    }
    QVERIFY(writeMarkdownReport(report).find("## A against B") != std::string::npos);
}

QTEST_APPLESS_MAIN(TestAbReport)
#include "tst_ab_report.moc"
