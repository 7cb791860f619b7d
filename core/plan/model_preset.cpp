// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/model_preset.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr std::string_view kPatches = "the vocabulary stands for the 1000 classes, and tokens for patches";
constexpr std::string_view kGrouped = "has as many key/value heads as heads here, and two feed-forward products";

ModelSpec sizes(std::int64_t vocabulary, std::int64_t dModel, std::int64_t layers, std::int64_t heads,
                std::int64_t feedForward, std::int64_t context)
{
    ModelSpec spec;
    spec.vocabSize = vocabulary;
    spec.dModel = dModel;
    spec.layers = layers;
    spec.heads = heads;
    spec.feedForward = feedForward;
    spec.maxSequence = context;
    return spec;
}

std::vector<ModelPreset> makePresets()
{
    return {
        {"gpt2", "GPT-2 small", "124 M, 12 layers of 768", {}, sizes(50257, 768, 12, 12, 3072, 1024), 1024, true},
        {"gpt2-medium",
         "GPT-2 medium",
         "355 M, 24 layers of 1024",
         {},
         sizes(50257, 1024, 24, 16, 4096, 1024),
         1024,
         true},
        {"gpt2-large",
         "GPT-2 large",
         "774 M, 36 layers of 1280",
         {},
         sizes(50257, 1280, 36, 20, 5120, 1024),
         1024,
         true},
        {"gpt2-xl", "GPT-2 XL", "1.5 B, 48 layers of 1600", {}, sizes(50257, 1600, 48, 25, 6400, 1024), 1024, true},
        {"bert-base", "BERT base", "110 M, 12 layers of 768", {}, sizes(30522, 768, 12, 12, 3072, 512), 512, false},
        {"bert-large", "BERT large", "340 M, 24 layers of 1024", {}, sizes(30522, 1024, 24, 16, 4096, 512), 512, false},
        {"vit-b", "ViT-B/16", "86 M, 12 layers of 768", kPatches, sizes(1000, 768, 12, 12, 3072, 197), 197, false},
        {"vit-l", "ViT-L/16", "307 M, 24 layers of 1024", kPatches, sizes(1000, 1024, 24, 16, 4096, 197), 197, false},
        {"t5-base", "T5 base", "110 M in its encoder, 12 layers of 768",
         "no relative position bias, and scores are scaled", sizes(32128, 768, 12, 12, 3072, 512), 512, false},
        {"llama2-7b", "Llama 2 7B", "6.7 B, 32 layers of 4096", "has two feed-forward products",
         sizes(32000, 4096, 32, 32, 11008, 4096), 4096, true},
        {"llama3-8b", "Llama 3 8B", "8 B, 32 layers of 4096", kGrouped, sizes(128256, 4096, 32, 32, 14336, 8192), 8192,
         true},
        {"llama3-70b", "Llama 3 70B", "70 B, 80 layers of 8192", kGrouped, sizes(128256, 8192, 80, 64, 28672, 8192),
         8192, true},
    };
}

} // namespace

std::span<const ModelPreset> modelPresets()
{
    static const std::vector<ModelPreset> presets = makePresets();
    return presets;
}

const ModelPreset& modelPreset(std::string_view name)
{
    std::string names;
    for (const auto& preset : modelPresets())
    {
        if (preset.name == name)
        {
            return preset;
        }
        names += fmt::format("{}{}", names.empty() ? "" : ", ", preset.name);
    }
    throw std::invalid_argument(fmt::format("'{}' is not a model preset; use one of {}", name, names));
}

const ModelPreset* presetOf(const ModelInput& input)
{
    const auto presets = modelPresets();
    const auto found = std::find_if(presets.begin(), presets.end(),
                                    [&](const ModelPreset& preset)
                                    {
                                        ModelSpec spec = preset.model;
                                        spec.maxSequence = input.model.maxSequence;
                                        return spec == input.model && preset.causal == input.causal;
                                    });
    return found == presets.end() ? nullptr : &*found;
}

} // namespace headroom
