// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/remedy.h"

#include "core/attention/eligibility_rules.h"

#include <algorithm>
#include <map>
#include <optional>

namespace headroom
{
namespace
{

/// What one rule's fix makes of a call; no calls when it cannot be done to the call.
struct Change
{
    std::vector<AttentionProblem> calls;
    RemedyEffect effect = RemedyEffect::Same;
};

using Fix = Change (*)(const AttentionProblem&, Backend, const DeviceFacts&);

/// Whether \a rule holds for \a problem; a rule that is not asked any more holds.
bool holds(const std::string& rule, Backend backend, const AttentionProblem& problem, const DeviceFacts& device)
{
    const auto rules = checkEligibility(backend, problem, device).rules;
    return std::all_of(rules.begin(), rules.end(),
                       [&](const RuleCheck& check) { return check.rule != rule || check.passed; });
}

/// The first of the data types, from the least loss on, that the rule takes.
Change cast(const AttentionProblem& problem, Backend backend, const DeviceFacts& device)
{
    auto changed = problem;
    for (const auto candidate : {DType::Float64, DType::Float32, DType::BFloat16, DType::Float16})
    {
        changed.dtype = candidate;
        if (holds("dtype", backend, changed, device))
        {
            return {{changed}, RemedyEffect::Rounding};
        }
    }
    return {};
}

/// What is_causal does to the result where the mask is \a problem's; nothing where the mask is known to be another one.
std::optional<RemedyEffect> effectOfIsCausal(const AttentionProblem& problem)
{
    switch (problem.maskPattern)
    {
    case MaskPattern::Random: // as anything whose content is not known
        return RemedyEffect::IfCausal;
    case MaskPattern::CausalTopLeft:
        return RemedyEffect::Same;
    case MaskPattern::CausalBottomRight:
        return problem.queryLength == problem.kvLength ? std::optional(RemedyEffect::Same) : std::nullopt;
    case MaskPattern::Padding:
    case MaskPattern::SlidingWindow:
    case MaskPattern::Alibi:
    case MaskPattern::BlockSparse:
    case MaskPattern::Document:
        break;
    }
    return std::nullopt;
}

Change useIsCausal(const AttentionProblem& problem, Backend, const DeviceFacts&)
{
    const auto effect = effectOfIsCausal(problem);
    if (!effect)
    {
        return {};
    }
    auto changed = problem;
    changed.mask = MaskKind::None;
    changed.maskPattern = MaskPattern::Random;
    changed.maskSpan = 0;
    changed.maskNeedsGradient = false;
    changed.causal = true;
    return {{changed}, *effect};
}

Change withoutDropout(const AttentionProblem& problem, Backend, const DeviceFacts&)
{
    auto changed = problem;
    changed.dropout = 0;
    return {{changed}, RemedyEffect::OtherResult};
}

Change detachMask(const AttentionProblem& problem, Backend, const DeviceFacts&)
{
    auto changed = problem;
    changed.maskNeedsGradient = false;
    return {{changed}, RemedyEffect::OtherResult};
}

/// Padding changes the default scale, which therefore is said from now on.
void pad(AttentionProblem& problem, std::int64_t qk, std::int64_t v)
{
    problem.scale = effectiveScale(problem);
    problem.headDimQk = qk;
    problem.headDimV = v;
}

Change padToEqual(const AttentionProblem& problem, Backend, const DeviceFacts&)
{
    auto changed = problem;
    const auto larger = std::max(problem.headDimQk, problem.headDimV);
    pad(changed, larger, larger);
    return {{changed}, RemedyEffect::Same};
}

/// The smallest padding that the rule takes: multiples are powers of two of at most 8.
Change padToMultiple(const AttentionProblem& problem, Backend backend, const DeviceFacts& device)
{
    for (const std::int64_t multiple : {2, 4, 8})
    {
        const auto up = [multiple](std::int64_t dim)
        { return std::max(multiple, (dim + multiple - 1) / multiple * multiple); };
        auto changed = problem;
        pad(changed, up(problem.headDimQk), up(problem.headDimV));
        if (holds("head-dim-multiple", backend, changed, device))
        {
            return {{changed}, RemedyEffect::Same};
        }
    }
    return {};
}

/// The same width of the model in more heads: where the head_dim is cut into equal parts that the rule takes.
Change moreHeads(const AttentionProblem& problem, Backend backend, const DeviceFacts& device)
{
    for (std::int64_t parts = 2; parts <= std::max(problem.headDimQk, problem.headDimV); ++parts)
    {
        auto changed = problem;
        if (problem.headDimQk % parts != 0 || problem.headDimV % parts != 0)
        {
            continue;
        }
        changed.headDimQk /= parts;
        changed.headDimV /= parts;
        changed.queryHeads *= parts;
        changed.kvHeads *= parts;
        if (holds("head-dim-limit", backend, changed, device))
        {
            return {{changed}, RemedyEffect::OtherResult};
        }
    }
    return {};
}

/// 232 is the least above the dims of which the backward kernels are refused; above it only dropout is.
Change trainingHeadDim(const AttentionProblem& problem, Backend, const DeviceFacts&)
{
    constexpr std::int64_t kAboveTheRefused = 232;
    auto changed = problem;
    if (problem.headDimQk < kAboveTheRefused)
    {
        pad(changed, kAboveTheRefused, kAboveTheRefused);
    }
    changed.dropout = 0;
    return {{changed}, problem.dropout > 0 ? RemedyEffect::OtherResult : RemedyEffect::Same};
}

/// The triangle of scaled_dot_product_attention starts at the top left: keys past the last query are never seen, and
/// queries past the last key see all of them.
Change splitTriangle(const AttentionProblem& problem, Backend, const DeviceFacts&)
{
    auto square = problem;
    square.queryLength = square.kvLength = std::min(problem.queryLength, problem.kvLength);
    if (problem.queryLength <= problem.kvLength)
    {
        return {{square}, RemedyEffect::Same};
    }
    auto rest = problem;
    rest.queryLength -= square.queryLength;
    rest.causal = false;
    return {{square, rest}, RemedyEffect::Same};
}

Change repeatKvHeads(const AttentionProblem& problem, Backend, const DeviceFacts&)
{
    auto changed = problem;
    const bool divides = problem.kvHeads > 0 && problem.queryHeads % problem.kvHeads == 0;
    changed.kvHeads = problem.queryHeads;
    return {{changed}, divides ? RemedyEffect::Same : RemedyEffect::OtherResult};
}

Change foldTriangle(const AttentionProblem& problem, Backend, const DeviceFacts&)
{
    auto changed = problem;
    changed.causal = false;
    return {{changed}, RemedyEffect::Same};
}

/// As many key/value heads as kvHeadsDivide() names.
Change dividingKvHeads(const AttentionProblem& problem, Backend, const DeviceFacts&)
{
    auto changed = problem;
    changed.kvHeads = rules::nearestDivisor(problem.queryHeads, problem.kvHeads);
    return {{changed}, RemedyEffect::OtherResult};
}

const std::map<std::string, Fix>& fixes()
{
    static const std::map<std::string, Fix> all{
        {"dtype", cast},
        {"mask", useIsCausal},
        {"mask-gradient", detachMask},
        {"mask-with-causal", foldTriangle},
        {"head-dim-equal", padToEqual},
        {"head-dim-multiple", padToMultiple},
        {"head-dim-limit", moreHeads},
        {"training-head-dim", trainingHeadDim},
        {"causal-lengths", splitTriangle},
        {"kv-heads-equal", repeatKvHeads},
        {"kv-heads-divide", dividingKvHeads},
        {"dropout", withoutDropout},
        {"dropout-cudnn-version", withoutDropout},
        {"query-length-dropout", withoutDropout},
    };
    return all;
}

/// Applies the fix of the first rule that fails for any of the calls. \returns false when there is none to apply.
bool takeStep(Remedy& remedy, const DeviceFacts& device)
{
    for (std::size_t at = 0; at < remedy.calls.size(); ++at)
    {
        const auto rules = checkEligibility(remedy.backend, remedy.calls[at], device).rules;
        const auto failed =
            std::find_if(rules.begin(), rules.end(), [](const RuleCheck& rule) { return !rule.passed; });
        if (failed == rules.end())
        {
            continue;
        }
        const auto fix = fixes().find(failed->rule);
        const bool hopeless = failed->fix.empty() || fix == fixes().end();
        const auto change = hopeless ? Change() : fix->second(remedy.calls[at], remedy.backend, device);
        if (change.calls.empty())
        {
            return false;
        }
        if (std::find(remedy.steps.begin(), remedy.steps.end(), failed->fix) == remedy.steps.end())
        {
            remedy.steps.push_back(failed->fix);
        }
        remedy.effect = std::max(remedy.effect, change.effect);
        const auto place = remedy.calls.begin() + static_cast<std::ptrdiff_t>(at);
        remedy.calls.insert(remedy.calls.erase(place), change.calls.begin(), change.calls.end());
        return true;
    }
    return false;
}

} // namespace

std::optional<Remedy> remedyFor(Backend backend, const AttentionProblem& problem, const DeviceFacts& device)
{
    constexpr int kMostSteps = 16; // there are fewer rules: a fix that does not hold must not go round for ever
    Remedy remedy{backend, {}, RemedyEffect::Same, {problem}};
    for (int step = 0; step < kMostSteps && takeStep(remedy, device); ++step)
    {
    }
    const bool taken = std::all_of(remedy.calls.begin(), remedy.calls.end(),
                                   [&](const auto& call) { return checkEligibility(backend, call, device).eligible; });
    return taken && !remedy.steps.empty() ? std::optional(remedy) : std::nullopt;
}

std::string_view describe(RemedyEffect effect)
{
    switch (effect)
    {
    case RemedyEffect::Same:
        return "the same result";
    case RemedyEffect::Rounding:
        return "the same result but for rounding";
    case RemedyEffect::IfCausal:
        return "the same result only if the mask is a causal one";
    case RemedyEffect::OtherResult:
        return "another result";
    }
    return {};
}

} // namespace headroom
