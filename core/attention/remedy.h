// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/eligibility.h"

#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// What a change does to the result, from the least to the most. A remedy has that of its worst step.
enum class RemedyEffect
{
    Same,       ///< the same result: zeros padded and cut off, heads repeated, keys that no query sees left out
    Rounding,   ///< the same result but for the rounding of another data type
    IfCausal,   ///< the same result if, and only if, the mask is a causal one
    OtherResult ///< another result: no dropout, no gradient of the mask, other heads
};

template <> struct EnumNames<RemedyEffect>
{
    static constexpr std::string_view kind = "effect of a remedy";
    static constexpr std::array names{std::pair{RemedyEffect::Same, std::string_view{"same-result"}},
                                      std::pair{RemedyEffect::Rounding, std::string_view{"rounding"}},
                                      std::pair{RemedyEffect::IfCausal, std::string_view{"same-if-causal"}},
                                      std::pair{RemedyEffect::OtherResult, std::string_view{"other-result"}}};
};

/// The changes after which a backend's rules take a problem, one for each rule that fails, each the smallest for it.
struct Remedy
{
    Backend backend = Backend::Flash;
    std::vector<std::string> steps; ///< for people, in order: the rules' own fixes
    RemedyEffect effect = RemedyEffect::Same;
    std::vector<AttentionProblem> calls; ///< what is asked for instead: one call, or two that share the queries

    bool operator==(const Remedy&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Remedy, backend, steps, effect, calls)

/// How to make \a backend take \a problem. Nothing when it takes it already, and nothing when no change of the call can
/// help: another device, a newer cuDNN, an empty sequence, attention to a single key with cuDNN.
std::optional<Remedy> remedyFor(Backend backend, const AttentionProblem& problem, const DeviceFacts& device);

/// "the same result", "the same result but for rounding", ...
std::string_view describe(RemedyEffect effect);

} // namespace headroom
