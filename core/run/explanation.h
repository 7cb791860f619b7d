// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/remedy.h"
#include "core/run/evidence.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// Asks LibTorch about one attention call: a worker's explain request. \throws std::exception with a sentence.
using SelectorQuestion = std::function<LayerEvidence(const AttentionProblem&)>;

/// A remedy, and whether LibTorch takes what it makes of the call.
struct CheckedRemedy
{
    Remedy remedy;
    std::optional<bool> libtorchAccepts; ///< every one of its calls; nothing when nobody could be asked

    bool operator==(const CheckedRemedy&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CheckedRemedy, remedy, libtorchAccepts)

/// All that is known of who takes one attention call, who does not and why, and what would change that.
struct Explanation
{
    LayerEvidence evidence;
    std::vector<CheckedRemedy> remedies; ///< of the backends that do not take it, where there is one
    std::string notAsked;                ///< why LibTorch could not be asked; empty when it was

    bool operator==(const Explanation&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Explanation, evidence, remedies, notAsked)

/// What the rules say of \a problem on \a device, LibTorch's side left open.
LayerEvidence evidenceByRules(const AttentionProblem& problem, const DeviceFacts& device);

/// Asks the rules and, where \a ask is set, LibTorch: about the problem, and about each remedy with its change made.
Explanation explainProblem(const AttentionProblem& problem, const DeviceFacts& device, const SelectorQuestion& ask);

/// Backends of which the rules and LibTorch say different things.
std::vector<Backend> disagreements(const LayerEvidence& evidence);

/// Which head dims and data types each backend takes, in inference and in training.
struct SupportCell
{
    DType dtype = DType::Float32;
    std::int64_t headDim = 64;
    bool training = false;
    Backend backend = Backend::Math;
    bool byRules = false;
    std::optional<bool> byLibtorch;

    bool operator==(const SupportCell&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(SupportCell, dtype, headDim, training, backend, byRules, byLibtorch)

/// The support matrix around \a base: every combination of \a dtypes, \a headDims and directions, each asked as above.
std::vector<SupportCell> supportMatrix(const AttentionProblem& base, const std::vector<DType>& dtypes,
                                       const std::vector<std::int64_t>& headDims, const DeviceFacts& device,
                                       const SelectorQuestion& ask);

} // namespace headroom
