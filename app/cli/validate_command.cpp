// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/validate_command.h"

#include "app/cli/refusal.h"
#include "core/launch/device_choice.h"
#include "core/launch/inspected_model.h"
#include "core/launch/memory_forecast.h"
#include "core/launch/model_files.h"
#include "core/launch/peak_store.h"
#include "core/plan/model_jobs.h"
#include "core/run/run_progress.h"
#include "core/launch/set_up_error.h"
#include "app/cli/supervised_run.h"
#include "app/cli/validate_options.h"

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
    "Validate attention in a transformer, and leave a report\n"
    "It says which backend runs, whether its numbers are right, how fast it is, and what would make it better.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli validate                      the default model, on the GPU where there is one\n"
    "  headroom-cli validate --preset quick       an answer within a minute\n"
    "  headroom-cli validate --dtype bfloat16 --batch-size 8 --seq-len 2048 --causal\n"
    "  headroom-cli validate --model models/bert-base --seq-len 512   a model from a file\n"
    "  headroom-cli validate --target-speedup 2   for CI: exit status 1 when it is missed\n"
    "  headroom-cli validate --json --quiet | jq .recommendations\n"
    "\n"
    "Exit status: 0 all checks pass, 1 a check failed, 2 cannot tell, 3 usage or set-up error.";

/// Everything that can be checked without a worker.
OutputFiles checkInput(const ValidateOptions& options)
{
    const ValidationRequest request = requestOf(options, options.device.value_or(DeviceSelection{}));
    refuse(problemsWith(request));
    checkModelFiles(request);
    const OutputFiles files = outputFilesFor(options.output.folder, options.output.reportName);
    checkOutput(files, options.output.force);
    return files;
}

/// The request for the device that is chosen; of a model from a file, once a worker has looked at it.
ValidationRequest requestFor(const ValidateOptions& options, const DeviceFacts& device, Supervisor& supervisor)
{
    ValidationRequest request = requestOf(options, {device.kind, device.ordinal});
    if (request.modelFile)
    {
        request.inspection = inspectModel(supervisor, *request.modelFile, request.device).inspection;
        request.input = modelInputOf(*request.inspection, *request.modelFile, device.kind);
    }
    refuse(problemsWith(request));
    return request;
}

Plan planFor(const ValidateOptions& options, Supervisor& supervisor, const PeakStore& store)
{
    const Circumstances machine = describeMachine(supervisor);
    const DeviceFacts& device = chooseDevice(machine, options.device);
    const ValidationRequest request = requestFor(options, device, supervisor);
    Plan plan = makeValidationPlan(request, device);
    addPeaks(plan, device, machine, store);
    const MemoryForecast forecast = forecastMemory(plan, device);
    if (forecast.problem)
    {
        throw SetUpError(*forecast.problem);
    }
    if (!options.output.speech.quiet)
    {
        double seconds = 0;
        for (const Job& job : plan.jobs)
        {
            seconds += job.estimateSeconds;
        }
        fmt::print(stderr, "{} on {}: {} jobs, about {}\n", describe(request.input), describeDevice(device),
                   plan.jobs.size(), roughDuration(seconds));
        fmt::print(stderr, "{}{}", fmt::join(forecast.notes, "\n"), forecast.notes.empty() ? "" : "\n");
    }
    return plan;
}

int validate(const CLI::App& app, ValidateOptions& options)
{
    if (const std::string mistake = contradictionIn(app, options); !mistake.empty())
    {
        throw SetUpError(mistake);
    }
    if (!options.modelFile.path.empty())
    {
        readModelFile(app, options);
        options.modelFile = checkedModelFile(options.modelFile);
    }
    const OutputFiles files = checkInput(options);
    Supervisor supervisor(findWorker().command);
    const Plan plan = planFor(options, supervisor, PeakStore(PeakStore::defaultFile()));
    return runNewPlan(supervisor, plan, files, options.output);
}

} // namespace

Command addValidateCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("validate", kDescription)->footer(kExamples);
    const auto options = std::make_shared<ValidateOptions>();
    declareValidateOptions(*app, *options);
    return {app, [app, options] { return validate(*app, *options); }};
}

} // namespace headroom::cli
