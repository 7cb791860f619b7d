// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/ab_options.h"

#include "app/cli/arguments.h"
#include "app/cli/model_options.h"
#include "core/launch/inspected_model.h"
#include "core/launch/set_up_error.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kSides = "What differs between the sides";
constexpr const char* kModel = "A model in place of the call";
constexpr const char* kRun = "How the call is run";
constexpr const char* kHow = "How it is compared";

/// Each option of a case is a setting of a side as well: --seq-len 1024 is seq-len=1024.
void declareCase(CLI::App& app, AbCaseOptions& options)
{
    declareShapeOptions(app, options.shape);
    present(addText(app, "--model", "PATH", options.model.path,
                    "a model from a file in place of the call; of the shape, batch, length and data type hold for it"),
            kModel, "one attention call");
    declareModelFileAccess(app, options.model, kModel);
    present(addSwitch(app, "--autocast", options.model.autocast, "mixed precision: computed in bfloat16"), kModel);
    present(addChoice(app, "--backend", options.backend, "who computes it"), kRun,
            std::string(toString(options.backend)));
    present(addChoice(app, "--pass", options.pass, "what is timed"), kRun, std::string(toString(options.pass)));
    present(addChoice(app, "--launch", options.launch, "each call by itself, or replayed from a CUDA graph"), kRun,
            std::string(toString(options.launch)));
    present(addChoice(app, "--l2", options.l2, "state of the level-2 cache before each sample"), kRun,
            std::string(toString(options.l2)));
}

void addSettings(CLI::App& app, const std::string& name, std::vector<std::string>& settings, const std::string& help)
{
    auto* option = app.add_option_function<std::vector<std::string>>(
        name, [&settings](const std::vector<std::string>& given) { settings = given; }, help);
    present(option->type_name("NAME=VALUE")->expected(1)->take_all(), kSides);
}

/// Variables of the environment are the settings in capitals.
bool isVariable(std::string_view name)
{
    const auto isCapital = [](char letter)
    { return (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') || letter == '_'; };
    return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::ranges::all_of(name, isCapital);
}

/// A path that holds in any folder; a command with arguments, or a name on PATH, is left as it is.
std::string lasting(const std::string& worker)
{
    std::error_code error;
    return std::filesystem::exists(worker, error) ? std::filesystem::absolute(worker, error).string() : worker;
}

std::string nameOf(Side side)
{
    return fmt::format("Side {}", letter(side));
}

std::vector<std::string> settingNames(const CLI::App& app)
{
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
    {
        for (const std::string& name : option->get_lnames())
        {
            names.push_back(name);
        }
    }
    std::ranges::sort(names);
    return names;
}

/// Options of the shape that say nothing of a model.
constexpr std::array kOfCallsAlone{"--num-heads",  "--kv-heads", "--kv-len",        "--head-dim",
                                   "--head-dim-v", "--mask",     "--mask-gradient", "--causal",
                                   "--dropout",    "--scale",    "--layout",        "--inference"};

/// The sizes that were given on \a app hold for a model as well.
void takeGivenSizes(const CLI::App& app, AbCaseOptions& options)
{
    for (const char* flag : kOfCallsAlone)
    {
        if (!options.model.path.empty() && app.count(flag) > 0)
        {
            throw SetUpError(fmt::format("{} is of an attention call, and what is compared is a model.", flag));
        }
    }
    if (app.count("--dtype") > 0)
    {
        options.model.dtype = options.shape.problem.dtype;
    }
    if (app.count("--batch-size") > 0)
    {
        options.model.batch = options.shape.problem.batch;
    }
    if (app.count("--seq-len") > 0)
    {
        options.model.sequence = options.shape.problem.queryLength;
    }
}

/// \a common with the settings of one side.
AbCaseOptions changed(const AbCaseOptions& common, const std::vector<std::string>& settings, Side side)
{
    AbCaseOptions own = common;
    CLI::App app;
    app.set_help_flag();
    declareCase(app, own);
    const auto names = settingNames(app);
    std::vector<std::string> words;
    for (const auto& setting : settings)
    {
        const std::string name = setting.substr(0, setting.find('='));
        if (isVariable(name))
        {
            continue;
        }
        if (std::ranges::find(names, name) == names.end())
        {
            throw SetUpError(fmt::format("{}: there is no setting '{}'. It is one of {}, or a variable of the "
                                         "environment in capitals.",
                                         nameOf(side), name, fmt::join(names, ", ")));
        }
        words.insert(words.begin(), "--" + setting); // the parser takes them from the back
    }
    try
    {
        app.parse(std::move(words));
    }
    catch (const CLI::ParseError& error)
    {
        throw SetUpError(fmt::format("{}: {}", nameOf(side), error.what()));
    }
    takeGivenSizes(app, own);
    return own;
}

SideSettings sideOf(const std::vector<std::string>& settings, const std::string& worker, Side side)
{
    SideSettings own;
    own.settings = settings;
    for (const auto& setting : settings)
    {
        const auto equals = setting.find('=');
        if (!isVariable(setting.substr(0, equals)))
        {
            continue;
        }
        if (equals == std::string::npos)
        {
            throw SetUpError(fmt::format("{}: {} needs a value, {}=VALUE.", nameOf(side), setting, setting));
        }
        own.environment[setting.substr(0, equals)] = setting.substr(equals + 1);
    }
    if (!worker.empty())
    {
        own.worker = lasting(worker);
        own.settings.push_back("worker=" + worker);
    }
    return own;
}

Case caseOf(const AbCaseOptions& options, DeviceKind kind)
{
    if (options.shape.inference && options.pass != Pass::Forward)
    {
        throw SetUpError(
            fmt::format("--inference wants no gradients, and the pass {} computes them.", toString(options.pass)));
    }
    ShapeOptions shape = options.shape;
    shape.inference = options.pass == Pass::Forward; // as in a sweep: a forward pass by itself is inference
    Case result;
    if (options.model.path.empty())
    {
        result.subject = problemOf(shape, kind);
    }
    else
    {
        result.subject = ModelInput{}; // it is filled in when the model was looked at
    }
    result.backend = options.backend;
    result.pass = options.pass;
    result.launch = options.launch;
    result.l2 = options.l2;
    return result;
}

} // namespace

void declareAbOptions(CLI::App& app, AbOptions& options)
{
    options.app = &app;
    addSettings(app, "--a", options.settings[0],
                "a setting of A, the baseline: an option below without its dashes, or a variable of the environment; "
                "may be repeated");
    addSettings(app, "--b", options.settings[1], "a setting of B, the candidate; may be repeated");
    for (const Side side : {Side::A, Side::B})
    {
        const bool isA = side == Side::A;
        present(
            addText(app, isA ? "--worker-a" : "--worker-b", "COMMAND", options.workers[static_cast<std::size_t>(side)],
                    isA ? "A's worker, built against a LibTorch of its own (./dev build --libtorch)" : "B's worker"),
            kSides, "the one that is found");
    }
    declareCase(app, options.common);
    declareDevice(app, options.device, "where to run", kRun);
    declareSeed(app, options.seed, "of inputs and of who goes first in each round", kRun);
    present(
        addNumber(app, "--max-seconds", options.maxSeconds, "time for the whole run; it ends sooner with a verdict"),
        kHow, fmt::format("{:g}", options.maxSeconds));
    present(addNumber(app, "--max-pairs", options.mostPairs, "most pairs of samples"), kHow,
            fmt::format("{}", options.mostPairs));
    present(addNumber(app, "--min-effect", options.minimumEffect,
                      "smallest difference that counts as one, as a share; what is surely below it is the same"),
            kHow, fmt::format("{:g}", options.minimumEffect));
    present(addNumber(app, "--confidence", options.confidence,
                      "that the verdict is no false alarm, however often it was looked"),
            kHow, fmt::format("{:g}", options.confidence));
    present(addChoice(app, "--preset", options.preset, "how thoroughly to warm up and to judge"), kHow,
            std::string(toString(options.preset)));
    present(addNumber(app, "--num-warmup", options.warmup, "warm-up runs of each side, exactly"), kHow, "adaptive");
    present(addNumber(app, "--job-deadline", options.deadlineSeconds, "a job that takes longer is ended"), kHow,
            "ten times its estimate; at least 30, at most 900 or four times --max-seconds");
    declareOutput(app, options.output, "print the report as JSON on standard output");
}

AbRequest requestOf(const AbOptions& options, DeviceKind kind)
{
    if (options.mostPairs < 1)
    {
        throw SetUpError(fmt::format("--max-pairs is {}; it must be at least 1.", options.mostPairs));
    }
    AbRequest request;
    request.preset = options.preset;
    request.measurement = measurementPolicyOf(options.preset);
    request.measurement.iterations.reset();
    request.measurement.warmup = options.warmup;
    request.measurement.minSamples = 1;
    request.measurement.maxSamples = options.mostPairs;
    request.measurement.minimumEffect = options.minimumEffect;
    request.measurement.confidence = options.confidence;
    request.measurement.deadlineCapSeconds =
        options.deadlineSeconds.value_or(std::max(request.measurement.deadlineCapSeconds, 4 * options.maxSeconds));
    request.accuracy = accuracyPolicyOf(options.preset);
    request.seed = options.seed;
    request.maxSeconds = options.maxSeconds;
    AbCaseOptions common = options.common;
    common.model.seed = options.seed;
    takeGivenSizes(*options.app, common);
    std::array<InspectionRequest, 2> models;
    for (const Side side : {Side::A, Side::B})
    {
        const auto at = static_cast<std::size_t>(side);
        const auto own = changed(common, options.settings[at], side);
        request.cases[at] = caseOf(own, kind);
        request.sides[at] = sideOf(options.settings[at], options.workers[at], side);
        models[at] = own.model.path.empty() ? own.model : checkedModelFile(own.model);
    }
    if (models[0].path.empty() != models[1].path.empty())
    {
        throw SetUpError("One side is a model and the other an attention call; give both a model, or none.");
    }
    if (!models[0].path.empty())
    {
        request.modelFile = models[0];
        request.sides[1].modelFile = models[1] == models[0] ? std::nullopt : std::optional(models[1]);
    }
    return request;
}

} // namespace headroom::cli
