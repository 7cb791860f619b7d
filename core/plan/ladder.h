// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_problem.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// What a step of the ladder does to the tensors of its problem, beyond the problem itself.
enum class LadderTwist
{
    None,                     ///< normal numbers: the problem is the difficulty
    FullyMaskedRows,          ///< every seventh row and the last one see no key; right are zeros and finite gradients
    LargeNegativeLogits,      ///< all logits near -120, so that exp(log-sum-exp) underflows in float32
    WideLogits,               ///< normal logits of standard deviation 12.5: up to about 50 either way
    OutlierChannels,          ///< two channels of keys and values fifty times as large as the others
    PoisonedPadding,          ///< other and a hundred times larger numbers in padded keys and values: no bit may change
    NanInMaskedKeys,          ///< NaN in keys that the mask leaves out
    NanInMaskedValues,        ///< NaN in values that the mask leaves out
    InvertedMask,             ///< the mask with its polarity inverted: the judge must reject what comes of it
    SlicedTensors,            ///< query, key and value cut out of larger tensors full of large numbers
    TransposedOutputGradient, ///< the gradient that comes back lies as [B, S, H, D]
    ExpandedOutputGradient    ///< it is one number, expanded with stride 0, as after sum().backward()
};

template <> struct EnumNames<LadderTwist>
{
    static constexpr std::string_view kind = "twist of a ladder step";
    static constexpr std::array names{
        std::pair{LadderTwist::None, std::string_view{"none"}},
        std::pair{LadderTwist::FullyMaskedRows, std::string_view{"fully-masked-rows"}},
        std::pair{LadderTwist::LargeNegativeLogits, std::string_view{"large-negative-logits"}},
        std::pair{LadderTwist::WideLogits, std::string_view{"wide-logits"}},
        std::pair{LadderTwist::OutlierChannels, std::string_view{"outlier-channels"}},
        std::pair{LadderTwist::PoisonedPadding, std::string_view{"poisoned-padding"}},
        std::pair{LadderTwist::NanInMaskedKeys, std::string_view{"nan-in-masked-keys"}},
        std::pair{LadderTwist::NanInMaskedValues, std::string_view{"nan-in-masked-values"}},
        std::pair{LadderTwist::InvertedMask, std::string_view{"inverted-mask"}},
        std::pair{LadderTwist::SlicedTensors, std::string_view{"sliced-tensors"}},
        std::pair{LadderTwist::TransposedOutputGradient, std::string_view{"transposed-output-gradient"}},
        std::pair{LadderTwist::ExpandedOutputGradient, std::string_view{"expanded-output-gradient"}},
    };
};

/// One step of the adversarial ladder: a call of the user's own, changed where kernels have been wrong before.
struct LadderStep
{
    std::string name; ///< unique in its ladder: "fully-masked-rows", "length-129"
    std::string what; ///< a sentence
    LadderTwist twist = LadderTwist::None;
    AttentionProblem problem; ///< the user's own, bounded and changed for this step

    bool operator==(const LadderStep&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(LadderStep, name, what, twist, problem)

/// Sizes above which a ladder does not go: it asks whether numbers are right, on many calls, and a fault at the edge of
/// a tile shows at these as well. Head dims, data type, mask, triangle, scale and layout stay the user's.
inline constexpr std::int64_t kLadderBatch = 2;
inline constexpr std::int64_t kLadderHeads = 8;
inline constexpr std::int64_t kLadderLength = 512;

/// \a own without dropout, its sizes bounded as above; grouped heads stay grouped, and lengths that differ stay so.
AttentionProblem ladderProblem(const AttentionProblem& own);

/// The ladder of \a own, its plain call first. Steps that cannot be made of the shape are left out (a grouping of a
/// single head, a padded single key, gradients where none are needed), and of several that come to the same call
/// one is kept. The same problem gives the same ladder: a job names a step by its name alone.
std::vector<LadderStep> ladderSteps(const AttentionProblem& own);

/// The step \a name of the ladder of \a own; nothing when it has none.
std::optional<LadderStep> findLadderStep(const AttentionProblem& own, std::string_view name);

/// Whether failing the step \a name is how IEEE arithmetic works and no fault of a kernel: 0 times NaN is NaN, so NaN
/// in masked-out keys or values reaches the output of any backend that multiplies first and masks later
/// (pytorch/pytorch#101967). Such a failure is said and is none of the run.
bool isByDesign(std::string_view name);

} // namespace headroom
