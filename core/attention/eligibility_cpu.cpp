// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/eligibility_rules.h"

#include <array>

#include <fmt/format.h>

namespace headroom::rules
{
namespace
{

constexpr std::array kCpuDtypes{DType::Float32, DType::BFloat16, DType::Float16, DType::Float64};

RuleCheck noDropout(const AttentionProblem& problem)
{
    return check("dropout", fmt::format("dropout {}", problem.dropout), "no dropout", !(problem.dropout > 0),
                 "set dropout to 0");
}

/// _scaled_dot_product_attention_math throws for both at once.
RuleCheck maskOrCausal(const AttentionProblem& problem)
{
    const bool both = problem.mask != MaskKind::None && problem.causal;
    return check("mask-with-causal", both ? "a mask and is_causal" : "not both", "a mask or is_causal, not both", !both,
                 "fold the triangle into the mask");
}

} // namespace

std::vector<RuleCheck> flashOnCpu(const AttentionProblem& problem)
{
    return {dtypeAmong(problem, kCpuDtypes), noDropout(problem),     maskWithoutGradient(problem),
            headDimsEqual(problem),          kvHeadsDivide(problem), sequencesNotEmpty(problem)};
}

std::vector<RuleCheck> math(const AttentionProblem& problem)
{
    return {maskOrCausal(problem), kvHeadsDivide(problem)};
}

std::vector<RuleCheck> cudaOnly(const AttentionProblem& problem)
{
    return {cudaDevice(problem, DeviceFacts{})};
}

} // namespace headroom::rules
