// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audit/call_change.h"

#include <algorithm>
#include <cmath>

namespace headroom
{
namespace
{

constexpr std::int64_t kFlashHeadDimStep = 8; ///< sdp_utils.cpp: flash pads to it by itself, cuDNN and CUTLASS refuse

/// Whether the keys that are padding in every row are all that the mask hides, so that nothing of it is left with them
/// cut off. Rows that end at different keys hide more, by one key of one row at least.
bool isAllSharedPadding(const WatchedCall& watched)
{
    const auto& problem = watched.call.problem;
    const auto shared = static_cast<double>(problem.kvLength - watched.unpaddedKeys);
    const auto hidden = watched.masked * static_cast<double>(problem.kvLength);
    return watched.content == MaskContent::Padding &&
           std::abs(hidden - shared) * static_cast<double>(problem.batch) < 0.5;
}

} // namespace

AttentionProblem changedProblem(const WatchedCall& watched, CallChange change)
{
    AttentionProblem problem = watched.call.problem;
    const auto withoutMask = [&]
    {
        problem.mask = MaskKind::None;
        problem.maskNeedsGradient = false;
        problem.maskPattern = MaskPattern::Random;
        problem.maskSpan = 0;
    };
    switch (change)
    {
    case CallChange::UseIsCausal:
        withoutMask();
        problem.causal = true;
        break;
    case CallChange::DropMask:
        withoutMask();
        break;
    case CallChange::CutPadding:
        problem.kvLength = watched.unpaddedKeys;
        if (isAllSharedPadding(watched))
        {
            withoutMask();
        }
        break;
    case CallChange::CastToBFloat16:
        problem.dtype = DType::BFloat16;
        break;
    case CallChange::RepeatKvHeads:
        problem.kvHeads = problem.queryHeads;
        problem.layout = Layout::Bhsd;
        break;
    case CallChange::GroupKvHeads:
        problem.kvHeads = watched.distinctKvHeads;
        break;
    case CallChange::NoDropout:
        problem.dropout = 0;
        break;
    case CallChange::PadHeadDim:
    {
        problem.scale = effectiveScale(problem); // of the head_dim that the model has
        const auto widest = std::max(problem.headDimQk, problem.headDimV);
        const auto padded = (widest + kFlashHeadDimStep - 1) / kFlashHeadDimStep * kFlashHeadDimStep;
        problem.headDimQk = padded;
        problem.headDimV = padded;
        problem.layout = Layout::Bhsd;
        break;
    }
    case CallChange::MakeContiguous:
        problem.layout = Layout::Bhsd;
        break;
    case CallChange::None:
    case CallChange::UseSdpa:
        break;
    }
    return problem;
}

std::string_view describe(CallChange change)
{
    switch (change)
    {
    case CallChange::None:
        return "as the model makes it";
    case CallChange::UseIsCausal:
        return "with is_causal in place of the mask";
    case CallChange::DropMask:
        return "without the mask that hides nothing";
    case CallChange::CutPadding:
        return "without the keys that are padding in every row";
    case CallChange::CastToBFloat16:
        return "in bfloat16";
    case CallChange::RepeatKvHeads:
        return "with key and value heads repeated";
    case CallChange::GroupKvHeads:
        return "with grouped key and value heads";
    case CallChange::NoDropout:
        return "without dropout";
    case CallChange::PadHeadDim:
        return "with head_dim padded";
    case CallChange::MakeContiguous:
        return "with query, key and value made contiguous";
    case CallChange::UseSdpa:
        return "through scaled_dot_product_attention";
    }
    return {};
}

} // namespace headroom
