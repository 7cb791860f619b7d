// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/sweep_mask.h"

#include "core/plan/number_list.h"

#include <stdexcept>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr std::string_view kNone = "none";
constexpr std::string_view kCausal = "causal";
constexpr std::string_view kRandomAdditive = "random-additive";
constexpr std::string_view kAdditive = "+additive";
constexpr std::string_view kGradient = "+gradient";

bool takesSpan(MaskPattern pattern)
{
    return pattern == MaskPattern::SlidingWindow || pattern == MaskPattern::BlockSparse ||
           pattern == MaskPattern::Document;
}

/// Takes \a ending off \a text where it is there.
bool takeEnding(std::string_view& text, std::string_view ending)
{
    const bool there = text.ends_with(ending);
    text.remove_suffix(there ? ending.size() : 0);
    return there;
}

std::invalid_argument unknownMask(std::string_view text)
{
    return std::invalid_argument(fmt::format("'{}' is not a mask; use one of {}", text, sweepMaskWords()));
}

} // namespace

std::string_view sweepMaskWords()
{
    return "none, causal, causal-top-left, causal-bottom-right, padding, sliding-window[:W], alibi, random, "
           "random-additive, block-sparse[:N], document[:N], and behind a mask +additive or +gradient";
}

SweepMask parseSweepMask(std::string_view text)
{
    std::string_view word = text;
    const bool gradient = takeEnding(word, kGradient);
    const bool additive = takeEnding(word, kAdditive) || gradient;
    if (word == kNone || word == kCausal)
    {
        if (additive)
        {
            throw std::invalid_argument(
                fmt::format("'{}' has no mask that could be additive; use causal-top-left+additive", text));
        }
        return SweepMask{word == kCausal};
    }
    SweepMask mask;
    mask.mask = additive ? MaskKind::Additive : MaskKind::Boolean;
    mask.needsGradient = gradient;
    if (word == kRandomAdditive)
    {
        mask.mask = MaskKind::Additive;
        return mask;
    }
    const auto colon = word.find(':');
    const auto pattern = fromString<MaskPattern>(word.substr(0, colon));
    if (!pattern)
    {
        throw unknownMask(text);
    }
    mask.pattern = *pattern;
    mask.mask = *pattern == MaskPattern::Alibi ? MaskKind::Additive : mask.mask;
    if (colon != std::string_view::npos)
    {
        if (!takesSpan(*pattern))
        {
            throw std::invalid_argument(fmt::format("'{}': {} takes no number", text, toString(*pattern)));
        }
        mask.span = parseSize(word.substr(colon + 1));
    }
    return mask;
}

std::string toText(const SweepMask& mask)
{
    if (mask.causal || mask.mask == MaskKind::None)
    {
        return std::string(mask.causal ? kCausal : kNone);
    }
    std::string text(toString(mask.pattern));
    if (mask.span > 0)
    {
        text += fmt::format(":{}", mask.span);
    }
    if (mask.needsGradient)
    {
        return text + std::string(kGradient);
    }
    if (mask.mask == MaskKind::Additive && mask.pattern == MaskPattern::Random)
    {
        return std::string(kRandomAdditive);
    }
    const bool said = mask.mask == MaskKind::Boolean || mask.pattern == MaskPattern::Alibi;
    return said ? text : text + std::string(kAdditive);
}

SweepMask maskOf(const AttentionProblem& problem)
{
    return {problem.causal, problem.mask, problem.maskPattern, problem.maskSpan, problem.maskNeedsGradient};
}

void setMask(AttentionProblem& problem, const SweepMask& mask)
{
    problem.causal = mask.causal;
    problem.mask = mask.mask;
    problem.maskPattern = mask.pattern;
    problem.maskSpan = mask.span;
    problem.maskNeedsGradient = mask.needsGradient;
}

} // namespace headroom
