// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/explain_command.h"

#include "app/cli/arguments.h"
#include "core/launch/device_choice.h"
#include "core/launch/set_up_error.h"
#include "app/cli/run_options.h"
#include "app/cli/shape_options.h"
#include "app/cli/supervised_run.h"
#include "app/cli/terminal.h"
#include "core/report/explanation_tables.h"

#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription =
    "Say which backends take an attention call, why the others do not, and what would change that\n"
    "Every rule is shown with its limit, beside LibTorch's own answer. Nothing is timed.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli explain --dtype bfloat16 --head-dim 80 --causal\n"
    "  headroom-cli explain --num-heads 32 --kv-heads 8 --seq-len 1 --kv-len 4096 --inference\n"
    "  headroom-cli explain --compute-capability 8.6 --dtype float16 --head-dim 200   a GPU that is not here\n"
    "  headroom-cli explain --matrix --causal            every head_dim and data type\n"
    "\n"
    "Exit status: 0, 1 when the rules and LibTorch disagree, 3 usage or set-up error.";

constexpr int kDisagreement = 1;

struct ExplainOptions
{
    ShapeOptions shape;
    std::optional<DeviceSelection> device;
    std::optional<int> computeCapability; ///< 90 for 9.0: rules alone, of a GPU that is not here
    bool rulesOnly = false;
    bool matrix = false;
    std::vector<std::int64_t> headDims{32, 40, 64, 72, 80, 96, 128, 160, 192, 224, 256, 320, 512};
    bool json = false;
};

/// Who is asked, and about which device.
struct Asked
{
    DeviceFacts device;
    SelectorQuestion ask; ///< empty: the rules alone
    std::unique_ptr<Supervisor> supervisor;
};

Asked whomToAsk(const ExplainOptions& options)
{
    Asked asked;
    if (options.computeCapability)
    {
        asked.device = assumedGpu(*options.computeCapability);
        return asked;
    }
    if (options.rulesOnly)
    {
        if (options.device && options.device->kind == DeviceKind::Cuda)
        {
            throw SetUpError("The rules of a CUDA device depend on which one it is: name its --compute-capability, "
                             "or leave --rules-only out.");
        }
        return asked;
    }
    asked.supervisor = std::make_unique<Supervisor>(findWorker().command);
    asked.device = chooseDevice(describeMachine(*asked.supervisor), options.device);
    const DeviceSelection selection{asked.device.kind, asked.device.ordinal};
    asked.ask = [supervisor = asked.supervisor.get(), selection](const AttentionProblem& problem)
    { return supervisor->explain(selection, problem); };
    return asked;
}

void printTables(const std::vector<Table>& tables, const Terminal& terminal)
{
    for (const auto& table : tables)
    {
        fmt::print("{}{}", &table == &tables.front() ? "" : "\n", textTable(table, terminal.layout()));
    }
}

int explainCall(const ExplainOptions& options, const Asked& asked, const AttentionProblem& problem)
{
    const auto explanation = explainProblem(problem, asked.device, asked.ask);
    if (options.json)
    {
        fmt::print("{}\n", toJsonDocument(Json(explanation)));
    }
    else
    {
        const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
        printTables(explanationTables(explanation, terminal.format()), terminal);
    }
    return disagreements(explanation.evidence).empty() ? kDone : kDisagreement;
}

int showMatrix(const ExplainOptions& options, const Asked& asked, const AttentionProblem& problem)
{
    const std::vector<DType> dtypes{DType::Float32, DType::BFloat16, DType::Float16, DType::Float64};
    const auto cells = supportMatrix(problem, dtypes, options.headDims, asked.device, asked.ask);
    if (options.json)
    {
        fmt::print("{}\n", toJsonDocument(Json(cells)));
    }
    else
    {
        const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
        printTables(supportTables(cells, terminal.format()), terminal);
    }
    const bool agreed =
        std::all_of(cells.begin(), cells.end(),
                    [](const SupportCell& cell) { return cell.byLibtorch.value_or(cell.byRules) == cell.byRules; });
    return agreed ? kDone : kDisagreement;
}

int explain(const ExplainOptions& options)
{
    // What is wrong with the shape is said before a worker is started.
    problemOf(options.shape, DeviceKind::Cpu);
    for (const auto headDim : options.headDims)
    {
        if (headDim < 1)
        {
            throw SetUpError(fmt::format("{} is no head_dim; give numbers from 1 on to --head-dims", headDim));
        }
    }
    const Asked asked = whomToAsk(options);
    const auto problem = problemOf(options.shape, asked.device.kind);
    return options.matrix ? showMatrix(options, asked, problem) : explainCall(options, asked, problem);
}

} // namespace

Command addExplainCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("explain", kDescription)->footer(kExamples);
    const auto options = std::make_shared<ExplainOptions>();
    declareShapeOptions(*app, options->shape);
    constexpr const char* kWhom = "Who is asked";
    declareDevice(*app, options->device, "the device of the call", kWhom);
    present(addText(
                *app, "--compute-capability", "X.Y",
                [options](const std::string& text) { options->computeCapability = parseComputeCapability(text); },
                "a GPU that is not here: its rules, with cuDNN 9.19"),
            kWhom);
    present(addSwitch(*app, "--rules-only", options->rulesOnly, "the CPU's rules, without asking LibTorch"), kWhom);
    constexpr const char* kMatrix = "Support matrix";
    present(addSwitch(*app, "--matrix", options->matrix, "every head_dim and data type around the shape"), kMatrix);
    present(addNumbers(*app, "--head-dims", options->headDims, "of the matrix"), kMatrix, "13 from 32 to 512");
    present(addSwitch(*app, "--json", options->json, "print the answer as JSON"), "Output");
    return {app, [options] { return explain(*options); }};
}

} // namespace headroom::cli
