// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/configuration.h"

#include "core/plan/word_list.h"
#include "ui/config/interpretation.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

namespace headroom::ui
{
namespace
{

std::string number(std::int64_t value)
{
    return fmt::format("{}", value);
}

std::string sizesOrSame(const std::vector<std::int64_t>& sizes)
{
    return sizes == std::vector{kSame} ? std::string(kSameText) : sizesText(sizes);
}

template <NamedEnum E> std::string words(const std::vector<E>& values)
{
    return listText(values, [](E value) { return std::string(toString(value)); });
}

/// The texts of a spec's lists; empty for what it leaves to the device, or gives in another way.
std::map<Field, std::string> textsOf(const SweepSpec& spec)
{
    const bool groups = !spec.groups.empty();
    std::map<Field, std::string> texts;
    texts[Field::Batches] = groups || spec.tokens ? std::string() : sizesText(spec.batches);
    texts[Field::QueryHeads] = spec.dModel ? std::string() : sizesText(spec.heads);
    texts[Field::KvHeads] = sizesOrSame(spec.kvHeads);
    texts[Field::QueryLengths] = groups ? std::string() : sizesText(spec.queryLengths);
    texts[Field::KvLengths] = groups ? std::string() : sizesOrSame(spec.kvLengths);
    texts[Field::HeadDims] = sizesText(spec.headDims);
    texts[Field::HeadDimsV] = sizesOrSame(spec.headDimsV);
    texts[Field::Dtypes] = words(spec.dtypes);
    texts[Field::Masks] = listText(spec.masks, [](const SweepMask& mask) { return toText(mask); });
    texts[Field::Dropouts] = listText(spec.dropouts, [](double value) { return fmt::format("{}", value); });
    texts[Field::Layouts] = words(spec.layouts);
    texts[Field::Passes] = words(spec.passes);
    texts[Field::Backends] = words(spec.backends);
    texts[Field::Launches] = words(spec.launches);
    texts[Field::L2States] = words(spec.l2States);
    return texts;
}

/// The model of \a configuration with what a problem may change of it; nothing where its calls are then others.
std::optional<Configuration> asModel(Configuration configuration, const AttentionProblem& problem)
{
    const auto read = interpret(configuration, DeviceFacts{});
    if (!read.validation)
    {
        return std::nullopt;
    }
    ModelInput input = read.validation->input;
    const bool keepsWidth = input.model.dModel == problem.queryHeads * problem.headDimQk;
    const auto set = [&](Field field, std::int64_t value) { configuration.setText(field, number(value)); };
    const auto before = attentionProblemOf(input, problem.needsGradients);
    input.batch = problem.batch;
    input.sequence = problem.queryLength;
    input.causal = problem.causal;
    input.device = problem.device;
    if (before.dtype != problem.dtype)
    {
        input.dtype = problem.dtype;
        input.autocast = false;
        configuration.setText(Field::ModelDtype, std::string(toString(problem.dtype)));
    }
    if (keepsWidth && input.model.heads != problem.queryHeads)
    {
        input.model.heads = problem.queryHeads;
        set(Field::Heads, problem.queryHeads);
    }
    AttentionProblem made = attentionProblemOf(input, problem.needsGradients);
    made.layout = problem.layout;
    if (!(made == problem))
    {
        return std::nullopt;
    }
    set(Field::Batch, problem.batch);
    set(Field::Sequence, problem.queryLength);
    configuration.setText(Field::ModelMask, problem.causal ? "causal" : "none");
    return configuration;
}

} // namespace

Configuration::Configuration()
{
    const ModelInput input;
    texts[Field::ModelFile] = {};
    texts[Field::DModel] = number(input.model.dModel);
    texts[Field::Layers] = number(input.model.layers);
    texts[Field::Heads] = number(input.model.heads);
    texts[Field::Vocabulary] = number(input.model.vocabSize);
    texts[Field::Batch] = number(input.batch);
    texts[Field::Sequence] = number(input.sequence);
    texts[Field::ModelDtype] = toString(input.dtype);
    texts[Field::ModelMask] = "none";
    texts[Field::Sweeps] = "no";
    texts[Field::FullValidation] = "no";
    texts[Field::Depth] = toString(Preset::Standard);
    for (auto& [field, text] : textsOf(SweepSpec{}))
    {
        texts[field] = std::move(text);
    }
}

const std::string& Configuration::text(Field field) const
{
    static const std::string none;
    const auto found = texts.find(field);
    return found == texts.end() ? none : found->second;
}

void to_json(Json& json, const Configuration& configuration)
{
    Json fields = Json::object();
    for (const auto& [field, text] : configuration.texts)
    {
        fields[std::string(toString(field))] = text;
    }
    json = Json{{"subject", configuration.subject}, {"fields", fields}, {"scale", configuration.scale}};
}

void from_json(const Json& json, Configuration& configuration)
{
    configuration = Configuration();
    configuration.subject = json.value("subject", ConfiguredSubject::Model);
    if (const auto scale = json.find("scale"); scale != json.end())
    {
        scale->get_to(configuration.scale);
    }
    const auto fields = json.find("fields");
    if (fields == json.end())
    {
        return;
    }
    for (const auto& [name, text] : fields->items())
    {
        if (const auto field = fromString<Field>(name); field && text.is_string())
        {
            configuration.setText(*field, text.get<std::string>());
        }
    }
}

Configuration withSizes(Configuration configuration, const ModelSpec& model)
{
    configuration.subject = ConfiguredSubject::Model;
    configuration.setText(Field::ModelFile, {});
    configuration.setText(Field::DModel, number(model.dModel));
    configuration.setText(Field::Layers, number(model.layers));
    configuration.setText(Field::Heads, number(model.heads));
    configuration.setText(Field::FeedForward,
                          model.feedForward == 4 * model.dModel ? std::string() : number(model.feedForward));
    configuration.setText(Field::Vocabulary, number(model.vocabSize));
    configuration.setText(Field::Positions, number(model.maxSequence));
    return configuration;
}

Configuration withModelPreset(Configuration configuration, const ModelPreset& preset)
{
    configuration = withSizes(std::move(configuration), preset.model);
    configuration.setText(Field::Sequence, number(preset.sequence));
    configuration.setText(Field::ModelMask, preset.causal ? "causal" : "none");
    configuration.setText(Field::Weights, {});
    configuration.setText(Field::Compiled, {});
    return configuration;
}

Configuration withSweepPreset(Configuration configuration, const SweepPreset& preset)
{
    configuration.subject = ConfiguredSubject::Attention;
    configuration.scale.reset();
    auto texts = textsOf(preset.specs.front());
    for (const auto& spec : preset.specs)
    {
        for (auto& [field, text] : textsOf(spec))
        {
            texts[field] = texts[field] == text ? text : std::string();
        }
    }
    for (auto& [field, text] : texts)
    {
        configuration.setText(field, std::move(text));
    }
    configuration.setText(Field::SweepPreset, std::string(preset.name));
    configuration.setText(Field::Depth, std::string(toString(preset.policy)));
    return configuration;
}

Configuration withProblem(Configuration configuration, const AttentionProblem& problem)
{
    if (configuration.subject == ConfiguredSubject::Model)
    {
        if (auto model = asModel(configuration, problem))
        {
            return *std::move(model);
        }
    }
    configuration.subject = ConfiguredSubject::Attention;
    configuration.scale = problem.scale;
    configuration.setText(Field::SweepPreset, {});
    configuration.setText(Field::Batches, number(problem.batch));
    configuration.setText(Field::QueryHeads, number(problem.queryHeads));
    configuration.setText(Field::KvHeads,
                          problem.kvHeads == problem.queryHeads ? std::string(kSameText) : number(problem.kvHeads));
    configuration.setText(Field::QueryLengths, number(problem.queryLength));
    configuration.setText(Field::KvLengths,
                          problem.kvLength == problem.queryLength ? std::string(kSameText) : number(problem.kvLength));
    configuration.setText(Field::HeadDims, number(problem.headDimQk));
    configuration.setText(Field::HeadDimsV,
                          problem.headDimV == problem.headDimQk ? std::string(kSameText) : number(problem.headDimV));
    configuration.setText(Field::Dtypes, std::string(toString(problem.dtype)));
    configuration.setText(Field::Masks, toText(maskOf(problem)));
    configuration.setText(Field::Dropouts, fmt::format("{}", problem.dropout));
    configuration.setText(Field::Layouts, std::string(toString(problem.layout)));
    configuration.setText(Field::Passes, problem.needsGradients ? "forward,backward" : "forward");
    return configuration;
}

} // namespace headroom::ui
