// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/sweep_options.h"

#include "app/cli/arguments.h"
#include "app/cli/case_filter_option.h"
#include "core/launch/device_choice.h"
#include "core/plan/number_list.h"
#include "core/plan/sweep_preset.h"
#include "core/plan/word_list.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace headroom::cli
{
namespace
{

constexpr const char* kSizes = "Sizes (lists: 64,128  512..16384 doubling  512..4096:512 in steps  4k)";
constexpr const char* kCall = "The attention call (lists with commas)";
constexpr const char* kRuns = "How each call is run (lists with commas)";
constexpr const char* kWhat = "What is done";
constexpr const char* kHow = "How it is measured";

/// The words of \a text, each once.
template <typename T> std::vector<T> wordsOf(std::string_view text)
{
    if constexpr (std::is_same_v<T, SweepMask>)
    {
        return parseMasks(text);
    }
    else if constexpr (std::is_same_v<T, double>)
    {
        return parseList(text, [](std::string_view word) { return number(word); });
    }
    else
    {
        return parseWords<T>(text);
    }
}

/// Declares options that change the specs, so that a preset's lists stay where none are given.
class SpecOptions
{
public:
    SpecOptions(CLI::App& app, SweepOptions& options) : m_app(app), m_options(options) {}

    /// An option whose text \a read turns into a change of the specs.
    template <typename Read>
    void add(const char* name, const std::string& type, const Read& read, const std::string& help,
             const std::string& usual, const char* group)
    {
        present(addText(
                    m_app, name, type,
                    [&options = m_options, read](const std::string& text) { options.changes.push_back(read(text)); },
                    help),
                group, usual);
    }

    /// \a set stores a list of sizes; "same" is kSame where \a same allows it.
    template <typename Set>
    void addSizes(const char* name, const Set& set, bool same, const std::string& help, const std::string& usual)
    {
        add(
            name, same ? "LIST|same" : "LIST",
            [set, same](const std::string& text)
            {
                const auto sizes = same && text == "same" ? std::vector{kSame} : parseSizes(text);
                return [set, sizes](SweepSpec& spec) { set(spec, sizes); };
            },
            help, usual, kSizes);
    }

    template <typename T>
    void addWords(const char* name, std::vector<T> SweepSpec::*member, const std::string& type, const std::string& help,
                  const std::string& usual, const char* group)
    {
        add(
            name, type,
            [member](const std::string& text)
            { return [member, values = wordsOf<T>(text)](SweepSpec& spec) { spec.*member = values; }; },
            help, usual, group);
    }

    template <typename E>
    void addNames(const char* name, std::vector<E> SweepSpec::*member, const std::string& help,
                  const std::string& usual, const char* group)
    {
        addWords(name, member, namesOf<E>("|"), help, usual, group);
    }

private:
    CLI::App& m_app;
    SweepOptions& m_options;
};

void declareSizes(SpecOptions& options)
{
    using Sizes = const std::vector<std::int64_t>&;
    const auto product = [&options](const char* name, std::optional<std::int64_t> SweepSpec::*member, const char* help)
    {
        options.add(
            name, "N",
            [member](const std::string& text)
            { return [member, size = parseSize(text)](SweepSpec& spec) { spec.*member = size; }; },
            help, {}, kSizes);
    };
    options.addSizes(
        "--batch-size",
        [](SweepSpec& spec, Sizes sizes)
        {
            spec.batches = sizes;
            spec.tokens.reset();
        },
        false, "sequences at a time", "4");
    product("--tokens", &SweepSpec::tokens, "tokens at a time, in place of --batch-size: batch is N / --seq-len");
    options.addSizes(
        "--num-heads",
        [](SweepSpec& spec, Sizes sizes)
        {
            spec.heads = sizes;
            spec.dModel.reset();
        },
        false, "heads of the query", "16");
    product("--d-model", &SweepSpec::dModel, "width, in place of --num-heads: heads are N / --head-dim");
    options.addSizes(
        "--kv-heads", [](SweepSpec& spec, Sizes sizes) { spec.kvHeads = sizes; }, true,
        "heads of key and value; fewer is grouped-query attention", "same");
    options.addSizes(
        "--seq-len", [](SweepSpec& spec, Sizes sizes) { spec.queryLengths = sizes; }, false, "tokens of the query",
        "512,1024,2048");
    options.addSizes(
        "--kv-len", [](SweepSpec& spec, Sizes sizes) { spec.kvLengths = sizes; }, true, "tokens of key and value",
        "same");
    options.addSizes(
        "--head-dim", [](SweepSpec& spec, Sizes sizes) { spec.headDims = sizes; }, false,
        "elements of a head of query and key", "64");
    options.addSizes(
        "--head-dim-v", [](SweepSpec& spec, Sizes sizes) { spec.headDimsV = sizes; }, true,
        "elements of a head of the value", "same");
    options.add(
        "--batch-spec", "SPEC,...",
        [](const std::string& text)
        {
            std::vector<BatchGroup> groups;
            for (const auto piece : piecesOf(text, ','))
            {
                const auto more = parseBatchSpec(piece);
                groups.insert(groups.end(), more.begin(), more.end());
            }
            if (groups.empty())
            {
                parseBatchSpec(text); // says what is missing
            }
            return [groups](SweepSpec& spec)
            {
                spec.groups = groups;
                spec.servingMasks = true;
            };
        },
        "serving batches, in place of batch and lengths: 8q1s4k is 8 requests of one new token with 4096 keys in all, "
        "q2k a prefill; _ joins groups, each a call of its own. Causal, unless --mask is given",
        {}, kSizes);
}

void declareCall(CLI::App& app, SpecOptions& specs, SweepOptions& options)
{
    specs.addNames("--dtype", &SweepSpec::dtypes, "data type", "bfloat16 on CUDA, float32 on the CPU", kCall);
    present(addText(
                app, "--mask", "WORD,...",
                [&options](const std::string& text)
                {
                    options.maskGiven = true;
                    options.changes.emplace_back([masks = wordsOf<SweepMask>(text)](SweepSpec& spec)
                                                 { spec.masks = masks; });
                },
                std::string(sweepMaskWords())),
            kCall, "none");
    specs.addWords("--dropout", &SweepSpec::dropouts, "X,...",
                   "share of the probabilities that is dropped; judged without", "0", kCall);
    specs.add(
        "--scale", "X",
        [](const std::string& text) { return [scale = number(text)](SweepSpec& spec) { spec.scale = scale; }; },
        "of the scores", "1/sqrt(head_dim)", kCall);
    specs.addNames("--layout", &SweepSpec::layouts, "how the tensors lie in memory", "bhsd", kCall);
}

void declareRuns(SpecOptions& specs)
{
    specs.add(
        "--backends", "all|" + namesOf<Backend>("|"),
        [](const std::string& text)
        {
            const auto backends =
                text == "all" ? std::vector(kSdpaBackends.begin(), kSdpaBackends.end()) : wordsOf<Backend>(text);
            return [backends](SweepSpec& spec) { spec.backends = backends; };
        },
        "who computes it; math, where it is among them, is what the others are compared with",
        "all on CUDA, flash,math on the CPU", kRuns);
    specs.addNames("--passes", &SweepSpec::passes, "what is timed of it", "forward", kRuns);
    specs.addNames("--launch", &SweepSpec::launches, "eager, or replays of a CUDA graph", "eager", kRuns);
    specs.addNames("--l2", &SweepSpec::l2States, "the GPU's cache before each sample", "warm", kRuns);
    specs.addNames("--gradients", &SweepSpec::gradients,
                   "by-pass: a forward pass is inference; always: it keeps what a backward pass needs", "by-pass",
                   kRuns);
}

void declareWhat(CLI::App& app, SweepOptions& options)
{
    SweepRequest& request = options.request;
    declareDevice(app, options.device, "where to run", kWhat);
    declareFilter(app, options.filter, kWhat);
    present(addText(
                app, "--checks", namesOf<SweepCheck>("|"),
                [&request](const std::string& text) { request.checks = wordsOf<SweepCheck>(text); },
                "also: equal bits when repeated, equal bits alone and in a batch, the longest sequence that fits"),
            kWhat, "none");
    present(addText(
                app, "--math-up-to", "N", [&request](const std::string& text) { request.mathUpTo = parseSize(text); },
                "leave math out at longer sequences, where it takes most of the time"),
            kWhat, "the preset's, or no limit");
    present(addSwitch(app, "--skip-accuracy", request.skipAccuracy, "judge nothing; then nothing is ranked"), kWhat);
    present(addSwitch(app, "--skip-performance", request.skipPerformance, "judge, and time nothing"), kWhat);
    declareSeed(app, request.seed, "of inputs and the order of samples", kWhat);
    present(addSwitch(app, "--dry-run", options.dryRun, "print the cases and how long they would take, and end"),
            kWhat);
    present(addText(
                app, "--compute-capability", "X.Y",
                [&options](const std::string& text) { options.computeCapability = parseComputeCapability(text); },
                "with --dry-run: by the rules of a GPU that is not here"),
            kWhat);
}

} // namespace

void declareSweepOptions(CLI::App& app, SweepOptions& options)
{
    constexpr const char* kPreset = "Presets";
    present(addText(
                app, "--preset", "NAME",
                [&options](const std::string& text) { options.preset = sweepPreset(text).name; },
                "a sweep with a name; the options below change it"),
            kPreset);
    present(addSwitch(app, "--list-presets", options.listPresets, "say what presets there are, and end"), kPreset);
    SpecOptions specs(app, options);
    declareSizes(specs);
    declareCall(app, specs, options);
    declareRuns(specs);
    declareWhat(app, options);
    present(addText(
                app, "--policy", namesOf<Preset>("|"),
                [&options](const std::string& text) { options.policy = parseEnum<Preset>(text); },
                "how thoroughly to measure; the options below change it"),
            kHow, "standard, or the preset's");
    declareBudget(app, options.request.maxSeconds, kHow);
    declarePolicy(app, options.policyChanges, kHow);
    declareOutput(app, options.output, "print the report, or the dry run, as JSON on standard output");
}

std::string contradictionIn(const CLI::App& app)
{
    static constexpr std::array kPairs{
        std::pair{"--tokens", "--batch-size"},     std::pair{"--d-model", "--num-heads"},
        std::pair{"--batch-spec", "--batch-size"}, std::pair{"--batch-spec", "--tokens"},
        std::pair{"--batch-spec", "--seq-len"},    std::pair{"--batch-spec", "--kv-len"}};
    for (const auto& [first, second] : kPairs)
    {
        if (app.count(first) > 0 && app.count(second) > 0)
        {
            return fmt::format("{} takes the place of {}; give one of the two.", first, second);
        }
    }
    if (app.count("--compute-capability") > 0 && app.count("--dry-run") == 0)
    {
        return "--compute-capability is for a GPU that is not here, where nothing can run: add --dry-run.";
    }
    return {};
}

SweepRequest requestOf(const SweepOptions& options, const DeviceSelection& device)
{
    SweepRequest request = options.request;
    Preset policy = Preset::Standard;
    PolicyChanges policyChanges;
    if (!options.preset.empty())
    {
        const SweepPreset& preset = sweepPreset(options.preset);
        request.specs = preset.specs;
        request.mathUpTo = request.mathUpTo ? request.mathUpTo : preset.mathUpTo;
        policy = preset.policy;
        if (preset.maxSecondsPerCase && !options.policy)
        {
            policyChanges.emplace_back([most = *preset.maxSecondsPerCase](MeasurementPolicy& changed)
                                       { changed.maxSecondsPerCase = most; });
        }
    }
    policyChanges.insert(policyChanges.end(), options.policyChanges.begin(), options.policyChanges.end());
    for (auto& spec : request.specs)
    {
        for (const auto& change : options.changes)
        {
            change(spec);
        }
        spec.servingMasks = spec.servingMasks && !options.maskGiven;
    }
    request.filter = options.filter;
    request.device = device;
    request.policy = options.policy.value_or(policy);
    request.measurement = changedPolicy(request.policy, policyChanges);
    request.accuracy = accuracyPolicyOf(request.policy);
    return request;
}

} // namespace headroom::cli
