// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/job.h"
#include "core/plan/plan.h"

#include <QtTest>

#include <stdexcept>

using namespace headroom;

namespace
{

Case caseOf(Backend backend)
{
    return {ModelInput{}, backend, Pass::Forward, Launch::Eager, L2State::Warm};
}

/// One job of each kind.
std::vector<Job> allKinds()
{
    return {
        {"probe", Stage::Compatibility, "layers", 1.5, ProbeJob{ModelInput{}}},
        {"judge", Stage::Accuracy, "accuracy", 2, JudgeJob{AttentionProblem{}, {Backend::Math, Backend::Flash}}},
        {"one", Stage::Performance, "one", 3, MeasureJob{caseOf(Backend::Default)}},
        {"pair", Stage::Performance, "pair", 4, CompareJob{{caseOf(Backend::Math), caseOf(Backend::Flash)}}},
        {"bits", Stage::Accuracy, "bits", 5, CheckJob{CheckKind::Determinism, ModelInput{}, {Backend::Flash}}},
    };
}

} // namespace

class TestJob : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyKindHasANameAndComesBackFromJson()
    {
        const std::vector<std::string> kinds{"probe", "judge", "measure", "compare", "check"};
        const std::vector<Job> jobs = allKinds();
        QCOMPARE(jobs.size(), std::variant_size_v<JobWork>);
        for (std::size_t i = 0; i < jobs.size(); ++i)
        {
            QCOMPARE(std::string(kindOf(jobs[i])), kinds[i]);
            const Json json = jobs[i];
            QCOMPARE(json.at("kind").get<std::string>(), kinds[i]);
            QCOMPARE(parseJson(toJsonLine(json)).get<Job>(), jobs[i]);
        }
    }

    void timedCasesAreThoseOfMeasureAndCompare()
    {
        const std::vector<Job> jobs = allKinds();
        QCOMPARE(casesOf(jobs[0]).size(), std::size_t(0));
        QCOMPARE(casesOf(jobs[1]).size(), std::size_t(0));
        QCOMPARE(casesOf(jobs[2]), std::vector<Case>{caseOf(Backend::Default)});
        QCOMPARE(casesOf(jobs[3]), (std::vector<Case>{caseOf(Backend::Math), caseOf(Backend::Flash)}));
        QCOMPARE(casesOf(jobs[4]).size(), std::size_t(0));
    }

    void anUnknownKindIsRefusedInASentence()
    {
        try
        {
            Json json = allKinds()[0];
            json["kind"] = "paint";
            json.get<Job>();
            QFAIL("it was taken for a job");
        }
        catch (const std::invalid_argument& error)
        {
            QCOMPARE(std::string(error.what()), std::string("'paint' is not a kind of job; use one of probe, judge, "
                                                            "measure, compare, check"));
        }
    }

    void aWholePlanComesBackFromJson()
    {
        Plan plan;
        plan.command = "validate";
        plan.device = {DeviceKind::Cuda, 1};
        plan.seed = ~std::uint64_t(0);
        plan.measurement.iterations = 50;
        plan.accuracy.wholeModelBatch = 1;
        plan.targetSpeedup = 2.0;
        plan.skippedStages = {Stage::Accuracy};
        plan.weightsFile = "weights.safetensors";
        plan.jobs = allKinds();
        QCOMPARE(parseJson(toJsonLine(plan)).get<Plan>(), plan);
    }
};

QTEST_APPLESS_MAIN(TestJob)
#include "tst_job.moc"
