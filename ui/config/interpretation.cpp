// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/interpretation.h"

#include "core/attention/saturating.h"
#include "core/plan/model_jobs.h"
#include "core/plan/word_list.h"
#include "ui/config/model_form.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <stdexcept>

#include <fmt/format.h>

namespace headroom::ui
{
namespace
{

constexpr std::int64_t kUsualPositions = 1024;
constexpr std::int64_t kFeedForwardFactor = 4;
constexpr std::string_view kYes = "yes";

std::string shown(std::int64_t value)
{
    return fmt::format("{}", value);
}

std::vector<std::string> shown(const std::vector<std::int64_t>& values)
{
    std::vector<std::string> texts;
    for (const auto value : values)
    {
        texts.push_back(shown(value));
    }
    return texts;
}

/// A sentence of what core's readers throw: the first letter large, a full stop at its end.
std::string sentenceOf(std::string text)
{
    const bool isName = text.substr(0, text.find(' ')).find('_') != std::string::npos; // d_model, head_dim
    if (!isName && !text.empty() && text.front() >= 'a' && text.front() <= 'z')
    {
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    }
    return text.ends_with('.') ? text : text + ".";
}

std::string trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(' ');
    return first == std::string_view::npos ? std::string()
                                           : std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

/// Without the spaces that people put behind commas.
std::string withoutSpaces(std::string_view text)
{
    std::string kept;
    std::copy_if(text.begin(), text.end(), std::back_inserter(kept), [](char letter) { return letter != ' '; });
    return kept;
}

/// The digits at the start of a text that is no number, or the usual.
std::string nearestNumber(const std::string& text, const std::string& usual)
{
    std::string digits;
    for (const char letter : text)
    {
        if (letter >= '0' && letter <= '9')
        {
            digits += letter;
        }
    }
    const auto significant = digits.find_first_not_of('0');
    digits = significant == std::string::npos ? std::string() : digits.substr(significant);
    return digits.empty() || digits.size() > 9 ? usual : digits;
}

double dropoutOf(std::string_view text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0 && value < 1))
    {
        throw std::invalid_argument(fmt::format("'{}' is no share to drop; write one from 0 to below 1, as 0.1", text));
    }
    return value;
}

/// Reads the fields of one configuration, and notes what is wrong with each.
class Reader
{
public:
    Reader(const Configuration& configuration, const DeviceFacts& device, const ModelInspection* seen)
        : m_configuration(configuration), m_device(device), m_seen(seen)
    {
        m_usual = Configuration();
    }

    Interpretation read()
    {
        if (isFromFile(m_configuration))
        {
            readModelFile();
        }
        else if (m_configuration.subject == ConfiguredSubject::Model)
        {
            readModel();
        }
        else
        {
            readSweep();
        }
        return std::move(m_result);
    }

private:
    std::string text(Field field) const { return trimmed(m_configuration.text(field)); }
    bool isYes(Field field) const { return m_configuration.text(field) == kYes; }
    DeviceSelection selection() const { return {m_device.kind, m_device.ordinal}; }

    void complain(Field field, std::string sentence, std::vector<std::string> suggestions = {})
    {
        if (m_result.problemAt(field) == nullptr) // the first says enough
        {
            m_result.problems.push_back({field, sentenceOf(std::move(sentence)), std::move(suggestions)});
        }
    }

    std::int64_t number(Field field, std::int64_t fallback, bool zeroAllowed = false)
    {
        const auto written = withoutSpaces(text(field));
        if (written.empty())
        {
            complain(field, "A number is missing", {shown(fallback)});
            return fallback;
        }
        if (zeroAllowed && written == "0")
        {
            return 0;
        }
        try
        {
            return parseSize(written);
        }
        catch (const std::invalid_argument& error)
        {
            complain(field, error.what(), {nearestNumber(written, shown(fallback))});
            return fallback;
        }
    }

    std::int64_t numberOr(Field field, std::int64_t usual)
    {
        return text(field).empty() ? usual : number(field, usual);
    }

    Preset depth() { return fromString<Preset>(text(Field::Depth)).value_or(Preset::Standard); }

    void readModel()
    {
        ValidationRequest request;
        ModelInput& input = request.input;
        const ModelInput usual;
        input.model.dModel = number(Field::DModel, usual.model.dModel);
        input.model.layers = number(Field::Layers, usual.model.layers, true);
        input.model.heads = number(Field::Heads, usual.model.heads);
        input.model.vocabSize = number(Field::Vocabulary, usual.model.vocabSize);
        input.model.feedForward =
            numberOr(Field::FeedForward, saturatingProduct({kFeedForwardFactor, input.model.dModel}));
        request.preset = depth();
        input.batch = number(Field::Batch, defaultBatchOf(request.preset));
        input.sequence = number(Field::Sequence, usual.sequence);
        input.model.maxSequence = numberOr(Field::Positions, std::max(kUsualPositions, input.sequence));
        readTypes(input);
        request.device = selection();
        input.device = m_device.kind;
        request.measurement = measurementPolicyOf(request.preset);
        request.accuracy = accuracyPolicyOf(request.preset);
        request.extendedBenchmarks = isYes(Field::Sweeps);
        request.fullValidation = isYes(Field::FullValidation);
        request.weightsFile = text(Field::Weights);
        request.compiledPackage = text(Field::Compiled);
        checkModel(request);
        m_result.validation = std::move(request);
    }

    void readModelFile()
    {
        for (const Field field : {Field::Batch, Field::Sequence})
        {
            numberOr(field, 1); // empty: what fits the model
        }
        const auto question = questionOf(m_configuration, m_device);
        if (m_seen == nullptr || !question)
        {
            return;
        }
        ValidationRequest request;
        request.modelFile = question->request;
        request.modelFile->allowNativeCode =
            abilitiesOf(m_seen->loader).foreignCode == ForeignCode::Native || m_seen->reachesOut; // or it were not seen
        request.inspection = *m_seen;
        request.input = modelInputOf(*m_seen, *request.modelFile, m_device.kind);
        request.preset = depth();
        request.device = selection();
        request.measurement = measurementPolicyOf(request.preset);
        request.accuracy = accuracyPolicyOf(request.preset);
        request.extendedBenchmarks = isYes(Field::Sweeps);
        request.fullValidation = isYes(Field::FullValidation);
        checkSeenSize(Field::Batch, request.modelFile->batch, request.input.batch);
        checkSeenSize(Field::Sequence, request.modelFile->sequence, request.input.sequence);
        if (m_result.problems.empty())
        {
            for (const auto& sentence : problemsWith(request))
            {
                complain(Field::Batch, sentence);
            }
        }
        m_result.validation = std::move(request);
    }

    /// A graph may have sizes of its own.
    void checkSeenSize(Field field, const std::optional<std::int64_t>& asked, std::int64_t seen)
    {
        if (asked && *asked != seen)
        {
            complain(field, fmt::format("The model was run with {}: its file fixes that", seen), {shown(seen)});
        }
    }

    void readTypes(ModelInput& input)
    {
        const auto dtype = text(Field::ModelDtype);
        input.autocast = dtype == kAutocast;
        input.dtype = fromString<DType>(dtype).value_or(DType::Float32);
        input.causal = text(Field::ModelMask) == toText(SweepMask{true});
    }

    void checkModel(const ValidationRequest& request)
    {
        const ModelInput& input = request.input;
        const ModelSpec& model = input.model;
        if (model.dModel % model.heads != 0)
        {
            const auto heads = nearestHeadCounts(model.dModel, model.heads);
            const auto widths = nearestWidths(model.dModel, model.heads);
            complain(Field::Heads, fmt::format("d_model {} does not divide among {} heads", model.dModel, model.heads),
                     shown(heads));
            complain(Field::DModel, fmt::format("{} heads need a multiple of {}", model.heads, model.heads),
                     shown(widths));
        }
        if (input.sequence > model.maxSequence)
        {
            complain(Field::Sequence, fmt::format("The model has {} positions", model.maxSequence),
                     {shown(model.maxSequence)});
            complain(Field::Positions, fmt::format("The sequence has {} tokens", input.sequence),
                     {shown(input.sequence)});
        }
        if (m_result.problems.empty())
        {
            for (const auto& sentence : problemsWith(request))
            {
                complain(Field::DModel, sentence);
            }
        }
    }

    // ---- lists

    template <typename T, typename Parse>
    void list(Field field, std::vector<T> SweepSpec::*member, const Parse& parse, std::vector<std::string> suggestions)
    {
        const auto written = withoutSpaces(text(field));
        if (written.empty())
        {
            return; // the preset's
        }
        try
        {
            const auto values = parse(written);
            for (auto& spec : m_specs)
            {
                spec.*member = values;
            }
        }
        catch (const std::invalid_argument& error)
        {
            complain(field, error.what(), std::move(suggestions));
        }
    }

    void sizes(Field field, std::vector<std::int64_t> SweepSpec::*member, bool same)
    {
        list(field, member,
             [same](const std::string& written)
             { return same && written == kSameText ? std::vector{kSame} : parseSizes(written); },
             {same ? std::string(kSameText) : nearestNumber(text(field), m_usual.text(field))});
    }

    template <NamedEnum E> void names(Field field, std::vector<E> SweepSpec::*member)
    {
        list(
            field, member, [](const std::string& written) { return parseWords<E>(written); },
            nearestWords<E>(text(field)));
    }

    /// Names that begin as the last word does, else the first ones.
    template <NamedEnum E> static std::vector<std::string> nearestWords(const std::string& written)
    {
        const auto comma = written.find_last_of(',');
        const auto last = comma == std::string::npos ? written : written.substr(comma + 1);
        std::vector<std::string> near;
        for (const auto& [value, name] : EnumNames<E>::names)
        {
            if (!last.empty() && name.starts_with(trimmed(last).substr(0, 1)))
            {
                near.emplace_back(name);
            }
        }
        return near.empty() ? std::vector<std::string>{std::string(EnumNames<E>::names.front().second)} : near;
    }

    void readSizes()
    {
        sizes(Field::Batches, &SweepSpec::batches, false);
        sizes(Field::QueryHeads, &SweepSpec::heads, false);
        sizes(Field::KvHeads, &SweepSpec::kvHeads, true);
        sizes(Field::QueryLengths, &SweepSpec::queryLengths, false);
        sizes(Field::KvLengths, &SweepSpec::kvLengths, true);
        sizes(Field::HeadDims, &SweepSpec::headDims, false);
        sizes(Field::HeadDimsV, &SweepSpec::headDimsV, true);
        for (auto& spec : m_specs)
        {
            if (!text(Field::Batches).empty())
            {
                spec.tokens.reset();
            }
            if (!text(Field::QueryHeads).empty())
            {
                spec.dModel.reset();
            }
        }
    }

    void readSweep()
    {
        SweepRequest request;
        const auto presetName = text(Field::SweepPreset);
        const auto presets = sweepPresets();
        const auto preset = std::find_if(presets.begin(), presets.end(),
                                         [&](const SweepPreset& candidate) { return candidate.name == presetName; });
        if (preset != presets.end())
        {
            m_specs = preset->specs;
            request.mathUpTo = preset->mathUpTo;
        }
        readSizes();
        names(Field::Dtypes, &SweepSpec::dtypes);
        list(Field::Masks, &SweepSpec::masks, parseMasks, {"none", "causal"});
        list(Field::Dropouts, &SweepSpec::dropouts,
             [](const std::string& written) { return parseList(written, dropoutOf); }, {"0", "0.1"});
        names(Field::Layouts, &SweepSpec::layouts);
        names(Field::Passes, &SweepSpec::passes);
        names(Field::Backends, &SweepSpec::backends);
        names(Field::Launches, &SweepSpec::launches);
        names(Field::L2States, &SweepSpec::l2States);
        for (auto& spec : m_specs)
        {
            spec.scale = m_configuration.scale ? m_configuration.scale : spec.scale;
        }
        readChecks(request);
        request.specs = m_specs;
        request.device = selection();
        request.policy = depth();
        request.measurement = measurementPolicyOf(request.policy);
        request.accuracy = accuracyPolicyOf(request.policy);
        if (preset != presets.end() && preset->maxSecondsPerCase && request.policy == preset->policy)
        {
            request.measurement.maxSecondsPerCase = *preset->maxSecondsPerCase;
        }
        checkSweep(request);
        m_result.sweep = std::move(request);
    }

    void readChecks(SweepRequest& request)
    {
        if (const auto written = withoutSpaces(text(Field::Checks)); !written.empty())
        {
            try
            {
                request.checks = parseWords<SweepCheck>(written);
            }
            catch (const std::invalid_argument& error)
            {
                complain(Field::Checks, error.what(), nearestWords<SweepCheck>(written));
            }
        }
    }

    void checkSweep(const SweepRequest& request)
    {
        checkKvHeads();
        if (!m_result.problems.empty())
        {
            return;
        }
        for (const auto& sentence : problemsWith(request))
        {
            placeSweepProblem(sentence);
        }
    }

    /// Heads that key and value heads do not divide are taken by nobody.
    void checkKvHeads()
    {
        for (const auto& spec : m_specs)
        {
            for (const auto heads : spec.dModel ? std::vector<std::int64_t>() : spec.heads)
            {
                for (const auto kv : spec.kvHeads)
                {
                    if (kv != kSame && (kv > heads || heads % kv != 0))
                    {
                        complain(Field::KvHeads,
                                 fmt::format("{} heads do not divide among {} of key and value", heads, kv),
                                 shown(nearestHeadCounts(heads, std::min(kv, heads + 1))));
                    }
                }
            }
        }
    }

    /// Core's sentences name flags of the command line: each has its field, whose label takes its place.
    void placeSweepProblem(std::string sentence)
    {
        struct Place
        {
            std::string_view flag;
            std::string_view label;
            Field field;
        };
        static constexpr std::array kPlaces{Place{"--tokens", "the number of tokens", Field::Batches},
                                            Place{"--d-model", "the width", Field::QueryHeads},
                                            Place{"--launch graph", "graph", Field::Launches},
                                            Place{"--l2 cold", "cold", Field::L2States},
                                            Place{"--seq-len", "the sequence length", Field::QueryLengths},
                                            Place{"--head-dim", "head_dim", Field::HeadDims},
                                            Place{" with --device cuda", "", Field::Device}};
        std::optional<Field> at;
        for (const auto& place : kPlaces)
        {
            for (auto found = sentence.find(place.flag); found != std::string::npos; found = sentence.find(place.flag))
            {
                sentence.replace(found, place.flag.size(), place.label);
                at = at.value_or(place.field);
            }
        }
        const Field field =
            at.value_or(sentence.find("cases") != std::string::npos ? Field::QueryLengths : Field::Masks);
        std::vector<std::string> suggestions;
        if (field == Field::Launches || field == Field::L2States)
        {
            suggestions = {m_usual.text(field)};
        }
        complain(field, std::move(sentence), std::move(suggestions));
    }

    const Configuration& m_configuration;
    const DeviceFacts& m_device;
    const ModelInspection* m_seen;
    Configuration m_usual;
    Interpretation m_result;
    std::vector<SweepSpec> m_specs{SweepSpec{}};
};

} // namespace

const FieldProblem* Interpretation::problemAt(Field field) const
{
    const auto found = std::find_if(problems.begin(), problems.end(),
                                    [field](const FieldProblem& problem) { return problem.field == field; });
    return found == problems.end() ? nullptr : &*found;
}

Interpretation interpret(const Configuration& configuration, const DeviceFacts& device, const ModelInspection* seen)
{
    return Reader(configuration, device, seen).read();
}

std::int64_t caseCountOf(const SweepRequest& request, DeviceKind device)
{
    std::int64_t all = 0;
    const auto count = [](const auto& list)
    { return std::max<std::int64_t>(1, static_cast<std::int64_t>(list.size())); };
    for (const auto& spec : request.specs)
    {
        const std::int64_t lengths = spec.groups.empty()
                                         ? saturatingProduct({count(spec.queryLengths), count(spec.kvLengths),
                                                              spec.tokens ? 1 : count(spec.batches)})
                                         : count(spec.groups);
        const std::int64_t backends = !spec.backends.empty()       ? count(spec.backends)
                                      : device == DeviceKind::Cuda ? 4
                                                                   : 2;
        all = saturatingSum(
            {all, saturatingProduct({lengths, backends, spec.dModel ? 1 : count(spec.heads), count(spec.kvHeads),
                                     count(spec.headDims), count(spec.headDimsV), count(spec.dtypes), count(spec.masks),
                                     count(spec.dropouts), count(spec.layouts), count(spec.passes),
                                     count(spec.launches), count(spec.l2States), count(spec.gradients)})});
    }
    return all;
}

} // namespace headroom::ui
