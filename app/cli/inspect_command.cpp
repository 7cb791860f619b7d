// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/inspect_command.h"

#include "app/cli/arguments.h"
#include "app/cli/model_options.h"
#include "app/cli/terminal.h"
#include "core/launch/inspected_model.h"
#include "core/launch/worker_lookup.h"
#include "core/plan/size_checks.h"
#include "core/launch/set_up_error.h"
#include "core/report/inspection_tables.h"

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kDescription =
    "Load a model from a file, run it once, and show the attention calls that it makes\n"
    "For each call: its shape, data type, layout and mask, the backend that ran, its time and its memory; and what the "
    "rules of an audit find in them.";

constexpr const char* kExamples =
    "Examples\n"
    "  headroom-cli inspect --loaders                 what can be loaded, and what can be done with it\n"
    "  headroom-cli inspect models/bert-base          a Hugging Face folder\n"
    "  headroom-cli inspect model.pt --batch-size 8 --seq-len 512 --dtype bfloat16\n"
    "  headroom-cli inspect model.pt2 --input inputs.safetensors --json | jq .calls\n"
    "\n"
    "Exit status: 0 when the model could be run, whatever was found; 3 usage or set-up error.";

struct InspectOptions
{
    InspectionRequest model;
    std::optional<DeviceSelection> device;
    bool loaders = false;
    bool json = false;
};

std::string yesOrNo(bool yes)
{
    return yes ? "yes" : "no";
}

Table loadersTable()
{
    Table table;
    table.columns = {{"loader"},    {"takes"},     {"switches backends"}, {"modules"},
                     {"gradients"}, {"data type"}, {"foreign code"}};
    for (const LoaderAbilities& loader : loaderAbilities())
    {
        table.rows.push_back({toString(loader.loader), loader.files, yesOrNo(loader.switchesBackends),
                              yesOrNo(loader.showsModules), yesOrNo(loader.givesGradients), yesOrNo(loader.changesType),
                              toString(loader.foreignCode)});
        table.notes.push_back(fmt::format("{}: {}", toString(loader.loader), loader.note));
    }
    return table;
}

Table findingsTable(const InspectedModel& model, const Format& format)
{
    const auto& findings = model.findings;
    Table table;
    table.title = "Findings";
    table.columns = {{"rule"}, {"what"}};
    for (const AuditFinding& finding : findings)
    {
        table.rows.push_back({finding.rule, format.plain(finding.title)});
    }
    if (!model.inspection.callsAs.empty())
    {
        table.notes.push_back(format.plain(fmt::format("The calls are those that {} makes for {}.",
                                                       model.inspection.callsAs, model.inspection.family)));
    }
    table.notes.push_back("`headroom-cli audit` with the same model tries the fix of each, and measures it.");
    return table;
}

int showLoaders()
{
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    fmt::print("{}", textTable(loadersTable(), terminal.layout()));
    return kDone;
}

int inspect(const InspectOptions& options)
{
    if (options.loaders)
    {
        return showLoaders();
    }
    std::vector<std::string> problems;
    checkPositive("--batch-size", options.model.batch, problems);
    checkPositive("--seq-len", options.model.sequence, problems);
    if (!problems.empty())
    {
        throw SetUpError(fmt::format("{}", fmt::join(problems, "\n")));
    }
    const InspectionRequest request = checkedModelFile(options.model);
    Supervisor supervisor(findWorker().command);
    const InspectedModel model = inspectModel(supervisor, request, options.device);
    if (options.json)
    {
        fmt::print("{}\n", toJsonDocument(Json(model.inspection)));
        return kDone;
    }
    const Terminal terminal = lookAtTerminal(STDOUT_FILENO);
    auto tables = inspectionTables(model.inspection, terminal.format());
    if (!model.findings.empty())
    {
        tables.push_back(findingsTable(model, terminal.format()));
    }
    for (const Table& table : tables)
    {
        fmt::print("{}{}", &table == &tables.front() ? "" : "\n", textTable(table, terminal.layout()));
    }
    return kDone;
}

} // namespace

Command addInspectCommand(CLI::App& program)
{
    CLI::App* app = program.add_subcommand("inspect", kDescription)->footer(kExamples);
    const auto options = std::make_shared<InspectOptions>();
    declareModelFile(*app, options->model, options->device);
    present(addSwitch(*app, "--loaders", options->loaders, "show what can be loaded instead, and what it allows"),
            "Output");
    present(addSwitch(*app, "--json", options->json, "print the inspection as JSON"), "Output");
    return {app, [options] { return inspect(*options); }};
}

} // namespace headroom::cli
