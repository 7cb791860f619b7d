// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/sweep_options.h"
#include "app/cli/validate_options.h"
#include "core/plan/model_preset.h"
#include "core/plan/sweep_preset.h"
#include "core/report/fold.h"
#include "core/report/repro.h"

#include <CLI/CLI.hpp>
#include <QTest>

#include <algorithm>

using namespace headroom;
using namespace headroom::cli;

namespace
{

DeviceFacts deviceOf(DeviceKind kind)
{
    DeviceFacts device;
    device.kind = kind;
    device.cores = 2;
    device.computeCapability = kind == DeviceKind::Cuda ? 90 : 0;
    device.cudnnVersion = kind == DeviceKind::Cuda ? 91900 : 0;
    return device;
}

/// The arguments behind the program and the command, as a shell would make them of \a line.
std::string argumentsOf(const std::string& line, const std::string& command)
{
    const std::string begin = "headroom-cli " + command + " ";
    return line.starts_with(begin) ? line.substr(begin.size()) : std::string();
}

Plan planOfSweepLine(const std::string& line)
{
    CLI::App app;
    SweepOptions options;
    declareSweepOptions(app, options);
    app.parse(argumentsOf(line, "sweep"));
    const SweepRequest request = requestOf(options, options.device.value());
    if (const auto problems = problemsWith(request); !problems.empty())
    {
        throw std::invalid_argument(problems.front());
    }
    return makeSweepPlan(request, deviceOf(options.device->kind));
}

Plan planOfValidateLine(const std::string& line)
{
    CLI::App app;
    ValidateOptions options;
    declareValidateOptions(app, options);
    app.parse(argumentsOf(line, "validate"));
    return makeValidationPlan(requestOf(options, options.device.value()), deviceOf(options.device->kind));
}

/// Whether \a plan times \a measured, or has it as a row that it leaves out.
bool holds(const Plan& plan, const Case& measured)
{
    const std::string id = measured.id();
    return std::any_of(
        plan.jobs.begin(), plan.jobs.end(),
        [&](const Job& job)
        {
            const auto cases = casesOf(job);
            const auto* compare = std::get_if<CompareJob>(&job.work);
            return std::any_of(cases.begin(), cases.end(), [&](const Case& value) { return value.id() == id; }) ||
                   (compare != nullptr && std::any_of(compare->leftOut.begin(), compare->leftOut.end(),
                                                      [&](const LeftOutCase& entry) { return entry.left.id() == id; }));
        });
}

/// The report of \a plan with its jobs begun: all rows are there, nothing was measured.
Report rowsOf(const Plan& plan)
{
    ReportFold fold;
    Event event;
    event.run = "run";
    event.data = RunStarted{plan, "", ""};
    fold.apply(event);
    for (const auto& job : plan.jobs)
    {
        event.job = job.id;
        event.data = JobStarted{};
        fold.apply(event);
    }
    return fold.report();
}

/// A sweep in which every member of a case has another value than its default.
SweepSpec everything()
{
    SweepSpec spec;
    spec.batches = {3};
    spec.heads = {8};
    spec.kvHeads = {kSame, 2};
    spec.queryLengths = {48};
    spec.kvLengths = {kSame, 96};
    spec.headDims = {64, 80};
    spec.headDimsV = {kSame, 32};
    spec.dtypes = {DType::BFloat16, DType::Float32};
    for (const char* word : {"none", "causal", "causal-bottom-right", "padding+additive", "sliding-window:16", "alibi",
                             "random-additive", "random+gradient", "document:8"})
    {
        spec.masks.push_back(parseSweepMask(word));
    }
    spec.dropouts = {0.0, 0.1};
    spec.layouts = {Layout::Bhsd, Layout::Bshd};
    spec.scale = 0.3;
    spec.passes = {Pass::Forward, Pass::TrainingStep};
    spec.gradients = {Gradients::ByPass, Gradients::Always};
    return spec;
}

} // namespace

/// Every repro line, read by the command's own parser, plans the case that it came from.
class SweepReproTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sweepLinesMeetTheirCase_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<bool>("cold");
        QTest::newRow("cpu") << int(DeviceKind::Cpu) << false;
        QTest::newRow("cuda") << int(DeviceKind::Cuda) << true;
    }

    void sweepLinesMeetTheirCase()
    {
        QFETCH(int, kind);
        QFETCH(bool, cold);
        SweepRequest request;
        request.device.kind = static_cast<DeviceKind>(kind);
        request.specs = {everything()};
        request.policy = Preset::Quick;
        request.measurement = measurementPolicyOf(Preset::Quick);
        request.measurement.iterations = 30;
        request.measurement.maxSecondsPerCase = 0.25;
        request.seed = 7;
        if (cold)
        {
            request.specs.front().launches = {Launch::Eager, Launch::Graph};
            request.specs.front().l2States = {L2State::Cold};
            request.specs.front().masks.resize(4);
        }
        const Plan plan = makeSweepPlan(request, deviceOf(request.device.kind));
        const Report report = rowsOf(plan);
        QVERIFY(report.cases.size() > 1000);
        for (std::size_t i = 0; i < report.cases.size(); i += 7) // 7 shares no factor with the lists
        {
            const auto& row = report.cases[i];
            const Plan again = planOfSweepLine(row.repro);
            QVERIFY2(holds(again, row.measured), row.repro.c_str());
            QVERIFY2(again.measurement == plan.measurement, row.repro.c_str());
            QCOMPARE(again.seed, plan.seed);
            QCOMPARE(again.preset, plan.preset);
        }
    }

    void presetLinesMeetTheirCase()
    {
        for (const auto& preset : sweepPresets())
        {
            SweepRequest request;
            request.device.kind = DeviceKind::Cuda;
            request.specs = preset.specs;
            request.mathUpTo = preset.mathUpTo;
            for (const auto& row : rowsOf(makeSweepPlan(request, deviceOf(DeviceKind::Cuda))).cases)
            {
                QVERIFY2(holds(planOfSweepLine(row.repro), row.measured), row.repro.c_str());
            }
        }
    }

    void validateLinesMeetTheirCase()
    {
        ValidationRequest request;
        request.device.kind = request.input.device = DeviceKind::Cuda;
        request.input.dtype = DType::BFloat16;
        request.input.causal = true;
        request.input.model.layers = 3;
        request.input.model.dModel = 512;
        request.input.model.heads = 8;
        request.input.model.feedForward = 2048;
        request.preset = Preset::Standard;
        request.measurement = measurementPolicyOf(Preset::Standard);
        request.measurement.warmup = 0;
        request.extendedBenchmarks = true;
        request.weightsFile = "my model's weights.safetensors";
        const Plan plan = makeValidationPlan(request, deviceOf(DeviceKind::Cuda));
        const Report report = rowsOf(plan);
        QVERIFY(!report.cases.empty());
        for (const auto& row : report.cases)
        {
            QVERIFY2(QString::fromStdString(row.repro).contains(
                         QStringLiteral("--weights 'my model'\\''s weights.safetensors'")),
                     row.repro.c_str());
            std::string plain = row.repro; // CLI11 splits by quotes of its own, so the file goes
            const auto at = plain.find(" --weights");
            plain.erase(at, plain.find(" --batch-size") - at);
            const Plan again = planOfValidateLine(plain);
            QVERIFY2(holds(again, row.measured), row.repro.c_str());
            QCOMPARE(again.measurement.warmup, std::optional<std::int64_t>(0));
        }
    }

    void aModelPresetKeepsItsFeedForwardSize()
    {
        ValidationRequest request;
        request.input.model = modelPreset("llama3-8b").model;
        const Plan plan = makeValidationPlan(request, deviceOf(DeviceKind::Cpu));
        const auto line = reproLine(plan, {request.input, Backend::Math}, std::nullopt);
        QVERIFY2(QString::fromStdString(line).contains(QStringLiteral("--feed-forward 14336")), line.c_str());
        QVERIFY(holds(planOfValidateLine(line), {request.input, Backend::Math}));
    }

    void theCommandLineTakesModelPresets()
    {
        const Plan plan =
            planOfValidateLine("headroom-cli validate --device cpu --model-preset gpt2-medium --num-layers 2");
        const auto input = std::get<ModelInput>(std::get<ProbeJob>(plan.jobs.front().work).subject);
        QCOMPARE(input.model.dModel, 1024);
        QCOMPARE(input.model.layers, 2);
        QCOMPARE(input.model.feedForward, 4096);
        QCOMPARE(input.sequence, 1024);
        QVERIFY(input.causal);
    }

    void whatNoLineCanSayHasNone()
    {
        Plan plan;
        ModelInput input;
        input.model.architecture = "another";
        QVERIFY(reproLine(plan, {input, Backend::Math}, std::nullopt).empty());
        AttentionProblem problem;
        problem.causal = true;
        problem.mask = MaskKind::Boolean;
        QVERIFY(reproLine(plan, {problem, Backend::Math}, std::nullopt).empty());
    }
};

QTEST_APPLESS_MAIN(SweepReproTest)
#include "tst_sweep_repro.moc"
