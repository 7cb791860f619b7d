// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/flops.h"

#include "core/attention/mask_pattern.h"
#include "core/attention/saturating.h"

#include <algorithm>

namespace headroom
{
namespace
{

/// Elements of [B, heads, length, dim].
std::int64_t elementsOf(const AttentionProblem& problem, std::int64_t heads, std::int64_t length, std::int64_t dim)
{
    return saturatingProduct({problem.batch, heads, length, dim});
}

/// Q, K and V together.
std::int64_t inputElements(const AttentionProblem& problem)
{
    return saturatingSum({elementsOf(problem, problem.queryHeads, problem.queryLength, problem.headDimQk),
                          elementsOf(problem, problem.kvHeads, problem.kvLength, problem.headDimQk),
                          elementsOf(problem, problem.kvHeads, problem.kvLength, problem.headDimV)});
}

std::int64_t outputElements(const AttentionProblem& problem)
{
    return elementsOf(problem, problem.queryHeads, problem.queryLength, problem.headDimV);
}

double product(std::int64_t first, std::int64_t second, double third)
{
    return static_cast<double>(first) * static_cast<double>(second) * third;
}

bool isTriangle(const AttentionProblem& problem)
{
    const bool triangularMask =
        problem.mask != MaskKind::None &&
        (problem.maskPattern == MaskPattern::CausalTopLeft || problem.maskPattern == MaskPattern::CausalBottomRight ||
         problem.maskPattern == MaskPattern::Alibi);
    return problem.causal || triangularMask;
}

constexpr std::int64_t kMostCounted = std::int64_t{1} << 22;

/// The mean of count(i) over i from 0 to \a length, of at most kMostCounted evenly spread ones.
template <typename Count> double meanOver(std::int64_t length, const Count& count)
{
    const std::int64_t counted = std::min(length, kMostCounted);
    const std::int64_t step = length / std::max<std::int64_t>(counted, 1);
    double sum = 0;
    for (std::int64_t i = 0; i < counted; ++i)
    {
        sum += static_cast<double>(count(i * step));
    }
    return counted > 0 ? sum / static_cast<double>(counted) : 0.0;
}

/// Rows and items are counted apart: no pattern depends on both.
std::int64_t unmaskedByPattern(const AttentionProblem& problem)
{
    const auto ofRow = [&](std::int64_t query) { return keysOfRow(problem, 0, query); };
    const auto ofItem = [&](std::int64_t item) { return keysOfRow(problem, item, 0); };
    const bool byItem = problem.maskPattern == MaskPattern::Padding;
    const double keys = byItem ? meanOver(problem.batch, ofItem) : meanOver(problem.queryLength, ofRow);
    const double elements = keys * static_cast<double>(problem.queryLength);
    return elements < static_cast<double>(kTooLarge) ? static_cast<std::int64_t>(elements + (byItem ? 0.0 : 0.5))
                                                     : kTooLarge;
}

/// Both ways of counting for \a perElement operations on each score element.
AttentionFlops countFlops(const AttentionProblem& problem, double unmaskedPerElement, double conventionPerElement)
{
    const double heads = product(problem.batch, problem.queryHeads, 1);
    const double scores = product(problem.queryLength, problem.kvLength, 1);
    AttentionFlops flops;
    flops.unmasked = heads * static_cast<double>(unmaskedElements(problem)) * unmaskedPerElement;
    flops.convention = heads * scores * conventionPerElement * (isTriangle(problem) ? 0.5 : 1.0);
    return flops;
}

/// Math writes its scores in the type it computes in: float64 for float64, float32 for all else, since LibTorch 2.5
/// computes half inputs in float32 (allow_fp16_bf16_reduction_math_sdp is off by default).
std::int64_t mathWorkspace(const AttentionProblem& problem)
{
    const std::int64_t computeBytes = problem.dtype == DType::Float64 ? 8 : 4;
    const std::int64_t scores = elementsOf(problem, problem.queryHeads, problem.queryLength, problem.kvLength);
    // Scores and their soft-max live at the same time.
    std::int64_t bytes = saturatingProduct({2, scores, computeBytes});
    if (bytesPerElement(problem.dtype) < computeBytes || problem.kvHeads != problem.queryHeads)
    {
        // Copies of query, key and value: cast up, and key and value repeated to the query's heads.
        const std::int64_t copies =
            saturatingSum({elementsOf(problem, problem.queryHeads, problem.queryLength, problem.headDimQk),
                           elementsOf(problem, problem.queryHeads, problem.kvLength, problem.headDimQk),
                           elementsOf(problem, problem.queryHeads, problem.kvLength, problem.headDimV)});
        bytes = saturatingSum({bytes, saturatingProduct({copies, computeBytes})});
    }
    return bytes;
}

} // namespace

std::int64_t unmaskedElements(const AttentionProblem& problem)
{
    const std::int64_t queries = problem.queryLength;
    const std::int64_t keys = problem.kvLength;
    if (problem.mask != MaskKind::None && problem.maskPattern != MaskPattern::Random && !problem.causal)
    {
        return unmaskedByPattern(problem);
    }
    if (!problem.causal)
    {
        return saturatingProduct({queries, keys});
    }
    // Row i sees min(i + 1, keys) keys: a triangle, and full rows below it where there are more queries than keys.
    const std::int64_t triangle = std::min(queries, keys);
    const std::int64_t even = triangle % 2 == 0 ? triangle : triangle + 1;
    const std::int64_t odd = triangle % 2 == 0 ? triangle + 1 : triangle;
    return saturatingSum({saturatingProduct({even / 2, odd}), saturatingProduct({queries - triangle, keys})});
}

AttentionFlops forwardFlops(const AttentionProblem& problem)
{
    // Q K^T takes 2 Dqk operations a score element, P V takes 2 Dv.
    const double perElement = 2.0 * static_cast<double>(problem.headDimQk + problem.headDimV);
    return countFlops(problem, perElement, perElement);
}

AttentionFlops backwardFlops(const AttentionProblem& problem)
{
    // Q K^T again, dQ = dS K and dK = dS^T Q take 2 Dqk each; dP = dO V^T and dV = P^T dO take 2 Dv each.
    const double perElement = 2.0 * static_cast<double>(3 * problem.headDimQk + 2 * problem.headDimV);
    const double forward = 2.0 * static_cast<double>(problem.headDimQk + problem.headDimV);
    return countFlops(problem, perElement, 2.5 * forward);
}

std::int64_t maskBytes(const AttentionProblem& problem)
{
    if (problem.mask == MaskKind::None)
    {
        return 0;
    }
    const std::int64_t element = problem.mask == MaskKind::Boolean ? 1 : bytesPerElement(problem.dtype);
    const auto shape = maskShape(problem);
    return saturatingProduct({shape[0], shape[1], shape[2], shape[3], element});
}

std::int64_t logSumExpBytes(const AttentionProblem& problem)
{
    return elementsOf(problem, problem.queryHeads, problem.queryLength, problem.dtype == DType::Float64 ? 8 : 4);
}

std::int64_t forwardBytes(const AttentionProblem& problem)
{
    const std::int64_t elements = saturatingSum({inputElements(problem), outputElements(problem)});
    return saturatingSum({saturatingProduct({elements, bytesPerElement(problem.dtype)}), maskBytes(problem)});
}

std::int64_t backwardBytes(const AttentionProblem& problem)
{
    // Q, K, V and O, dO come in; dQ, dK, dV go out.
    const std::int64_t elements = saturatingSum(
        {saturatingProduct({2, inputElements(problem)}), saturatingProduct({2, outputElements(problem)})});
    const std::int64_t mask = saturatingProduct({maskBytes(problem), problem.maskNeedsGradient ? 2 : 1});
    return saturatingSum(
        {saturatingProduct({elements, bytesPerElement(problem.dtype)}), logSumExpBytes(problem), mask});
}

std::int64_t workspaceBytes(const AttentionProblem& problem, Backend backend)
{
    switch (backend)
    {
    case Backend::Math:
        return mathWorkspace(problem);
    case Backend::Naive:
        return saturatingProduct({2, elementsOf(problem, problem.queryHeads, problem.queryLength, problem.kvLength),
                                  bytesPerElement(problem.dtype)});
    case Backend::Fp64:
    case Backend::Default:
    case Backend::Flash:
    case Backend::MemoryEfficient:
    case Backend::Cudnn:
        break;
    }
    return problem.needsGradients ? logSumExpBytes(problem) : 0; // kept for the backward pass alone
}

} // namespace headroom
