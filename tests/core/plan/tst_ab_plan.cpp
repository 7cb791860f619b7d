// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/ab_plan.h"

#include <QtTest>

#include <algorithm>
#include <string>
#include <vector>

using namespace headroom;

namespace
{

DeviceFacts cpu()
{
    DeviceFacts device;
    device.cores = 2;
    return device;
}

AbRequest requestOf(Backend a, Backend b)
{
    AttentionProblem problem;
    problem.needsGradients = false;
    AbRequest request;
    request.cases = {Case{problem, a}, Case{problem, b}};
    return request;
}

std::vector<std::string> jobIds(const Plan& plan)
{
    std::vector<std::string> ids;
    std::ranges::transform(plan.jobs, std::back_inserter(ids), &Job::id);
    return ids;
}

} // namespace

class TestAbPlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sidesOfOneCallAreJudgedOnce();
    void sidesOfUnlikeCallsAreJudgedApart();
    void sidesWithOwnWorkersAreJudgedByTheirOwn();
    void casesAreToldApartByTheirSide();
    void thePolicyEndsWithTheVerdict();
    void warmUpLeavesTimeForPairs();
    void planComesBackFromJson();
    void whatCannotBeIsASentence_data();
    void whatCannotBeIsASentence();
};

void TestAbPlan::sidesOfOneCallAreJudgedOnce()
{
    const auto plan = makeAbPlan(requestOf(Backend::Math, Backend::Flash), cpu());
    QCOMPARE(jobIds(plan), (std::vector<std::string>{"judge", "ab"}));
    const auto& judge = std::get<JudgeJob>(plan.jobs[0].work);
    QCOMPARE(judge.backends, (std::vector{Backend::Math, Backend::Flash}));
    QVERIFY(!judge.side);
}

void TestAbPlan::sidesOfUnlikeCallsAreJudgedApart()
{
    auto request = requestOf(Backend::Flash, Backend::Flash);
    std::get<AttentionProblem>(request.cases[1].subject).queryLength = 256;
    const auto plan = makeAbPlan(request, cpu());
    QCOMPARE(jobIds(plan), (std::vector<std::string>{"judge-a", "judge-b", "ab"}));
    QVERIFY(!std::get<JudgeJob>(plan.jobs[0].work).side); // one worker judges both
}

void TestAbPlan::sidesWithOwnWorkersAreJudgedByTheirOwn()
{
    auto request = requestOf(Backend::Flash, Backend::Flash);
    request.sides[1].environment["OMP_NUM_THREADS"] = "1";
    const auto plan = makeAbPlan(request, cpu());
    QVERIFY(needsOwnWorkers(plan.sides));
    QCOMPARE(std::get<JudgeJob>(plan.jobs[0].work).side, std::optional(Side::A));
    QCOMPARE(std::get<JudgeJob>(plan.jobs[1].work).side, std::optional(Side::B));
    QVERIFY2(plan.jobs[2].title.ends_with(", B OMP_NUM_THREADS=1"), plan.jobs[2].title.c_str());
}

void TestAbPlan::casesAreToldApartByTheirSide()
{
    const auto plan = makeAbPlan(requestOf(Backend::Flash, Backend::Flash), cpu());
    const auto cases = casesOf(plan.jobs.back());
    QCOMPARE(cases[0].side, std::optional(Side::A));
    QCOMPARE(cases[1].side, std::optional(Side::B));
    QVERIFY(cases[0].id() != cases[1].id());
}

void TestAbPlan::thePolicyEndsWithTheVerdict()
{
    auto request = requestOf(Backend::Math, Backend::Flash);
    request.maxSeconds = 600;
    const auto plan = makeAbPlan(request, cpu());
    QVERIFY(plan.measurement.untilVerdict);
    QCOMPARE(plan.maxSeconds, std::optional(600.0));
}

void TestAbPlan::warmUpLeavesTimeForPairs()
{
    auto request = requestOf(Backend::Math, Backend::Flash);
    request.maxSeconds = 4;
    QCOMPARE(makeAbPlan(request, cpu()).measurement.warmupMaxSeconds, 0.4);
    request.maxSeconds = 600;
    QCOMPARE(makeAbPlan(request, cpu()).measurement.warmupMaxSeconds, request.measurement.warmupMaxSeconds);
}

void TestAbPlan::planComesBackFromJson()
{
    auto request = requestOf(Backend::Math, Backend::Flash);
    request.sides[1] = {{"worker=w"}, "w", {{"OMP_NUM_THREADS", "1"}}, std::nullopt};
    const auto plan = makeAbPlan(request, cpu());
    QCOMPARE(parseJson(toJsonLine(Json(plan))).get<Plan>(), plan);
}

void TestAbPlan::whatCannotBeIsASentence_data()
{
    QTest::addColumn<int>("change");
    QTest::addColumn<QString>("problem");
    QTest::newRow("no time") << 0 << QStringLiteral("--max-seconds is 0; it must be more than 0.");
    QTest::newRow("graph") << 1 << QStringLiteral("Side B: launch=graph is of a GPU, and the device is the CPU.");
    QTest::newRow("backend") << 2 << QStringLiteral("Side B: cudnn does not take this call");
    QTest::newRow("confidence") << 3 << QStringLiteral("confidence is 1; it must lie between 0 and 1.");
    QTest::newRow("both") << 4 << QStringLiteral("Side A: l2=cold is of a GPU, and the device is the CPU.");
}

void TestAbPlan::whatCannotBeIsASentence()
{
    QFETCH(int, change);
    QFETCH(QString, problem);
    auto request = requestOf(Backend::Math, change == 2 ? Backend::Cudnn : Backend::Flash);
    request.maxSeconds = change == 0 ? 0 : 60;
    request.cases[1].launch = change == 1 ? Launch::Graph : Launch::Eager;
    request.measurement.confidence = change == 3 ? 1 : 0.99;
    request.cases[0].l2 = request.cases[1].l2 = change == 4 ? L2State::Cold : L2State::Warm;
    const auto problems = problemsWith(request, cpu());
    QCOMPARE(problems.size(), std::size_t{1});
    QVERIFY2(problems[0].starts_with(problem.toStdString()), problems[0].c_str());
}

QTEST_APPLESS_MAIN(TestAbPlan)
#include "tst_ab_plan.moc"
