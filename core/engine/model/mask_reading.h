// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/attention_inputs.h"
#include "core/model/model_inspection.h"

#include <cstdint>
#include <optional>

namespace headroom::engine
{

/// BERT's masks had -10000, which is this in bfloat16; today's have the type's lowest or -infinity.
inline constexpr double kAsGoodAsHidden = -9984;

/// What is really in a mask.
struct MaskReading
{
    MaskContent content = MaskContent::None;
    double masked = 0;             ///< share of the scores that mask and triangle hide
    std::int64_t unpaddedKeys = 0; ///< keys before the padding that all rows share
    std::int64_t window = 0;       ///< keys that a row of Window sees at most
};

/// Looks at the mask of \a inputs, whose query and key give the lengths. \a realKeys [B, Skv], boolean, says which keys
/// are no padding, where that is known: a mask that lets through exactly the others is inverted. In an additive mask
/// an element hides where it is kAsGoodAsHidden or less.
MaskReading readMask(const std::optional<at::Tensor>& mask, bool causal, std::int64_t queryLength,
                     std::int64_t keyLength, const std::optional<at::Tensor>& realKeys = {});

/// How many heads of key [B, H, S, D] and value are no copy of the head before them: the heads that a model has, where
/// it repeats them before the call.
std::int64_t distinctHeads(const at::Tensor& key, const at::Tensor& value);

} // namespace headroom::engine
