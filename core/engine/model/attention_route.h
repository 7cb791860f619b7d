// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/attention_inputs.h"

#include <cstdint>
#include <functional>

namespace headroom::engine
{

/// Who computes the attention of a model: called with the number of the call in a forward pass, from 0, and its query,
/// key and value [B, H, S, D]; returns the output [B, H, S, D].
using AttentionRoute = std::function<at::Tensor(std::int64_t call, const AttentionInputs&)>;

} // namespace headroom::engine
