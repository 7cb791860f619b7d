// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/validate_options.h"

#include "app/cli/arguments.h"
#include "app/cli/model_options.h"
#include "app/cli/policy_options.h"
#include "core/attention/saturating.h"
#include "core/plan/model_preset.h"

#include <algorithm>
#include <array>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kModel = "Model";
constexpr const char* kFile = "Model from a file";
constexpr const char* kInput = "Input and device";
constexpr const char* kWhat = "What is validated";
constexpr const char* kHow = "How it is measured";

constexpr std::int64_t kUsualMaxSequence = 1024;
constexpr std::int64_t kFeedForwardFactor = 4;

template <typename Number> std::string shown(Number value)
{
    return fmt::format("{}", value);
}

std::string commaSeparated(const std::vector<std::int64_t>& numbers)
{
    return fmt::format("{}", fmt::join(numbers, ","));
}

std::string presetNames()
{
    std::vector<std::string_view> names;
    for (const ModelPreset& preset : modelPresets())
    {
        names.push_back(preset.name);
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

/// Takes the sizes of a published model. Declared before the options that change them: they are read in this order.
void declareModelPreset(CLI::App& app, ValidateOptions& options)
{
    present(addText(
                app, "--model-preset", "NAME",
                [&options](const std::string& text)
                {
                    const ModelPreset& preset = modelPreset(text);
                    ModelInput& input = options.request.input;
                    input.model = preset.model;
                    input.sequence = preset.sequence;
                    input.causal = preset.causal;
                    options.maxSequence = preset.model.maxSequence;
                    options.feedForward = preset.model.feedForward;
                },
                fmt::format("sizes of a published model, at the length that it is mostly run at: {}; the options below "
                            "change them",
                            presetNames())),
            kModel);
}

void declareModel(CLI::App& app, ValidateOptions& options)
{
    declareModelPreset(app, options);
    ModelSpec& model = options.request.input.model;
    present(addNumber(app, "--vocab-size", model.vocabSize, "words in the vocabulary"), kModel, shown(model.vocabSize));
    present(addNumber(app, "--d-model", model.dModel, "width of the model; a multiple of --num-heads"), kModel,
            shown(model.dModel));
    present(addNumber(app, "--num-layers", model.layers, "encoder layers; 0 is a model without attention"), kModel,
            shown(model.layers));
    present(addNumber(app, "--num-heads", model.heads, "attention heads of a layer"), kModel, shown(model.heads));
    present(addNumber(app, "--max-seq-len", options.maxSequence, "longest sequence that the model has positions for"),
            kModel, "the larger of 1024 and --seq-len");
    present(addNumber(app, "--feed-forward", options.feedForward, "width of the feed-forward layers"), kModel,
            "4 x --d-model");
    present(addChoice(app, "--dtype", options.request.input.dtype, "data type of the weights"), kModel,
            fmt::format("{}; of --model its own", toString(options.request.input.dtype)));
    present(addSwitch(app, "--causal", options.request.input.causal, "each token sees only those before it"), kModel);
    present(addSwitch(app, "--autocast", options.request.input.autocast,
                      "mixed precision: weights in float32, computed in bfloat16"),
            kModel);
    present(addText(app, "--weights", "FILE", options.request.weightsFile,
                    "safetensors file with the model's weights instead of random ones"),
            kModel);
}

void declareModelFromFile(CLI::App& app, ValidateOptions& options)
{
    present(
        addText(app, "--model", "PATH", options.modelFile.path,
                "a model from a file in place of the built-in one; headroom-cli inspect --loaders lists what can be "
                "loaded"),
        kFile);
    declareModelFileAccess(app, options.modelFile, kFile);
}

void declareInput(CLI::App& app, ValidateOptions& options)
{
    ModelInput& input = options.request.input;
    present(addNumber(app, "--batch-size", options.batch, "sequences at a time"), kInput,
            fmt::format("{}; {} with --preset quick", defaultBatchOf(Preset::Standard), defaultBatchOf(Preset::Quick)));
    present(addNumber(app, "--seq-len", input.sequence, "tokens in a sequence"), kInput, shown(input.sequence));
    declareDevice(app, options.device, "where to run", kInput);
    declareSeed(app, options.request.seed, "of weights, inputs and the order of samples", kInput);
}

void declareWhat(CLI::App& app, ValidateOptions& options)
{
    ValidationRequest& request = options.request;
    present(addSwitch(app, "--full-validation", request.fullValidation,
                      "accuracy and performance even beside a --skip, and also gradients layer by layer, autocast and "
                      "determinism"),
            kWhat);
    present(addSwitch(app, "--skip-accuracy", request.skipAccuracy, "leave the accuracy stage out"), kWhat);
    present(addSwitch(app, "--skip-performance", request.skipPerformance, "leave the performance stage out"), kWhat);
    present(addSwitch(app, "--extended-benchmarks", request.extendedBenchmarks,
                      "also a sweep over batch sizes and one over sequence lengths"),
            kWhat);
    present(addNumbers(app, "--batch-sizes", request.batchSizes, "of the sweep over batch sizes"), kWhat,
            commaSeparated(request.batchSizes));
    present(addNumbers(app, "--seq-lens", request.sequenceLengths, "of the sweep over sequence lengths"), kWhat,
            commaSeparated(request.sequenceLengths));
    present(addText(app, "--compiled", "FILE", request.compiledPackage,
                    "AOTInductor package (.pt2) of the same weights, to be compared with the model"),
            kWhat);
    present(addNumber(app, "--target-speedup", request.targetSpeedup,
                      "speed-up over math attention that must be reached: missing it is a failure"),
            kWhat, "2 is looked for, and missing it is no failure");
}

void declareHow(CLI::App& app, ValidateOptions& options)
{
    present(
        addChoice(app, "--preset", options.request.preset, "how thoroughly to measure; the options below change it"),
        kHow, std::string(toString(options.request.preset)));
    declareBudget(app, options.request.maxSeconds, kHow);
    declarePolicy(app, options.policyChanges, kHow);
}

} // namespace

void declareValidateOptions(CLI::App& app, ValidateOptions& options)
{
    declareModel(app, options);
    declareModelFromFile(app, options);
    declareInput(app, options);
    declareWhat(app, options);
    declareHow(app, options);
    declareOutput(app, options.output, "print the report as JSON on standard output");
}

ValidationRequest requestOf(const ValidateOptions& options, const DeviceSelection& device)
{
    ValidationRequest request = options.request;
    ModelSpec& model = request.input.model;
    // A width below 1 is said once, and not again for what follows from it.
    model.feedForward =
        options.feedForward.value_or(saturatingProduct({kFeedForwardFactor, std::max<std::int64_t>(1, model.dModel)}));
    model.maxSequence = options.maxSequence.value_or(std::max(kUsualMaxSequence, request.input.sequence));
    request.input.batch = options.batch.value_or(defaultBatchOf(request.preset));
    request.device = device;
    request.input.device = device.kind;
    request.measurement = changedPolicy(request.preset, options.policyChanges);
    request.accuracy = accuracyPolicyOf(request.preset);
    if (!options.modelFile.path.empty())
    {
        request.modelFile = options.modelFile;
    }
    return request;
}

void readModelFile(const CLI::App& app, ValidateOptions& options)
{
    const ModelInput& input = options.request.input;
    options.modelFile.batch = options.batch;
    options.modelFile.sequence = app.count("--seq-len") > 0 ? std::optional(input.sequence) : std::nullopt;
    options.modelFile.dtype = app.count("--dtype") > 0 ? std::optional(input.dtype) : std::nullopt;
    options.modelFile.autocast = input.autocast;
    options.modelFile.seed = options.request.seed;
}

std::string contradictionIn(const CLI::App& app, const ValidateOptions& options)
{
    static constexpr std::array kBuiltIn{"--model-preset", "--vocab-size",   "--d-model", "--num-layers", "--num-heads",
                                         "--max-seq-len",  "--feed-forward", "--causal",  "--weights",    "--compiled"};
    static constexpr std::array kOfFile{"--input", "--allow-native-code"};
    const bool fromFile = !options.modelFile.path.empty();
    for (const char* flag : kBuiltIn)
    {
        if (fromFile && app.count(flag) > 0)
        {
            return fmt::format("{} is of the built-in model, and --model brings its own; give one of the two.", flag);
        }
    }
    for (const char* flag : kOfFile)
    {
        if (!fromFile && app.count(flag) > 0)
        {
            return fmt::format("{} is of a model from a file; name it with --model.", flag);
        }
    }
    return {};
}

} // namespace headroom::cli
