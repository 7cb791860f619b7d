// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/attention_route.h"

#include <cstdint>
#include <optional>

namespace headroom::engine
{

/// The attention calls of one forward pass, in their order.
class CallSequence
{
public:
    explicit CallSequence(const AttentionRoute& route) : m_route(route) {}
    at::Tensor call(const AttentionInputs& inputs) { return m_route(m_next++, inputs); }

private:
    const AttentionRoute& m_route;
    std::int64_t m_next = 0;
};

/// What a family's attention module knows beside its tensors.
struct FamilyCall
{
    std::optional<at::Tensor> mask; ///< boolean [B, 1, Sq, Skv], true takes part
    bool causal = false;            ///< the module's is_causal
    double scale = 1;
    std::optional<at::Tensor> positionBias; ///< T5's, [1, H, Sq, Skv], added to the scores
};

/// The call that transformers 5.24 makes (integrations/sdpa_attention.py, sdpa_attention_forward): is_causal where
/// there is no mask and more than one query; grouped heads are left to enable_gqa where there is no mask and head_dim
/// is at most 256, else key and value are repeated; a position bias is merged with mask or triangle into one additive
/// mask. query [B, Hq, Sq, D], key and value [B, Hkv, Skv, D]; returns [B, Sq, Hq * D].
at::Tensor attendAsTransformers(CallSequence& calls, at::Tensor query, at::Tensor key, at::Tensor value,
                                FamilyCall call);

/// [B, S, H * D] as [B, H, S, D], a view.
at::Tensor splitHeads(const at::Tensor& projected, std::int64_t heads);

/// Key padding [B, Skv] as the families hand it on: boolean, or nothing where no key is hidden (transformers looks at
/// the content in each pass; here it is looked at once, when inputs are taken).
using Padding = std::optional<at::Tensor>;

/// masking_utils.create_causal_mask and create_sliding_window_causal_mask for a first pass without a cache: nothing
/// where is_causal says the same, else [B, 1, S, S].
std::optional<at::Tensor> causalMaskAsTransformers(const at::Tensor& hidden, const Padding& padding,
                                                   std::optional<std::int64_t> window);

/// masking_utils.create_bidirectional_mask: nothing without padding, else [B, 1, Sq, Skv].
std::optional<at::Tensor> paddingMaskAsTransformers(const at::Tensor& hidden, const Padding& padding);

} // namespace headroom::engine
