// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/sweep_preset.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr SweepMask kNoMask{};
constexpr SweepMask kCausal{true};
constexpr SweepMask kPadding{false, MaskKind::Boolean, MaskPattern::Padding};
constexpr SweepMask kBias{false, MaskKind::Additive, MaskPattern::Random};

const std::vector<Pass> kBothWays{Pass::Forward, Pass::Backward};

/// What the model presets share: bfloat16, forward and backward.
SweepSpec trained(std::int64_t heads, std::int64_t headDim, std::vector<SweepMask> masks)
{
    SweepSpec spec;
    spec.heads = {heads};
    spec.headDims = {headDim};
    spec.dtypes = {DType::BFloat16};
    spec.masks = std::move(masks);
    spec.passes = kBothWays;
    return spec;
}

std::vector<SweepSpec> pytorchSdpa()
{
    SweepSpec spec = trained(16, 128, {kCausal, kNoMask});
    spec.batches = {1, 8, 16};
    spec.queryLengths = {128, 256, 512, 1024, 8192};
    return {spec};
}

std::vector<SweepSpec> fa3Paper()
{
    SweepSpec spec = trained(16, 64, {kNoMask, kCausal});
    spec.headDims = {64, 128};
    spec.dModel = 2048;
    spec.queryLengths = {512, 1024, 2048, 4096, 8192, 16384};
    spec.tokens = 16384;
    return {spec};
}

/// One new token of each of \a batches sequences against caches of \a keys.
SweepSpec decoding(std::int64_t heads, std::int64_t kvHeads, std::vector<std::int64_t> batches,
                   std::vector<std::int64_t> keys)
{
    SweepSpec spec = trained(heads, 128, {kNoMask});
    spec.kvHeads = {kvHeads};
    spec.batches = std::move(batches);
    spec.queryLengths = {1};
    spec.kvLengths = std::move(keys);
    spec.passes = {Pass::Forward};
    return spec;
}

std::vector<SweepSpec> llama3(std::int64_t heads)
{
    SweepSpec prefill = trained(heads, 128, {kCausal});
    prefill.kvHeads = {8};
    prefill.batches = {1};
    prefill.queryLengths = {512, 1024, 2048, 4096, 8192};
    return {prefill, decoding(heads, 8, {1, 16}, {1024, 8192})};
}

std::vector<SweepSpec> encoder(std::vector<std::int64_t> batches, std::vector<std::int64_t> lengths, SweepMask mask)
{
    SweepSpec spec = trained(12, 64, {mask});
    spec.batches = std::move(batches);
    spec.queryLengths = std::move(lengths);
    return {spec};
}

std::vector<SweepSpec> vitLarge()
{
    SweepSpec spec = trained(16, 64, {kNoMask});
    spec.batches = {1, 16, 64};
    spec.queryLengths = {197, 577};
    return {spec};
}

std::vector<SweepSpec> t5Base()
{
    auto specs = encoder({8, 32}, {512}, kBias);
    specs.front().scale = 1.0;
    return specs;
}

std::vector<SweepSpec> deepseekV3()
{
    SweepSpec spec = trained(128, 192, {kCausal});
    spec.headDimsV = {128};
    spec.batches = {1};
    spec.queryLengths = {512, 1024, 2048, 4096};
    return {spec};
}

std::vector<SweepSpec> cpu()
{
    SweepSpec spec;
    spec.batches = {1};
    spec.heads = {4};
    spec.queryLengths = {256, 512, 1024, 2048};
    spec.dtypes = {DType::Float32};
    spec.masks = {kNoMask, kCausal};
    spec.backends = {Backend::Math, Backend::Flash};
    spec.passes = kBothWays;
    return {spec};
}

std::vector<SweepPreset> makePresets()
{
    return {
        {"pytorch-sdpa", "PyTorch's own SDPA benchmark: 16 heads of 128, batch 1 to 16, S 128 to 8192", pytorchSdpa(),
         4096},
        {"fa3-paper", "FlashAttention-3's figures: head_dim 64 and 128, S 512 to 16k at 16k tokens", fa3Paper(), 4096},
        {"llama3-8b", "Llama 3 8B: 32 heads on 8, prefill of 512 to 8192 tokens, and decode", llama3(32), 4096},
        {"llama3-70b", "Llama 3 70B: 64 heads on 8, prefill of 512 to 8192 tokens, and decode", llama3(64), 4096},
        {"decode",
         "one query against 1k to 32k cached keys, batch 1 to 64, 32 heads on 8",
         {decoding(32, 8, {1, 8, 64}, {1024, 4096, 16384, 32768})}},
        {"vit-l", "ViT-L/16: 16 heads of 64, 197 and 577 patches, batch 1 to 64", vitLarge()},
        {"bert-base", "BERT base: 12 heads of 64, 128 and 512 tokens, padding mask",
         encoder({8, 32}, {128, 512}, kPadding)},
        {"gpt2", "GPT-2 (124M): 12 heads of 64, causal, up to 1024 tokens", encoder({8}, {256, 512, 1024}, kCausal)},
        {"t5-base", "T5 base: 12 heads of 64, 512 tokens, an additive bias, no scaling", t5Base()},
        {"deepseek-v3", "DeepSeek-V3: 128 heads, head_dim 192 of query and key, 128 of value", deepseekV3(), 4096},
        {"cpu", "flash against math in float32 up to 2048 tokens: under a minute on two cores", cpu(), std::nullopt,
         Preset::Quick, 1.0},
    };
}

} // namespace

std::span<const SweepPreset> sweepPresets()
{
    static const std::vector<SweepPreset> presets = makePresets();
    return presets;
}

const SweepPreset& sweepPreset(std::string_view name)
{
    std::string names;
    for (const auto& preset : sweepPresets())
    {
        if (preset.name == name)
        {
            return preset;
        }
        names += fmt::format("{}{}", names.empty() ? "" : ", ", preset.name);
    }
    throw std::invalid_argument(fmt::format("'{}' is not a preset; use one of {}", name, names));
}

} // namespace headroom
