// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/attention_problem.h"

#include <fmt/format.h>

#include <cmath>

namespace headroom
{
namespace
{

std::string pairText(std::string_view letter, std::int64_t first, std::int64_t second)
{
    return first == second ? fmt::format("{}{}", letter, first) : fmt::format("{}{}/{}", letter, first, second);
}

} // namespace

std::vector<std::string> problemsWith(const AttentionProblem& problem)
{
    std::vector<std::string> problems;
    const auto atLeastOne = [&](std::string_view what, std::int64_t value)
    {
        if (value < 1)
        {
            problems.push_back(fmt::format("{} is {}; it must be at least 1.", what, value));
        }
    };
    atLeastOne("the batch size", problem.batch);
    atLeastOne("the number of query heads", problem.queryHeads);
    atLeastOne("the number of key/value heads", problem.kvHeads);
    atLeastOne("the query length", problem.queryLength);
    atLeastOne("the key/value length", problem.kvLength);
    atLeastOne("head_dim", problem.headDimQk);
    atLeastOne("head_dim of the value", problem.headDimV);
    if (!(problem.dropout >= 0 && problem.dropout < 1))
    {
        problems.push_back(fmt::format("dropout is {}; it must be at least 0 and below 1.", problem.dropout));
    }
    if (problem.maskNeedsGradient && problem.mask != MaskKind::Additive)
    {
        problems.emplace_back("Only an additive mask can be learned; use --mask additive with --mask-gradient.");
    }
    if (problem.mask == MaskKind::Boolean && problem.maskPattern == MaskPattern::Alibi)
    {
        problems.emplace_back("ALiBi is a bias and no yes or no; give it as an additive mask.");
    }
    if (problem.maskSpan < 0)
    {
        problems.push_back(fmt::format("the span of the mask is {}; it must be at least 1.", problem.maskSpan));
    }
    if (problem.scale && !std::isfinite(*problem.scale))
    {
        problems.emplace_back("The scale is no finite number.");
    }
    return problems;
}

double effectiveScale(const AttentionProblem& problem)
{
    return problem.scale.value_or(1.0 / std::sqrt(static_cast<double>(problem.headDimQk)));
}

std::string describe(const AttentionProblem& problem)
{
    std::string text = fmt::format("B{} {} {} {} {}", problem.batch, pairText("H", problem.queryHeads, problem.kvHeads),
                                   pairText("S", problem.queryLength, problem.kvLength),
                                   pairText("D", problem.headDimQk, problem.headDimV), toString(problem.dtype));
    if (problem.causal)
    {
        text += " causal";
    }
    if (problem.mask != MaskKind::None)
    {
        text += problem.maskPattern == MaskPattern::Random
                    ? fmt::format(" {} mask", toString(problem.mask))
                    : fmt::format(" {} {} mask", toString(problem.maskPattern), toString(problem.mask));
        if (problem.maskSpan > 0)
        {
            text += fmt::format(" of {}", problem.maskSpan);
        }
    }
    if (problem.dropout > 0)
    {
        text += fmt::format(" dropout {}", problem.dropout);
    }
    return text;
}

} // namespace headroom
