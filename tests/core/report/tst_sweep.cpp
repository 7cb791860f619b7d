// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/report/event_builder.h"

#include "core/report/case_work.h"
#include "core/report/fold.h"
#include "core/report/sweep.h"

#include <QtTest>

using namespace headroom;
using namespace headroom::testing;

namespace
{

Report reportWith(const std::vector<Job>& jobs)
{
    auto plan = validationPlan();
    plan.jobs.insert(plan.jobs.end(), jobs.begin(), jobs.end());
    EventBuilder builder(plan);
    builder.begin().compare("forward", 4e6, 1.3);
    for (const auto& job : jobs)
    {
        builder.compare(job.id, 1e6, 1.3);
    }
    return foldEvents(builder.events());
}

} // namespace

class TestSweep : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bothAxesAreFound()
    {
        const auto report = foldEvents(goodRun());
        const auto sweeps = sweepsOf(report);
        QCOMPARE(sweeps.size(), std::size_t{2});
        QCOMPARE(sweeps[0].axis, SweepAxis::Batch);
        QCOMPARE(sweeps[0].fixed, std::int64_t{128});
        QCOMPARE(sweeps[0].rows.size(), std::size_t{3});
        QCOMPARE(sweeps[1].axis, SweepAxis::Sequence);
        QCOMPARE(sweeps[1].fixed, std::int64_t{4});
        QCOMPARE(sweeps[1].rows.back().value, std::int64_t{256});
        QVERIFY(headroom::caseOf(sweeps[0].rows[0], Backend::Flash) != nullptr);
        QVERIFY(headroom::caseOf(sweeps[0].rows[0], Backend::Cudnn) == nullptr);
    }

    void aNamedSweepOfOnePointIsOne()
    {
        const auto report = reportWith({compareJob("batch-8", smallModel(8), Pass::Forward)});
        QCOMPARE(sweepsOf(report).size(), std::size_t{1});
        QVERIFY(isSweepPoint("batch-8"));
        QVERIFY(!isSweepPoint("forward"));
    }

    void otherJobsMakeASweepWhereOneSizeDiffers()
    {
        const auto two = reportWith(
            {compareJob("a", smallModel(8, 128), Pass::Forward), compareJob("b", smallModel(2, 128), Pass::Forward)});
        const auto sweeps = sweepsOf(two);
        QCOMPARE(sweeps.size(), std::size_t{1});
        QCOMPARE(sweeps[0].rows.front().value, std::int64_t{2}); // ascending, whatever the order of the jobs
        const auto unlike = reportWith(
            {compareJob("a", smallModel(8, 128), Pass::Forward), compareJob("b", smallModel(2, 64), Pass::Forward)});
        QVERIFY(sweepsOf(unlike).empty());
        const auto passes = reportWith({compareJob("a", smallModel(8, 128), Pass::Forward),
                                        compareJob("b", smallModel(2, 128), Pass::TrainingStep)});
        QVERIFY(sweepsOf(passes).empty());
    }

    void workIsCounted()
    {
        Case forward = headroom::testing::caseOf(smallModel(4, 128), Backend::Math);
        Case training = headroom::testing::caseOf(smallModel(4, 128), Backend::Math, Pass::TrainingStep);
        // 2 layers of 4 d^2 + 2 d f weights and a projection to the vocabulary, two operations for each and token
        const double weights = 2 * (4 * 256.0 * 256 + 2 * 256.0 * 1024) + 256.0 * 50257;
        const double attention = 2 * 4.0 * 4 * 4 * 128 * 128 * 64;
        QCOMPARE(workOf(forward).attentionFlops, attention);
        QCOMPARE(workOf(forward).totalFlops, 2 * weights * 4 * 128 + attention);
        QCOMPARE(workOf(training).attentionFlops, 3.5 * attention);
        QCOMPARE(workOf(training).totalFlops, 6 * weights * 4 * 128 + 3.5 * attention);
        Case backward = headroom::testing::caseOf(smallModel(4, 128), Backend::Math, Pass::Backward);
        QCOMPARE(workOf(backward).totalFlops + workOf(forward).totalFlops, workOf(training).totalFlops);
        QVERIFY(workOf(forward).attentionShare() > 0 && workOf(forward).attentionShare() < 0.05);
    }

    void aBareCallIsAllAttention()
    {
        Case call;
        AttentionProblem problem;
        problem.batch = 2;
        problem.queryHeads = problem.kvHeads = 4;
        problem.queryLength = problem.kvLength = 128;
        call.subject = problem;
        QCOMPARE(workOf(call).attentionShare(), 1.0);
        QCOMPARE(workOf(call).totalFlops, 4.0 * 2 * 4 * 128 * 128 * 64);
        call.pass = Pass::Backward;
        QCOMPARE(workOf(call).totalFlops, 10.0 * 2 * 4 * 128 * 128 * 64);
        QCOMPARE(batchOf(call.subject), std::int64_t{2});
        QCOMPARE(sequenceOf(call.subject), std::int64_t{128});
        QCOMPARE(attentionCallsOf(call.subject), std::int64_t{1});
    }
};

QTEST_APPLESS_MAIN(TestSweep)
#include "tst_sweep.moc"
