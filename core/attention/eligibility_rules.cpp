// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/eligibility_rules.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>

namespace headroom::rules
{
namespace
{

std::string capabilityText(int computeCapability)
{
    return fmt::format("{}.{}", computeCapability / 10, computeCapability % 10);
}

/// The cast that loses least: LibTorch's types in the order of their precision and range.
std::string castFix(std::span<const DType> allowed)
{
    constexpr std::array kByLoss{DType::Float64, DType::Float32, DType::BFloat16, DType::Float16};
    for (const DType candidate : kByLoss)
    {
        if (std::find(allowed.begin(), allowed.end(), candidate) != allowed.end())
        {
            return fmt::format("cast to {}", toString(candidate));
        }
    }
    return {};
}

std::string listText(std::span<const DType> allowed)
{
    std::string text;
    for (std::size_t i = 0; i < allowed.size(); ++i)
    {
        if (i > 0)
        {
            text += i + 1 == allowed.size() ? " or " : ", ";
        }
        text += toString(allowed[i]);
    }
    return text;
}

} // namespace

std::int64_t nearestDivisor(std::int64_t number, std::int64_t wanted)
{
    std::int64_t nearest = 1;
    for (std::int64_t candidate = 1; candidate <= number; ++candidate)
    {
        if (number % candidate == 0 && std::abs(candidate - wanted) < std::abs(nearest - wanted))
        {
            nearest = candidate;
        }
    }
    return nearest;
}

RuleCheck check(std::string rule, std::string value, std::string limit, bool passed, std::string fix)
{
    return {std::move(rule), std::move(value), std::move(limit), passed, passed ? std::string() : std::move(fix)};
}

RuleCheck cudaDevice(const AttentionProblem& problem, const DeviceFacts& device)
{
    const bool posedOnCuda = problem.device == DeviceKind::Cuda;
    const bool present = device.kind == DeviceKind::Cuda;
    return check("device",
                 posedOnCuda && !present ? "no CUDA device" : fmt::format("device {}", toString(problem.device)),
                 "a CUDA device", posedOnCuda && present, "run on a CUDA device");
}

RuleCheck computeCapability(const DeviceFacts& device, int lowest, int highest)
{
    const int has = device.computeCapability;
    return check("compute-capability", fmt::format("compute capability {}", capabilityText(has)),
                 fmt::format("{} to {}", capabilityText(lowest), capabilityText(highest)),
                 has >= lowest && has <= highest);
}

RuleCheck dtypeAmong(const AttentionProblem& problem, std::span<const DType> allowed)
{
    const bool passed = std::find(allowed.begin(), allowed.end(), problem.dtype) != allowed.end();
    return check("dtype", std::string(toString(problem.dtype)), listText(allowed), passed, castFix(allowed));
}

RuleCheck sequencesNotEmpty(const AttentionProblem& problem)
{
    return check("sequence-not-empty",
                 fmt::format("query length {}, key/value length {}", problem.queryLength, problem.kvLength),
                 "at least 1 each", problem.queryLength > 0 && problem.kvLength > 0);
}

RuleCheck kvHeadsDivide(const AttentionProblem& problem)
{
    const bool passed = problem.kvHeads > 0 && problem.queryHeads % problem.kvHeads == 0;
    // A search over a bounded number of heads: no model has more than this.
    const bool searchable = problem.queryHeads > 0 && problem.queryHeads <= 65536;
    return check("kv-heads-divide",
                 fmt::format("{} query heads, {} key/value heads", problem.queryHeads, problem.kvHeads),
                 "key/value heads that divide the query heads", passed,
                 passed || !searchable
                     ? std::string()
                     : fmt::format("use {} key/value heads", nearestDivisor(problem.queryHeads, problem.kvHeads)));
}

RuleCheck headDimsEqual(const AttentionProblem& problem)
{
    const std::int64_t larger = std::max(problem.headDimQk, problem.headDimV);
    return check("head-dim-equal", headDimText(problem), "one head_dim for query, key and value",
                 problem.headDimQk == problem.headDimV, padFix(problem, larger, larger));
}

RuleCheck maskWithoutGradient(const AttentionProblem& problem)
{
    const bool failed = problem.mask != MaskKind::None && problem.maskNeedsGradient;
    return check("mask-gradient", failed ? "a mask that requires a gradient" : "no gradient of a mask",
                 "no gradient of a mask", !failed, "detach the mask");
}

std::string headDimText(const AttentionProblem& problem)
{
    return problem.headDimQk == problem.headDimV
               ? fmt::format("head_dim {}", problem.headDimQk)
               : fmt::format("head_dim {} (query, key) and {} (value)", problem.headDimQk, problem.headDimV);
}

std::string padFix(const AttentionProblem& problem, std::int64_t qk, std::int64_t v)
{
    const bool padQk = problem.headDimQk != qk;
    const bool padV = problem.headDimV != v;
    const std::string scale =
        problem.scale ? std::string(" and keep the scale") : fmt::format(" with scale 1/sqrt({})", problem.headDimQk);
    if (padQk && padV && problem.headDimQk == problem.headDimV && qk == v)
    {
        return fmt::format("pad head_dim {} to {} with zeros{}, cut the output", problem.headDimQk, qk, scale);
    }
    std::string text;
    if (padQk)
    {
        text = fmt::format("pad head_dim of query and key {} to {} with zeros{}", problem.headDimQk, qk, scale);
    }
    if (padV)
    {
        text += fmt::format("{}pad head_dim of value {} to {} with zeros, cut the output", text.empty() ? "" : "; ",
                            problem.headDimV, v);
    }
    return text;
}

} // namespace headroom::rules
