// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/job_estimate.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace headroom;

namespace
{

DeviceFacts cpu(int cores)
{
    DeviceFacts device;
    device.cores = cores;
    return device;
}

ModelInput onCuda(DType dtype)
{
    ModelInput input;
    input.device = DeviceKind::Cuda;
    input.dtype = dtype;
    return input;
}

Case caseOf(const Subject& subject, Backend backend = Backend::Flash, Pass pass = Pass::Forward)
{
    return {subject, backend, pass, Launch::Eager, L2State::Warm};
}

double seconds(const JobWork& work, const MeasurementPolicy& policy = {}, int cores = 2)
{
    return estimateSeconds(work, policy, AccuracyPolicy{}, cpu(cores));
}

} // namespace

class TestJobEstimate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theDefaultModelTakesAboutASecondOnTwoCores()
    {
        const double forward = estimateRunSeconds(caseOf(ModelInput{}), cpu(2));
        QVERIFY2(forward > 0.5 && forward < 2, QByteArray::number(forward).constData());
        const double step = estimateRunSeconds(caseOf(ModelInput{}, Backend::Flash, Pass::TrainingStep), cpu(2));
        QVERIFY(std::abs(step / forward - 3) < 0.1);
        const double backward = estimateRunSeconds(caseOf(ModelInput{}, Backend::Flash, Pass::Backward), cpu(2));
        QVERIFY(std::abs(step - forward - backward) < 1e-9);
    }

    void ratesFollowTheDevice()
    {
        QCOMPARE(estimateRunSeconds(caseOf(ModelInput{}), cpu(8)) * 4,
                 estimateRunSeconds(caseOf(ModelInput{}), cpu(2)));
        QVERIFY(estimateRunSeconds(caseOf(ModelInput{}), cpu(0)) > 0);
        const double half = estimateRunSeconds(caseOf(onCuda(DType::BFloat16)), {});
        const double full = estimateRunSeconds(caseOf(onCuda(DType::Float32)), {});
        const double twice = estimateRunSeconds(caseOf(onCuda(DType::Float64)), {});
        QVERIFY(half < full && full < twice);
        ModelInput autocast = onCuda(DType::Float32);
        autocast.autocast = true;
        QCOMPARE(estimateRunSeconds(caseOf(autocast), {}), half);
    }

    void attentionThatWritesItsScoresIsSlower()
    {
        AttentionProblem problem;
        problem.queryLength = problem.kvLength = 512;
        QVERIFY(estimateRunSeconds(caseOf(problem, Backend::Math), cpu(2)) >
                2 * estimateRunSeconds(caseOf(problem, Backend::Flash), cpu(2)));
    }

    void launchesBoundSmallCudaWork()
    {
        ModelInput tiny = onCuda(DType::BFloat16);
        tiny.batch = tiny.sequence = 1;
        QVERIFY(estimateRunSeconds(caseOf(tiny), {}) >= 12 * 25 * 5e-6);
    }

    void exactCountsAreObeyed()
    {
        MeasurementPolicy policy;
        policy.iterations = 50;
        policy.warmup = 10;
        const double run = estimateRunSeconds(caseOf(ModelInput{}), cpu(2));
        const double job = seconds(MeasureJob{caseOf(ModelInput{})}, policy);
        QVERIFY(job > 60 * run && job < 60 * run + 10);
    }

    void samplingIsBoundedByThePolicy()
    {
        MeasurementPolicy policy;
        policy.minSamples = 2;
        policy.targetRelativeError = 0; // never precise
        policy.maxSecondsPerCase = 5;
        const double job = seconds(MeasureJob{caseOf(ModelInput{})}, policy);
        QVERIFY2(job > 5 && job < 5 + 12, QByteArray::number(job).constData());
        policy.maxSamples = 3;
        QVERIFY(seconds(MeasureJob{caseOf(ModelInput{})}, policy) < job);
        policy.minSamples = 100; // the cap waits for the fewest
        policy.maxSamples = 100;
        QVERIFY(seconds(MeasureJob{caseOf(ModelInput{})}, policy) > 50);
        policy = {};
        policy.minSeconds = 6;
        policy.maxSecondsPerCase = 8;
        AttentionProblem tiny;
        QVERIFY(seconds(MeasureJob{caseOf(tiny)}, policy) > 6);
    }

    void moreWorkTakesLonger()
    {
        const Case one = caseOf(ModelInput{});
        QVERIFY(seconds(CompareJob{{one, one}}) > 1.5 * seconds(CompareJob{{one}}) - 5);
        QVERIFY(seconds(JudgeJob{ModelInput{}, {Backend::Math, Backend::Flash}}) >
                seconds(JudgeJob{ModelInput{}, {Backend::Math}}));
        QVERIFY(seconds(JudgeJob{AttentionProblem{}, {Backend::Math}}) <
                seconds(JudgeJob{ModelInput{}, {Backend::Math}}));
        QVERIFY(seconds(ProbeJob{ModelInput{}}) > 4);
        for (const CheckKind check : {CheckKind::Autocast, CheckKind::Compiled, CheckKind::Determinism})
        {
            const double time = seconds(CheckJob{check, ModelInput{}, {Backend::Default}});
            QVERIFY(std::isfinite(time) && time > 1);
        }
        QVERIFY(seconds(CompareJob{}) >= 0);
    }

    void wholeModelBatchMakesJudgingShorter()
    {
        AccuracyPolicy one;
        one.wholeModelBatch = 1;
        const JudgeJob job{ModelInput{}, {Backend::Math, Backend::Flash}};
        QVERIFY(estimateSeconds(job, {}, one, cpu(2)) < 0.7 * estimateSeconds(job, {}, AccuracyPolicy{}, cpu(2)));
    }

    void deadlinesAreTenTimesTheEstimateWithinBounds_data()
    {
        QTest::addColumn<double>("estimate");
        QTest::addColumn<double>("cap");
        QTest::addColumn<double>("deadline");
        const double nan = std::numeric_limits<double>::quiet_NaN();
        QTest::newRow("least") << 0.1 << 900.0 << 30.0;
        QTest::newRow("ten times") << 20.0 << 900.0 << 200.0;
        QTest::newRow("cap") << 1000.0 << 900.0 << 900.0;
        QTest::newRow("a cap under the least") << 1000.0 << 5.0 << 5.0;
        QTest::newRow("no number") << nan << 900.0 << 30.0;
    }
    void deadlinesAreTenTimesTheEstimateWithinBounds()
    {
        QFETCH(double, estimate);
        QFETCH(double, cap);
        QFETCH(double, deadline);
        MeasurementPolicy policy;
        policy.deadlineCapSeconds = cap;
        Job job;
        job.estimateSeconds = estimate;
        job.work = ProbeJob{};
        QCOMPARE(deadlineSeconds(job, policy), deadline);
    }

    void aJobMayUseAllTheTimeThatItsCasesAreGranted()
    {
        MeasurementPolicy policy;
        policy.maxSecondsPerCase = 10;
        policy.warmupMaxSeconds = 2;
        Job job;
        job.estimateSeconds = 0.1;
        job.work = CompareJob{{Case{}, Case{}}};
        QCOMPARE(deadlineSeconds(job, policy), 30 + 1.5 * 24);
    }

    /// A ladder does not grow with the call that it is made of.
    void aLadderIsEstimatedAtItsOwnSizes()
    {
        const auto secondsAt = [](std::int64_t length)
        {
            AttentionProblem own;
            own.queryHeads = own.kvHeads = 8;
            own.queryLength = own.kvLength = length;
            const CheckJob ladder{CheckKind::Ladder, own, {Backend::Math}, "own-call"};
            return estimateSeconds(ladder, MeasurementPolicy{}, AccuracyPolicy{}, DeviceFacts{});
        };
        QCOMPARE(secondsAt(65536), secondsAt(512));
        QVERIFY(secondsAt(64) < secondsAt(512));
    }
};

QTEST_APPLESS_MAIN(TestJobEstimate)
#include "tst_job_estimate.moc"
