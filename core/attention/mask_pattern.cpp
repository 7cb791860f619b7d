// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/mask_pattern.h"

#include "core/attention/attention_problem.h"

#include <algorithm>
#include <cmath>

namespace headroom
{
namespace
{

constexpr std::int64_t kDiagonalStep = 4; ///< of BlockSparse, in blocks

std::int64_t positionOf(const AttentionProblem& problem, std::int64_t query)
{
    return query + problem.kvLength - problem.queryLength;
}

/// Keys first to last (last not among them), cut to those that there are.
std::int64_t within(const AttentionProblem& problem, std::int64_t first, std::int64_t last)
{
    first = std::clamp<std::int64_t>(first, 0, problem.kvLength);
    last = std::clamp<std::int64_t>(last, 0, problem.kvLength);
    return std::max<std::int64_t>(0, last - first);
}

/// Rows before the first key belong to the first block or document.
std::int64_t blockOf(const AttentionProblem& problem, std::int64_t query)
{
    return std::max<std::int64_t>(0, positionOf(problem, query)) / maskSpan(problem);
}

bool blockTakesPart(std::int64_t queryBlock, std::int64_t keyBlock)
{
    return keyBlock == 0 || keyBlock == queryBlock || (queryBlock - keyBlock) % kDiagonalStep == 0;
}

/// The keys of all blocks that \a queryBlock sees; only the last block may be shorter than the span.
std::int64_t keysOfBlocks(const AttentionProblem& problem, std::int64_t queryBlock)
{
    const std::int64_t span = maskSpan(problem);
    const std::int64_t blocks = (problem.kvLength + span - 1) / span;
    const std::int64_t diagonal = queryBlock % kDiagonalStep; // the first block of those on a diagonal
    std::int64_t seen = diagonal < blocks ? (blocks - 1 - diagonal) / kDiagonalStep + 1 : 0;
    seen += diagonal != 0 && blocks > 0 ? 1 : 0; // the first block of all
    const bool last = blocks > 0 && blockTakesPart(queryBlock, blocks - 1);
    return seen * span - (last ? blocks * span - problem.kvLength : 0);
}

} // namespace

std::int64_t maskSpan(const AttentionProblem& problem)
{
    if (problem.maskSpan > 0)
    {
        return problem.maskSpan;
    }
    const std::int64_t most = problem.maskPattern == MaskPattern::BlockSparse ? 64
                              : problem.maskPattern == MaskPattern::Document  ? 4096
                                                                              : 1024;
    return std::clamp<std::int64_t>(problem.kvLength / 4, 1, most);
}

std::int64_t keysBeforePadding(const AttentionProblem& problem, std::int64_t batchItem)
{
    // In double: the product of two sizes that a user typed may not fit, and a length below 2^53 is exact.
    const double share = static_cast<double>(batchItem + 1) / (2.0 * static_cast<double>(problem.batch));
    const auto padded = static_cast<std::int64_t>(std::floor(static_cast<double>(problem.kvLength) * share));
    return std::max<std::int64_t>(1, problem.kvLength - padded);
}

double alibiSlope(std::int64_t head, std::int64_t heads)
{
    return std::exp2(-8.0 * static_cast<double>(head + 1) / static_cast<double>(heads));
}

bool takesPart(const AttentionProblem& problem, std::int64_t batchItem, std::int64_t query, std::int64_t key)
{
    const std::int64_t position = positionOf(problem, query);
    switch (problem.maskPattern)
    {
    case MaskPattern::Random:
        return true;
    case MaskPattern::CausalTopLeft:
        return key <= query;
    case MaskPattern::CausalBottomRight:
    case MaskPattern::Alibi:
        return key <= position;
    case MaskPattern::Padding:
        return key < keysBeforePadding(problem, batchItem);
    case MaskPattern::SlidingWindow:
        return key <= position && key > position - maskSpan(problem);
    case MaskPattern::BlockSparse:
        return blockTakesPart(blockOf(problem, query), key / maskSpan(problem));
    case MaskPattern::Document:
        return key / maskSpan(problem) == blockOf(problem, query);
    }
    return true;
}

std::int64_t keysOfRow(const AttentionProblem& problem, std::int64_t batchItem, std::int64_t query)
{
    const std::int64_t position = positionOf(problem, query);
    const std::int64_t span = maskSpan(problem);
    switch (problem.maskPattern)
    {
    case MaskPattern::Random:
        break;
    case MaskPattern::CausalTopLeft:
        return within(problem, 0, query + 1);
    case MaskPattern::CausalBottomRight:
    case MaskPattern::Alibi:
        return within(problem, 0, position + 1);
    case MaskPattern::Padding:
        return keysBeforePadding(problem, batchItem);
    case MaskPattern::SlidingWindow:
        return within(problem, position - span + 1, position + 1);
    case MaskPattern::Document:
        return within(problem, blockOf(problem, query) * span, (blockOf(problem, query) + 1) * span);
    case MaskPattern::BlockSparse:
        return keysOfBlocks(problem, blockOf(problem, query));
    }
    return problem.kvLength;
}

std::array<std::int64_t, 4> maskShape(const AttentionProblem& problem)
{
    switch (problem.maskPattern)
    {
    case MaskPattern::Padding:
        return {problem.batch, 1, 1, problem.kvLength};
    case MaskPattern::Alibi:
        return {1, problem.queryHeads, problem.queryLength, problem.kvLength};
    default:
        return {1, 1, problem.queryLength, problem.kvLength};
    }
}

} // namespace headroom
