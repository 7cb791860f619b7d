// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_problem.h"
#include "core/attention/backend.h"
#include "core/plan/policies.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

enum class AccuracyVerdict
{
    Passed,
    Failed,
    NotFinite, ///< NaN or infinity where the reference is finite
    Unverified ///< not judged, or cannot be (dropout)
};

template <> struct EnumNames<AccuracyVerdict>
{
    static constexpr std::string_view kind = "accuracy verdict";
    static constexpr std::array names{std::pair{AccuracyVerdict::Passed, std::string_view{"passed"}},
                                      std::pair{AccuracyVerdict::Failed, std::string_view{"failed"}},
                                      std::pair{AccuracyVerdict::NotFinite, std::string_view{"not-finite"}},
                                      std::pair{AccuracyVerdict::Unverified, std::string_view{"unverified"}}};
};

/// Distances of one tensor from the fp64 reference, measured by the engine; the verdict is core's.
struct TensorErrors
{
    double maxError = 0;  ///< largest |x - reference|
    double meanError = 0; ///< mean |x - reference|
    double rmsError = 0;
    double maxRelativeError = 0; ///< largest |x - reference| / max(|reference|, 1e-6)
    std::int64_t elements = 0;
    std::int64_t notFinite = 0;           ///< elements that are NaN or infinite where the reference is finite
    std::vector<std::int64_t> worstIndex; ///< place of maxError
    double worstValue = 0;
    double worstReference = 0;

    bool operator==(const TensorErrors&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(TensorErrors, maxError, meanError, rmsError, maxRelativeError, elements,
                                                notFinite, worstIndex, worstValue, worstReference)

/// The verdict on one tensor: O, LSE, dQ, dK or dV of a call; output, loss or gradients of a whole model.
struct TensorJudgement
{
    std::string tensor;
    AccuracyVerdict verdict = AccuracyVerdict::Unverified;
    TensorErrors errors;
    TensorErrors yardstick;  ///< the same distances of naive attention in the same data type
    double floorMax = 0;     ///< what rounding alone may do: docs/method.md, "Floor"
    double floorMean = 0;    ///< the same for the mean
    double referenceRms = 0; ///< signal, to compare the errors with
    double ratio = 0;        ///< maxError / yardstick.maxError; NaN when the yardstick is exact
    double allowedMax = 0;   ///< maxErrorRatio * yardstick.maxError + floorMax
    double allowedMean = 0;
    std::optional<double> absoluteLimit; ///< an output in float32: the original tool's 1e-5, when it was judged by it
    std::string reason;                  ///< why not passed; on a pass, what was let through and why

    bool operator==(const TensorJudgement&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(TensorJudgement, tensor, verdict, errors, yardstick, floorMax,
                                                floorMean, referenceRms, ratio, allowedMax, allowedMean, absoluteLimit,
                                                reason)

enum class JudgementScope
{
    AttentionCall,
    WholeModel,
    Autocast,
    Compiled
};

template <> struct EnumNames<JudgementScope>
{
    static constexpr std::string_view kind = "judgement scope";
    static constexpr std::array names{std::pair{JudgementScope::AttentionCall, std::string_view{"attention-call"}},
                                      std::pair{JudgementScope::WholeModel, std::string_view{"whole-model"}},
                                      std::pair{JudgementScope::Autocast, std::string_view{"autocast"}},
                                      std::pair{JudgementScope::Compiled, std::string_view{"compiled"}}};
};

/// The verdict on one backend at one place.
struct Judgement
{
    JudgementScope scope = JudgementScope::AttentionCall;
    Backend backend = Backend::Math;
    std::string path; ///< module path of the attention call; empty for a whole model or a bare call
    DType dtype = DType::Float32;
    AccuracyVerdict verdict = AccuracyVerdict::Unverified;
    std::vector<TensorJudgement> tensors;
    std::string reason; ///< why unverified or failed, in a sentence

    bool operator==(const Judgement&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Judgement, scope, backend, path, dtype, verdict, tensors, reason)

/// The verdict on one tensor from its measured errors.
///
/// Passed when maxError <= maxErrorRatio * yardstick + floor and meanError <= meanErrorRatio * yardstick + floor
/// (source: flash-attention, hopper/test_flash_attn.py:255-285, with a rule for the mean beside it) and, for an
/// \a isOutput in float32, when maxError <= float32Tolerance as well, unless the yardstick itself exceeds that: no
/// float32 arithmetic reaches the tolerance there, the reason says so and the yardstick decides alone.
///
/// NotFinite when an element is NaN or infinite where the reference is finite, or an error is. Without a yardstick (its
/// own errors are NaN or infinite) an output in float32 goes by the tolerance; anything else is Unverified.
TensorJudgement judgeTensor(std::string tensor, const TensorErrors& errors, const TensorErrors& yardstick,
                            double floorMax, double floorMean, double referenceRms, DType dtype, bool isOutput,
                            const AccuracyPolicy& policy);

/// The worse of two verdicts: Passed, Unverified, Failed, NotFinite, from good to bad.
AccuracyVerdict worseOf(AccuracyVerdict first, AccuracyVerdict second);

/// Whether a tensor of a judgement is a gradient by its name: "dQ", "d encoder.layers.0.linear1.weight", "gradients".
bool isGradientName(std::string_view tensor);

/// Sets the verdict of \a judgement from its tensors, the worst of them, and its reason from theirs; Unverified when
/// there are none (a reason that stands there already is kept).
void concludeJudgement(Judgement& judgement);

} // namespace headroom
