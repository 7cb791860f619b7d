// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/naive_attention.h"
#include "core/run/evidence.h"

#include <optional>
#include <string>
#include <vector>

namespace headroom::engine
{

/// What LibTorch's selector says of one backend for one call.
struct SelectorAnswer
{
    std::optional<bool> accepts;      ///< nothing when LibTorch cannot be asked (math; a CPU-only build)
    std::vector<std::string> reasons; ///< its own words; it stops at the first rule that fails
};

/// Asks LibTorch: on CUDA sdp::can_use_*_attention with its debug texts, on the CPU at::_fused_sdp_choice with every
/// other backend switched off. The gradients of \a inputs' tensors and the grad mode count.
SelectorAnswer askSelector(Backend backend, const AttentionInputs& inputs);

/// The backend that at::_fused_sdp_choice names with all of them enabled.
std::optional<Backend> defaultChoice(const AttentionInputs& inputs);

} // namespace headroom::engine
