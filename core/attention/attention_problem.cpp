// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/attention_problem.h"

#include <fmt/format.h>

namespace headroom
{
namespace
{

std::string pairText(std::string_view letter, std::int64_t first, std::int64_t second)
{
    return first == second ? fmt::format("{}{}", letter, first) : fmt::format("{}{}/{}", letter, first, second);
}

} // namespace

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
        text += fmt::format(" {} mask", toString(problem.mask));
    }
    if (problem.dropout > 0)
    {
        text += fmt::format(" dropout {}", problem.dropout);
    }
    return text;
}

} // namespace headroom
