// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/attention_inputs.h"

#include <ATen/core/ivalue.h>

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace headroom::engine
{

// What LibTorch's operators of attention are called with; native_functions.yaml of LibTorch 2.11.

inline constexpr std::string_view kSdpa = "aten::scaled_dot_product_attention";
inline constexpr std::string_view kFusedLayer = "aten::_transformer_encoder_layer_fwd";
inline constexpr std::string_view kFusedHeads = "aten::_native_multi_head_attention";

using Arguments = std::vector<c10::IValue>;

/// Whether \a name is an operator of one backend, forward or backward.
bool isBackendOperator(std::string_view name);
bool isBackward(std::string_view name);

/// Whether \a name is an operator of attention, forward: scaled_dot_product_attention, one backend's own, or a fused
/// one of torch.nn.
bool isAttentionOperator(std::string_view name);

/// How many arguments an operator of attention has; 0 for another one.
std::size_t argumentsOf(std::string_view name);

/// The tensor at \a place of \a arguments, where there is one.
std::optional<at::Tensor> tensorAt(const Arguments& arguments, std::size_t place);

/// The call that \a arguments of the operator \a name pose; nothing for one that has no such arguments.
std::optional<AttentionInputs> inputsOf(std::string_view name, const Arguments& arguments);

/// The call of a fused layer or of fused multi-head attention, by the sizes of what it is handed.
std::optional<AttentionProblem> fusedProblem(std::string_view name, const Arguments& arguments);

/// Its query, key, value and mask, projected here as it does within (native/transformers/attention.cpp and
/// transformer.cpp of LibTorch 2.11); nothing for nested tensors.
std::optional<AttentionInputs> fusedInputs(std::string_view name, const Arguments& arguments);

/// Whether a call of kFusedHeads asks for the attention weights.
bool asksForWeights(std::string_view name, const Arguments& arguments);

} // namespace headroom::engine
