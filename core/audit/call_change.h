// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/model_inspection.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace headroom
{

/// A change of one attention call that was captured from a model. What it does to the tensors is the engine's matter
/// (core/engine/model/changed_call.h); what it does to the problem is changedProblem()'s.
enum class CallChange
{
    None,           ///< the call as the model makes it
    UseIsCausal,    ///< the mask left out, is_causal in its place
    DropMask,       ///< a mask that hides nothing left out
    CutPadding,     ///< keys that are padding in every row cut off, with their part of the mask
    CastToBFloat16, ///< query, key, value and mask in bfloat16, as autocast would hand them over
    RepeatKvHeads,  ///< key and value repeated to the query's heads, in place of enable_gqa; the copy is timed
    GroupKvHeads, ///< key and value without the copies of their heads, with enable_gqa; that no copy has to be made any
                  ///< more is not in its time
    NoDropout,    ///< no dropout, as in evaluation
    PadHeadDim,   ///< zeros up to the next head_dim that flash takes, cut off again, in the same scale
    MakeContiguous, ///< query, key and value copied to the usual layout; the copy is timed
    UseSdpa         ///< scaled_dot_product_attention in place of matrix product, softmax, matrix product
};

template <> struct EnumNames<CallChange>
{
    static constexpr std::string_view kind = "change of an attention call";
    static constexpr std::array names{std::pair{CallChange::None, std::string_view{"none"}},
                                      std::pair{CallChange::UseIsCausal, std::string_view{"use-is-causal"}},
                                      std::pair{CallChange::DropMask, std::string_view{"drop-mask"}},
                                      std::pair{CallChange::CutPadding, std::string_view{"cut-padding"}},
                                      std::pair{CallChange::CastToBFloat16, std::string_view{"cast-to-bfloat16"}},
                                      std::pair{CallChange::RepeatKvHeads, std::string_view{"repeat-kv-heads"}},
                                      std::pair{CallChange::GroupKvHeads, std::string_view{"group-kv-heads"}},
                                      std::pair{CallChange::NoDropout, std::string_view{"no-dropout"}},
                                      std::pair{CallChange::PadHeadDim, std::string_view{"pad-head-dim"}},
                                      std::pair{CallChange::MakeContiguous, std::string_view{"make-contiguous"}},
                                      std::pair{CallChange::UseSdpa, std::string_view{"use-sdpa"}}};
};

/// A call of the plan's model, captured in a forward pass of it, and what is changed of it. A case or a judgement with
/// one runs on the tensors that really flowed there.
struct CapturedCall
{
    std::int64_t call = 0; ///< its number in ModelInspection::calls
    CallChange change = CallChange::None;

    bool operator==(const CapturedCall&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CapturedCall, call, change)

/// What \a change makes of the problem of \a watched.
AttentionProblem changedProblem(const WatchedCall& watched, CallChange change);

/// "with is_causal in place of the mask", for titles and tables.
std::string_view describe(CallChange change);

} // namespace headroom
