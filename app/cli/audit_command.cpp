// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/audit_command.h"

#include "app/cli/refusal.h"
#include "app/cli/arguments.h"
#include "app/cli/model_options.h"
#include "app/cli/policy_options.h"
#include "app/cli/run_options.h"
#include "app/cli/supervised_run.h"
#include "core/launch/device_choice.h"
#include "core/launch/inspected_model.h"
#include "core/launch/memory_forecast.h"
#include "core/launch/peak_store.h"
#include "core/launch/price_file.h"
#include "core/launch/set_up_error.h"
#include "core/plan/audit_plan.h"
#include "core/report/format.h"
#include "core/run/run_progress.h"

#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription =
    "Find what costs the attention of a model its speed, and measure what each fix gains\n"
    "The model is loaded from a file and watched in a forward pass. The fix of each finding is tried on the tensors "
    "that "
    "flowed there, before and after in turns, and judged; the whole model is timed with every backend.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli audit models/bert-base\n"
    "  headroom-cli audit model.pt --dtype bfloat16 --batch-size 8 --seq-len 2048 --preset quick\n"
    "  headroom-cli audit model.pt2 --input inputs.safetensors --skip-model\n"
    "  headroom-cli audit models/gpt2 --steps 100000 --price-per-gpu-hour 2.5\n"
    "\n"
    "Exit status: 0 nothing found, or advice alone; 1 the model's result is wrong, or a fix is not exact; 2 cannot\n"
    "tell; 3 usage or set-up error.";

constexpr const char* kWhat = "What is tried";
constexpr const char* kHow = "How it is measured";
constexpr const char* kProjection = "Projection of a training run";

struct AuditOptions
{
    AuditRequest request;
    std::optional<DeviceSelection> device;
    std::optional<std::int64_t> steps;
    std::optional<double> pricePerGpuHour;
    std::string currency = ProjectionRequest{}.currency;
    OutputOptions output{.folder = "results/audit", .reportName = "audit.json", .force = false, .speech = {}};
    PolicyChanges policyChanges;
};

/// Without --price-per-gpu-hour the price is that of the user's own file, where it has one for the device.
void addKeptPrice(AuditRequest& request, const DeviceFacts& device)
{
    if (!request.projection || request.projection->pricePerGpuHour)
    {
        return;
    }
    if (const auto prices = keptPrices(); prices && prices->perHour(device.name))
    {
        request.projection->pricePerGpuHour = prices->perHour(device.name);
        request.projection->currency = prices->currency;
    }
}

/// The request, with what follows from other options filled in.
AuditRequest requestOf(const AuditOptions& options)
{
    AuditRequest request = options.request;
    request.seed = request.model.seed;
    request.measurement = changedPolicy(request.preset, options.policyChanges);
    request.accuracy = accuracyPolicyOf(request.preset);
    if (options.pricePerGpuHour && !options.steps)
    {
        throw SetUpError("--price-per-gpu-hour is of a training run; give its --steps as well.");
    }
    if (options.steps)
    {
        request.projection = ProjectionRequest{*options.steps, options.pricePerGpuHour, options.currency};
    }
    return request;
}

void announce(const Plan& plan, const InspectedModel& model)
{
    double seconds = 0;
    for (const Job& job : plan.jobs)
    {
        seconds += job.estimateSeconds;
    }
    const Format format;
    const auto count = [&](std::size_t value, std::string_view noun)
    { return format.plural(static_cast<std::int64_t>(value), noun); };
    fmt::print(stderr, "{}, {}, {}, on {}: {} jobs, about {}\n", model.inspection.model.architecture,
               count(model.inspection.calls.size(), "attention call"), count(model.findings.size(), "finding"),
               describeDevice(model.device), plan.jobs.size(),
               roughDuration(plan.maxSeconds ? std::min(*plan.maxSeconds, seconds) : seconds));
}

Plan planFor(AuditRequest request, const InspectedModel& model, bool quiet)
{
    request.device = model.machine.selected;
    Plan plan = makeAuditPlan(request, model.inspection, model.findings, model.device);
    addPeaks(plan, model.device, model.machine, PeakStore(PeakStore::defaultFile()));
    const MemoryForecast forecast = forecastMemory(plan, model.device);
    if (forecast.problem)
    {
        throw SetUpError(*forecast.problem);
    }
    if (!quiet)
    {
        announce(plan, model);
        fmt::print(stderr, "{}{}", fmt::join(forecast.notes, "\n"), forecast.notes.empty() ? "" : "\n");
    }
    return plan;
}

int audit(const AuditOptions& options)
{
    AuditRequest request = requestOf(options);
    request.model = checkedModelFile(request.model);
    refuse(problemsWith(request));
    const OutputFiles files = outputFilesFor(options.output.folder, options.output.reportName);
    checkOutput(files, options.output.force);
    Supervisor supervisor(findWorker().command);
    const InspectedModel model = inspectModel(supervisor, request.model, options.device);
    addKeptPrice(request, model.device);
    const Plan plan = planFor(request, model, options.output.speech.quiet);
    return runNewPlan(supervisor, plan, files, options.output);
}

void declareProjection(CLI::App& app, AuditOptions& options)
{
    present(addNumber(app, "--steps", options.steps, "training steps to project the measured one onto"), kProjection);
    present(addNumber(app, "--price-per-gpu-hour", options.pricePerGpuHour, "price of an hour of one device"),
            kProjection, "that of prices.json, if it has one");
    present(addText(app, "--currency", "NAME", options.currency, "of the price"), kProjection, options.currency);
}

} // namespace

Command addAuditCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("audit", kDescription)->footer(kExamples);
    const auto options = std::make_shared<AuditOptions>();
    declareModelFile(*app, options->request.model, options->device);
    present(addSwitch(*app, "--skip-trials", options->request.skipTrials,
                      "name the findings, and try none of their "
                      "fixes"),
            kWhat);
    present(addSwitch(*app, "--skip-model", options->request.skipModel, "leave the timing of the whole model out"),
            kWhat);
    declareProjection(*app, *options);
    present(
        addChoice(*app, "--preset", options->request.preset, "how thoroughly to measure; the options below change it"),
        kHow, std::string(toString(options->request.preset)));
    declareBudget(*app, options->request.maxSeconds, kHow);
    declarePolicy(*app, options->policyChanges, kHow);
    declareOutput(*app, options->output, "print the report as JSON on standard output");
    return {app, [options] { return audit(*options); }};
}

} // namespace headroom::cli
