// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/validation_plan.h"

#include "core/plan/job_estimate.h"

#include <QtTest>

#include <algorithm>
#include <functional>
#include <limits>
#include <set>

using namespace headroom;

namespace
{

using Change = std::function<void(ValidationRequest&)>;
using Names = std::vector<std::string>;

ValidationRequest requestOf(Preset preset = Preset::Standard)
{
    ValidationRequest request;
    request.preset = preset;
    request.measurement = measurementPolicyOf(preset);
    request.accuracy = accuracyPolicyOf(preset);
    return request;
}

ValidationRequest onGpu(DType dtype = DType::BFloat16)
{
    ValidationRequest request = requestOf();
    request.device = {DeviceKind::Cuda, 0};
    request.input.device = DeviceKind::Cuda;
    request.input.dtype = dtype;
    return request;
}

DeviceFacts twoCores()
{
    DeviceFacts device;
    device.cores = 2;
    return device;
}

DeviceFacts gpu(int computeCapability = 90)
{
    DeviceFacts device;
    device.kind = DeviceKind::Cuda;
    device.computeCapability = computeCapability;
    device.cudnnVersion = 91900;
    return device;
}

Names idsOf(const Plan& plan)
{
    Names ids;
    std::ranges::transform(plan.jobs, std::back_inserter(ids), &Job::id);
    return ids;
}

const Job& jobNamed(const Plan& plan, const std::string& id)
{
    const auto found = std::ranges::find(plan.jobs, id, &Job::id);
    if (found == plan.jobs.end())
    {
        throw std::runtime_error("the plan has no job " + id);
    }
    return *found;
}

/// The backends that a job times, in order.
std::vector<Backend> timed(const Plan& plan, const std::string& id)
{
    std::vector<Backend> backends;
    std::ranges::transform(casesOf(jobNamed(plan, id)), std::back_inserter(backends), &Case::backend);
    return backends;
}

ModelInput inputOf(const Plan& plan, const std::string& id)
{
    return std::get<ModelInput>(casesOf(jobNamed(plan, id)).front().subject);
}

} // namespace

Q_DECLARE_METATYPE(Change)

class TestValidationPlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void jobsStandInTheirOrder_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QByteArray>("ids");
        const auto row = [](const char* name, Change change, const char* ids)
        { QTest::newRow(name) << change << QByteArray(ids); };
        row(
            "defaults", [](auto&) {}, "probe judge forward training-step");
        row(
            "no accuracy", [](auto& r) { r.skipAccuracy = true; }, "probe forward training-step");
        row(
            "no performance", [](auto& r) { r.skipPerformance = true; }, "probe judge");
        row(
            "neither", [](auto& r) { r.skipAccuracy = r.skipPerformance = true; }, "probe");
        row(
            "full beats both skips", [](auto& r) { r.skipAccuracy = r.skipPerformance = r.fullValidation = true; },
            "probe check-autocast judge check-determinism forward training-step");
        row(
            "full in 16 bits has no autocast",
            [](auto& r) { r.fullValidation = true, r.input.dtype = DType::BFloat16; },
            "probe judge check-determinism forward training-step");
        row(
            "package", [](auto& r) { r.compiledPackage = "model.pt2"; },
            "probe check-compiled judge forward training-step");
        row(
            "sweeps",
            [](auto& r) {
                r.extendedBenchmarks = true, r.batchSizes = {1, 8, 1}, r.sequenceLengths = {32, 256, 32};
            },
            "probe judge forward training-step batch-1 batch-8 sequence-32 sequence-256");
        row(
            "no layers", [](auto& r) { r.input.model.layers = 0; }, "probe forward training-step");
        row(
            "no layers, full, with a package",
            [](auto& r) { r.input.model.layers = 0, r.fullValidation = true, r.compiledPackage = "model.pt2"; },
            "probe check-compiled forward training-step");
    }
    void jobsStandInTheirOrder()
    {
        QFETCH(Change, change);
        QFETCH(QByteArray, ids);
        ValidationRequest request = requestOf();
        change(request);
        Names expected;
        for (const QByteArray& id : ids.split(' '))
        {
            expected.push_back(id.toStdString());
        }
        QCOMPARE(idsOf(makeValidationPlan(request, twoCores())), expected);
    }

    void cudaIsTimedColdAsWell()
    {
        const Plan plan = makeValidationPlan(onGpu(), gpu());
        QCOMPARE(idsOf(plan),
                 (Names{"probe", "judge", "forward", "training-step", "forward-cold", "training-step-cold"}));
        for (const Case& value : casesOf(jobNamed(plan, "training-step-cold")))
        {
            QVERIFY(value.l2 == L2State::Cold && value.pass == Pass::TrainingStep);
        }
        for (const Case& value : casesOf(jobNamed(plan, "forward")))
        {
            QVERIFY(value.l2 == L2State::Warm && value.pass == Pass::Forward && value.launch == Launch::Eager);
        }
    }

    void mathIsTheBaselineAndNaiveComesLast()
    {
        const Plan cpu = makeValidationPlan(requestOf(), twoCores());
        const std::vector<Backend> onCpu{Backend::Math, Backend::Flash, Backend::Naive};
        QCOMPARE(timed(cpu, "forward"), onCpu);
        QCOMPARE(timed(cpu, "training-step"), onCpu);

        const Plan cuda = makeValidationPlan(onGpu(), gpu());
        QCOMPARE(timed(cuda, "forward"), (std::vector{Backend::Math, Backend::Cudnn, Backend::Flash,
                                                      Backend::MemoryEfficient, Backend::Naive}));
        QCOMPARE(timed(cuda, "forward-cold"),
                 (std::vector{Backend::Math, Backend::Cudnn, Backend::Flash, Backend::MemoryEfficient}));
    }

    void quickLeavesNaiveOutOfTheTrainingStep()
    {
        const Plan plan = makeValidationPlan(requestOf(Preset::Quick), twoCores());
        QCOMPARE(timed(plan, "forward"), (std::vector{Backend::Math, Backend::Flash, Backend::Naive}));
        QCOMPARE(timed(plan, "training-step"), (std::vector{Backend::Math, Backend::Flash}));
        QCOMPARE(plan.preset, std::string("quick"));
    }

    void refusedBackendsAreNotTimed()
    {
        const Plan plan = makeValidationPlan(onGpu(DType::Float32), gpu());
        QCOMPARE(timed(plan, "forward"), (std::vector{Backend::Math, Backend::MemoryEfficient, Backend::Naive}));
        const auto& judge = std::get<JudgeJob>(jobNamed(plan, "judge").work);
        QCOMPARE(judge.backends, (std::vector{Backend::Math, Backend::MemoryEfficient}));
    }

    void eligibilityFollowsThePass()
    {
        ValidationRequest request = onGpu();
        request.input.model.dModel = 200 * 12; // flash does not train head_dim 200 on 8.9
        request.input.model.feedForward = 4 * request.input.model.dModel;
        request.fullValidation = true;
        const Plan plan = makeValidationPlan(request, gpu(89));
        QCOMPARE(timed(plan, "forward"),
                 (std::vector{Backend::Math, Backend::Flash, Backend::MemoryEfficient, Backend::Naive}));
        QCOMPARE(timed(plan, "training-step"), (std::vector{Backend::Math, Backend::MemoryEfficient, Backend::Naive}));
        QCOMPARE(std::get<JudgeJob>(jobNamed(plan, "judge").work).backends,
                 (std::vector{Backend::Math, Backend::Flash, Backend::MemoryEfficient}));
        QCOMPARE(std::get<CheckJob>(jobNamed(plan, "check-determinism").work).backends,
                 (std::vector{Backend::Math, Backend::MemoryEfficient}));
    }

    void autocastIsPlannedByItsType()
    {
        ValidationRequest request = onGpu(DType::Float32);
        request.input.autocast = true;
        QVERIFY(std::ranges::count(timed(makeValidationPlan(request, gpu()), "forward"), Backend::Flash) == 1);
    }

    void aModelWithoutLayersIsTimedAsItIs()
    {
        ValidationRequest request = onGpu();
        request.input.model.layers = 0;
        const Plan plan = makeValidationPlan(request, gpu());
        for (const char* id : {"forward", "training-step"})
        {
            QCOMPARE(std::string(kindOf(jobNamed(plan, id))), std::string("measure"));
            QCOMPARE(timed(plan, id), std::vector{Backend::Default});
        }
    }

    void sweepsKeepTheOtherAxisFixed()
    {
        ValidationRequest request = onGpu();
        request.extendedBenchmarks = true;
        const Plan plan = makeValidationPlan(request, gpu());
        QCOMPARE(plan.jobs.size(), std::size_t(6 + 6 + 6));
        QCOMPARE(inputOf(plan, "batch-32").batch, std::int64_t(32));
        QCOMPARE(inputOf(plan, "batch-32").sequence, std::int64_t(128));
        QCOMPARE(inputOf(plan, "sequence-1024").batch, std::int64_t(4));
        QCOMPARE(inputOf(plan, "sequence-1024").sequence, std::int64_t(1024));
        QCOMPARE(timed(plan, "batch-8"),
                 (std::vector{Backend::Math, Backend::Cudnn, Backend::Flash, Backend::MemoryEfficient}));
        QCOMPARE(jobNamed(plan, "batch-8").title, std::string("forward, batch 8, sequence 128"));

        ValidationRequest cpu = requestOf();
        cpu.extendedBenchmarks = true;
        QCOMPARE(timed(makeValidationPlan(cpu, twoCores()), "sequence-64"),
                 (std::vector{Backend::Math, Backend::Flash}));
    }

    void sweepsShareOnePositionTableThatIsLongEnough()
    {
        ValidationRequest request = requestOf();
        request.extendedBenchmarks = true;
        request.input.model.maxSequence = 128;
        const Plan plan = makeValidationPlan(request, twoCores());
        QCOMPARE(inputOf(plan, "forward").model.maxSequence, std::int64_t(128));
        for (const char* id : {"batch-1", "batch-32", "sequence-32", "sequence-1024"})
        {
            QCOMPARE(inputOf(plan, id).model.maxSequence, std::int64_t(1024));
        }
        request.input.model.maxSequence = 4096;
        QCOMPARE(inputOf(makeValidationPlan(request, twoCores()), "sequence-32").model.maxSequence, std::int64_t(4096));
        request.input.model.maxSequence = 1024;
        QVERIFY(inputOf(makeValidationPlan(request, twoCores()), "batch-4") == request.input);
    }

    void whatWasAskedForIsInThePlan()
    {
        ValidationRequest request = onGpu();
        request.device.ordinal = 1;
        request.seed = 7;
        request.targetSpeedup = 1.5;
        request.maxSeconds = 60.0;
        request.weightsFile = "weights.safetensors";
        request.compiledPackage = "model.pt2";
        request.measurement.iterations = 20;
        request.skipAccuracy = true;
        const Plan plan = makeValidationPlan(request, gpu());
        QCOMPARE(plan.command, std::string("validate"));
        QCOMPARE(plan.preset, std::string("standard"));
        QCOMPARE(plan.device, request.device);
        QCOMPARE(plan.seed, std::uint64_t(7));
        QCOMPARE(plan.targetSpeedup, std::optional(1.5));
        QCOMPARE(plan.maxSeconds, std::optional(60.0));
        QCOMPARE(plan.weightsFile, request.weightsFile);
        QCOMPARE(plan.compiledPackage, request.compiledPackage);
        QCOMPARE(plan.measurement, request.measurement);
        QCOMPARE(plan.skippedStages, std::vector{Stage::Accuracy});
        QVERIFY(!plan.accuracy.gradientsPerLayer);
    }

    void fullValidationSkipsNothingAndLooksAtGradients()
    {
        ValidationRequest request = requestOf();
        request.skipAccuracy = request.skipPerformance = request.fullValidation = true;
        const Plan plan = makeValidationPlan(request, twoCores());
        QVERIFY(plan.skippedStages.empty());
        QVERIFY(plan.accuracy.gradientsPerLayer);
    }

    void idsAreUniqueAndCasesToo()
    {
        ValidationRequest request = onGpu();
        request.extendedBenchmarks = request.fullValidation = true;
        const Plan plan = makeValidationPlan(request, gpu());
        std::set<std::string> ids;
        for (const Job& job : plan.jobs)
        {
            QVERIFY2(ids.insert(job.id).second, job.id.c_str());
            QVERIFY(!job.title.empty());
            QVERIFY(job.estimateSeconds > 0);
            std::set<std::string> cases;
            for (const Case& value : casesOf(job))
            {
                QVERIFY(cases.insert(value.id()).second);
            }
        }
        QCOMPARE(parseJson(toJsonLine(plan)).get<Plan>(), plan);
    }

    void quickIsPlannedForAMinuteAndStandardForFive()
    {
        const auto total = [](const Plan& plan)
        {
            double seconds = 0;
            for (const Job& job : plan.jobs)
            {
                seconds += job.estimateSeconds;
            }
            return seconds;
        };
        auto quick = requestOf(Preset::Quick);
        quick.input.batch = defaultBatchOf(Preset::Quick);
        QVERIFY(total(makeValidationPlan(quick, twoCores())) < 60);
        QVERIFY(total(makeValidationPlan(requestOf(), twoCores())) < 300);
        QVERIFY(total(makeValidationPlan(onGpu(), gpu())) < 60);
    }

    void badRequestsAreToldInSentences_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QByteArray>("sentence");
        const auto row = [](const char* name, Change change, const char* sentence)
        { QTest::newRow(name) << change << QByteArray(sentence); };
        row(
            "good", [](auto&) {}, "");
        row(
            "input", [](auto& r) { r.input.batch = 0; }, "The batch size is 0; it must be at least 1.");
        row(
            "policy", [](auto& r) { r.measurement.iterations = -3; }, "--num-iterations is -3; it must be at least 1.");
        row(
            "batch of a sweep",
            [](auto& r) {
                r.batchSizes = {4, 0};
            },
            "A batch size of --batch-sizes is 0; it must be at least 1.");
        row(
            "length of a sweep", [](auto& r) { r.sequenceLengths = {-1}; },
            "A sequence length of --seq-lens is -1; it must be at least 1.");
        row(
            "target", [](auto& r) { r.targetSpeedup = 0.0; }, "--target-speedup is 0; it must be more than 0.");
        row(
            "budget", [](auto& r) { r.maxSeconds = std::numeric_limits<double>::quiet_NaN(); },
            "--max-seconds is nan; it must be more than 0.");
        row(
            "device",
            [](auto& r) {
                r.device = {DeviceKind::Cuda, 1};
            },
            "The device is cuda:1, but the model is asked for on cpu.");
        row(
            "weights too short for the sweep",
            [](auto& r)
            { r.weightsFile = "w.safetensors", r.extendedBenchmarks = true, r.input.model.maxSequence = 512; },
            "The sweep reaches sequence length 1024, but the weights in w.safetensors have 512 positions. Leave the "
            "longer lengths out with --seq-lens.");
    }
    void badRequestsAreToldInSentences()
    {
        QFETCH(Change, change);
        QFETCH(QByteArray, sentence);
        ValidationRequest request = requestOf();
        change(request);
        const auto problems = problemsWith(request);
        QCOMPARE(problems, sentence.isEmpty() ? Names() : Names{sentence.toStdString()});
    }
};

QTEST_APPLESS_MAIN(TestValidationPlan)
#include "tst_validation_plan.moc"
