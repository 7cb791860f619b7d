// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/audit_plan.h"
#include "core/plan/validation_plan.h"

#include "tests/core/audit/audited_models.h"

#include <QtTest>

#include <algorithm>
#include <limits>

using namespace headroom;
using namespace headroom::testing;

namespace
{

using Names = std::vector<std::string>;

AuditRequest requestOf(const Circumstances& machine)
{
    AuditRequest request;
    request.model.path = "/models/test";
    request.device = machine.selected;
    request.measurement = measurementPolicyOf(Preset::Standard);
    request.accuracy = accuracyPolicyOf(Preset::Standard);
    return request;
}

/// The second of three calls hands over a triangle.
ModelInspection triangleModel(const Circumstances& machine, ModelLoader loader = ModelLoader::HuggingFace)
{
    auto seen = wellModel(machine);
    handOverTriangle(seen.calls[1]);
    seen.model.outline->calls[1] = seen.calls[1].call;
    seen.loader = loader;
    seen.model.outline->loader = loader;
    return seen;
}

Plan planOf(const AuditRequest& request, const ModelInspection& seen, const Circumstances& machine)
{
    return makeAuditPlan(request, seen, auditFindings(seen, machine), *machine.selectedDevice());
}

Names idsOf(const Plan& plan)
{
    Names ids;
    std::ranges::transform(plan.jobs, std::back_inserter(ids), &Job::id);
    return ids;
}

const Job& jobNamed(const Plan& plan, const std::string& id)
{
    return *std::ranges::find(plan.jobs, id, &Job::id);
}

std::vector<Backend> timed(const Plan& plan, const std::string& id)
{
    std::vector<Backend> backends;
    std::ranges::transform(casesOf(jobNamed(plan, id)), std::back_inserter(backends), &Case::backend);
    return backends;
}

ValidationRequest validationOf(const ModelInspection& seen)
{
    ValidationRequest request;
    request.modelFile = InspectionRequest{};
    request.modelFile->path = "/models/test";
    request.inspection = seen;
    return request;
}

} // namespace

class TestAuditPlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void jobsStandInTheirOrder_data()
    {
        QTest::addColumn<int>("loader");
        QTest::addColumn<bool>("skipTrials");
        QTest::addColumn<bool>("skipModel");
        QTest::addColumn<QByteArray>("ids");
        const auto row = [](const char* name, ModelLoader loader, bool trials, bool model, const char* ids)
        { QTest::newRow(name) << static_cast<int>(loader) << trials << model << QByteArray(ids); };
        const auto usual = ModelLoader::HuggingFace;
        row("all", usual, false, false,
            "judge-mask-is-causal-1 try-mask-is-causal-1 try-mask-is-causal-1-training forward training-step");
        row("no trials", usual, true, false, "forward training-step");
        row("no model", usual, false, true,
            "judge-mask-is-causal-1 try-mask-is-causal-1 try-mask-is-causal-1-training");
        row("no gradients", ModelLoader::Exported, false, false, "judge-mask-is-causal-1 try-mask-is-causal-1 forward");
        row("nothing", usual, true, true, "");
    }

    void jobsStandInTheirOrder()
    {
        QFETCH(int, loader);
        QFETCH(bool, skipTrials);
        QFETCH(bool, skipModel);
        QFETCH(QByteArray, ids);
        const auto machine = cpuMachine();
        auto request = requestOf(machine);
        request.skipTrials = skipTrials;
        request.skipModel = skipModel;
        const auto plan = planOf(request, triangleModel(machine, static_cast<ModelLoader>(loader)), machine);
        Names expected;
        for (const auto& id : ids.isEmpty() ? QList<QByteArray>() : ids.split(' '))
        {
            expected.push_back(id.toStdString());
        }
        QCOMPARE(idsOf(plan), expected);
    }

    void aPlanKeepsWhatItWasMadeOf()
    {
        const auto machine = cpuMachine();
        auto request = requestOf(machine);
        request.projection = ProjectionRequest{1000, 2.5, "EUR"};
        const auto seen = triangleModel(machine);
        const auto plan = planOf(request, seen, machine);
        QCOMPARE(plan.command, std::string("audit"));
        QVERIFY(plan.modelFile == request.model);
        QVERIFY(plan.inspection == seen);
        QVERIFY(plan.projection == request.projection);
        QVERIFY(Json(plan).get<Plan>() == plan);
        for (const auto& job : plan.jobs)
        {
            QVERIFY(job.estimateSeconds > 0 && !job.title.empty());
        }
    }

    void theFirstJobHasTheTimeToLoadTheModel()
    {
        const auto machine = cpuMachine();
        auto seen = triangleModel(machine);
        const auto first = planOf(requestOf(machine), seen, machine).jobs.front().estimateSeconds;
        const auto second = planOf(requestOf(machine), seen, machine).jobs[1].estimateSeconds;
        seen.loadSeconds += 100;
        QCOMPARE(planOf(requestOf(machine), seen, machine).jobs.front().estimateSeconds, first + 100);
        QCOMPARE(planOf(requestOf(machine), seen, machine).jobs[1].estimateSeconds, second);
    }

    void theOutputIsWrittenOnce()
    {
        const auto machine = cpuMachine();
        auto request = requestOf(machine);
        request.model.outputFile = "/tmp/out.safetensors";
        QVERIFY(planOf(request, triangleModel(machine), machine).modelFile->outputFile.empty());
    }

    void aTrialTimesTheCallBeforeAndAfter()
    {
        const auto machine = cpuMachine();
        const auto seen = triangleModel(machine);
        const auto plan = planOf(requestOf(machine), seen, machine);
        const auto cases = casesOf(jobNamed(plan, "try-mask-is-causal-1"));
        QCOMPARE(cases.size(), 2u);
        QVERIFY(cases[0].captured == CapturedCall({1, CallChange::None}));
        QVERIFY(std::get<AttentionProblem>(cases[0].subject) == seen.calls[1].call.problem);
        QVERIFY(cases[1].captured == CapturedCall({1, CallChange::UseIsCausal}));
        QVERIFY(std::get<AttentionProblem>(cases[1].subject) == changedProblem(seen.calls[1], CallChange::UseIsCausal));
        for (const auto& one : cases)
        {
            QVERIFY(one.backend == Backend::Default && one.pass == Pass::Forward);
        }
        for (const auto& one : casesOf(jobNamed(plan, "try-mask-is-causal-1-training")))
        {
            QVERIFY(one.pass == Pass::TrainingStep && std::get<AttentionProblem>(one.subject).needsGradients);
        }
        const auto& judge = std::get<JudgeJob>(jobNamed(plan, "judge-mask-is-causal-1").work);
        QVERIFY(judge.captured == CapturedCall({1, CallChange::UseIsCausal}));
        QVERIFY(std::get<AttentionProblem>(judge.subject).causal);
        QCOMPARE(judge.backends, std::vector{Backend::Default});
    }

    void theWholeModelIsComparedWhereItCanBeSwitched()
    {
        const auto machine = gpuMachine();
        auto seen = triangleModel(machine);
        const auto plan = planOf(requestOf(machine), seen, machine);
        // Flash does not take the mask of the second call, so that it cannot be forced on the model.
        QCOMPARE(timed(plan, "forward"),
                 (std::vector{Backend::Math, Backend::Cudnn, Backend::MemoryEfficient, Backend::Default}));
        const auto input = std::get<ModelInput>(casesOf(jobNamed(plan, "forward")).front().subject);
        QVERIFY(input.model == seen.model && input.batch == 2 && input.sequence == 128 &&
                input.dtype == DType::BFloat16 && input.device == DeviceKind::Cuda && !input.autocast);
        seen.switchesBackends = false;
        const auto fixed = planOf(requestOf(machine), seen, machine);
        QVERIFY(std::holds_alternative<MeasureJob>(jobNamed(fixed, "forward").work));
        QCOMPARE(timed(fixed, "training-step"), std::vector{Backend::Default});
    }

    void findingsWithoutAChangeAreNotTried()
    {
        const auto machine = gpuMachine();
        auto seen = wellModel(machine);
        handOverMask(seen.calls[1], MaskContent::Inverted);
        const auto plan = planOf(requestOf(machine), seen, machine);
        QCOMPARE(idsOf(plan), (Names{"forward", "training-step"}));
    }

    void problemsAreSaid_data()
    {
        QTest::addColumn<int>("at");
        QTest::addColumn<QByteArray>("sentence");
        QTest::newRow("no path") << 0 << QByteArray("There is no model to audit; name its file or folder.");
        QTest::newRow("batch") << 1 << QByteArray("--batch-size is 0; it must be at least 1.");
        QTest::newRow("time") << 2 << QByteArray("--max-seconds is -1; it must be more than 0.");
        QTest::newRow("steps") << 3 << QByteArray("--steps is 0; it must be at least 1.");
        QTest::newRow("price") << 4 << QByteArray("--price-per-gpu-hour is nan; it must be more than 0.");
        QTest::newRow("no step") << 5
                                 << QByteArray("A projection needs the timed training step; leave --skip-model out, or "
                                               "--steps.");
    }

    void problemsAreSaid()
    {
        QFETCH(int, at);
        QFETCH(QByteArray, sentence);
        auto request = requestOf(cpuMachine());
        QVERIFY(problemsWith(request).empty());
        const ProjectionRequest projection{
            at == 3 ? 0 : 10, at == 4 ? std::optional(std::numeric_limits<double>::quiet_NaN()) : std::nullopt, "USD"};
        request.model.path = at == 0 ? "" : request.model.path;
        request.model.batch = at == 1 ? std::optional<std::int64_t>(0) : std::nullopt;
        request.maxSeconds = at == 2 ? std::optional(-1.0) : std::nullopt;
        request.projection = at >= 3 ? std::optional(projection) : std::nullopt;
        request.skipModel = at == 5;
        QCOMPARE(problemsWith(request), Names{sentence.toStdString()});
    }

    void aValidationTakesAModelFromAFile_data()
    {
        QTest::addColumn<int>("loader");
        QTest::addColumn<bool>("switches");
        QTest::addColumn<QByteArray>("ids");
        QTest::addColumn<int>("forwardCases");
        QTest::newRow("all") << static_cast<int>(ModelLoader::HuggingFace) << true
                             << QByteArray("probe judge forward training-step") << 2;
        QTest::newRow("no gradients") << static_cast<int>(ModelLoader::Exported) << true
                                      << QByteArray("probe judge forward") << 2;
        QTest::newRow("neither") << static_cast<int>(ModelLoader::Compiled) << false << QByteArray("probe forward")
                                 << 1;
    }

    void aValidationTakesAModelFromAFile()
    {
        QFETCH(int, loader);
        QFETCH(bool, switches);
        QFETCH(QByteArray, ids);
        QFETCH(int, forwardCases);
        const auto machine = cpuMachine();
        auto seen = triangleModel(machine, static_cast<ModelLoader>(loader));
        seen.switchesBackends = switches;
        for (auto& call : seen.calls)
        {
            call.captured = switches; // native code shows no call
        }
        const auto request = validationOf(seen);
        QVERIFY(problemsWith(request).empty());
        const auto plan = makeValidationPlan(request, *machine.selectedDevice());
        Names expected;
        for (const auto& id : ids.split(' '))
        {
            expected.push_back(id.toStdString());
        }
        QCOMPARE(idsOf(plan), expected);
        QCOMPARE(static_cast<int>(timed(plan, "forward").size()), forwardCases); // naive is not among them
        QVERIFY(plan.modelFile == request.modelFile && plan.inspection == request.inspection);
        QVERIFY(std::get<ModelInput>(std::get<ProbeJob>(plan.jobs[0].work).subject).model == seen.model);
    }

    void lengthsThatFollowFromTheModelAreNotSwept()
    {
        const auto machine = cpuMachine();
        auto seen = triangleModel(machine);
        seen.model.outline->fixedSequence = true;
        auto request = validationOf(seen);
        request.extendedBenchmarks = true;
        request.batchSizes = {1, 8};
        const auto plan = makeValidationPlan(request, *machine.selectedDevice());
        QCOMPARE(idsOf(plan), (Names{"probe", "judge", "forward", "training-step", "batch-1", "batch-8"}));
        QCOMPARE(std::get<ModelInput>(casesOf(jobNamed(plan, "batch-8")).front().subject).sequence, 128);
    }

    void weightsAndPackagesAreTheBuiltInModels()
    {
        auto request = validationOf(triangleModel(cpuMachine()));
        request.weightsFile = "model.safetensors";
        request.compiledPackage = "model.pt2";
        QCOMPARE(problemsWith(request).size(), 2u);
    }
};

QTEST_APPLESS_MAIN(TestAuditPlan)
#include "tst_audit_plan.moc"
