// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/preset.h"
#include "core/plan/sweep_spec.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// A sweep with a name. Where its sizes come from:
///
///  * pytorch-sdpa: pytorch/pytorch, benchmarks/transformer/sdpa.py, generate_experiment_configs() (embed 2048, 16
///    heads, batch 1, 8, 16, five lengths, causal and not, bfloat16).
///  * fa3-paper: FlashAttention-3 (Shah et al., 2024), section 4.1: lengths 512 to 16k with 16k tokens in all, hidden
///    size 2048, head_dim 64 and 128, with and without causal masking. The paper's type is float16; here bfloat16,
///    which models are trained in. Math ends at 4096.
///  * llama3-8b, llama3-70b: meta-llama/Meta-Llama-3-8B and -70B, config.json: 32 and 64 heads, 8 key/value heads,
///    head_dim 128, context 8192. Prefill with is_causal, decode with one query.
///  * decode: one query against a cache, at the heads of Llama 3 8B.
///  * vit-l: ViT-L/16 (Dosovitskiy et al., 2021, table 1): 16 heads of 64; 197 tokens at 224 x 224, 577 at 384 x 384.
///  * bert-base: Devlin et al., 2019: 12 heads of 64, 128 and 512 tokens, with a padding mask.
///  * gpt2: Radford et al., 2019, the 124M model: 12 heads of 64, context 1024, causal.
///  * t5-base: Raffel et al., 2020: 12 heads of 64, 512 tokens, a bias that is added to scores that are not scaled.
///  * deepseek-v3: deepseek-ai/DeepSeek-V3, config.json: 128 heads, head_dim 128 + 64 of query and key and 128 of
///  value.
///  * cpu: flash against math in float32, sized to end within a minute on two cores, verdicts included.
struct SweepPreset
{
    std::string_view name;
    std::string_view what;
    std::vector<SweepSpec> specs;
    std::optional<std::int64_t> mathUpTo{};    ///< math is left out above this sequence length
    Preset policy = Preset::Standard;          ///< where none is asked for
    std::optional<double> maxSecondsPerCase{}; ///< in place of that policy's
};

std::span<const SweepPreset> sweepPresets();

/// \throws std::invalid_argument with a sentence's beginning that lists the names.
const SweepPreset& sweepPreset(std::string_view name);

} // namespace headroom
