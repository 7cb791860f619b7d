// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/model_spec.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace headroom
{

/// The sizes of a published model. BenchmarkTransformer takes them over; what it does not have, `note` says. Where they
/// come from:
///
///  * gpt2, gpt2-medium, gpt2-large, gpt2-xl: Radford et al., 2019, table 2; heads and vocabulary from openai/gpt-2.
///  * bert-base, bert-large: Devlin et al., 2019, section 3; vocabulary of google-research/bert (uncased).
///  * vit-b, vit-l: Dosovitskiy et al., 2021, table 1; patches of 16 x 16 in 224 x 224 and the class token.
///  * t5-base: Raffel et al., 2020, section 3.1; google-t5/t5-base, config.json.
///  * llama2-7b, llama3-8b, llama3-70b: config.json of meta-llama/Llama-2-7b, Meta-Llama-3-8B and -70B.
struct ModelPreset
{
    std::string_view name;  ///< "gpt2-medium", of the command line
    std::string_view title; ///< "GPT-2 medium"
    std::string_view what;  ///< its size, in a few words
    std::string_view note;  ///< what of it BenchmarkTransformer does not have; empty for nothing that matters
    ModelSpec model;
    std::int64_t sequence = 128; ///< that it is mostly run at
    bool causal = false;
};

std::span<const ModelPreset> modelPresets();

/// \throws std::invalid_argument with a sentence's beginning that lists the names.
const ModelPreset& modelPreset(std::string_view name);

/// The preset whose model, causality included, \a input has; null when it has none's. The longest sequence is not
/// looked at: it follows the input's.
const ModelPreset* presetOf(const ModelInput& input);

} // namespace headroom
