// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/validate/judgement.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace headroom
{
namespace
{

int badness(AccuracyVerdict verdict)
{
    switch (verdict)
    {
    case AccuracyVerdict::Passed:
        return 0;
    case AccuracyVerdict::Unverified:
        return 1;
    case AccuracyVerdict::Failed:
        return 2;
    case AccuracyVerdict::NotFinite:
        return 3;
    }
    return 1;
}

std::string placeOf(const TensorErrors& errors)
{
    if (errors.worstIndex.empty())
    {
        return {};
    }
    std::string place;
    for (const auto index : errors.worstIndex)
    {
        place += fmt::format("{}{}", place.empty() ? "" : ", ", index);
    }
    return fmt::format(" at [{}] ({:.9g} instead of {:.9g})", place, errors.worstValue, errors.worstReference);
}

bool isUsableYardstick(const TensorErrors& yardstick)
{
    return std::isfinite(yardstick.maxError) && std::isfinite(yardstick.meanError);
}

/// NaN or infinity where the reference is finite.
bool judgeFinite(TensorJudgement& judgement, DType dtype)
{
    const auto& errors = judgement.errors;
    if (errors.notFinite == 0 && std::isfinite(errors.maxError) && std::isfinite(errors.meanError))
    {
        return true;
    }
    judgement.verdict = AccuracyVerdict::NotFinite;
    judgement.reason = errors.notFinite > 0
                           ? fmt::format("{} of {} elements are NaN or infinite where the reference is finite",
                                         errors.notFinite, errors.elements)
                           : std::string("its error is NaN or infinite");
    if (judgement.yardstick.notFinite > 0)
    {
        judgement.reason += fmt::format("; naive attention in {} has {} such elements itself", toString(dtype),
                                        judgement.yardstick.notFinite);
    }
    return false;
}

/// What is wrong by the yardstick; empty when nothing is.
std::string yardstickFault(const TensorJudgement& judgement, DType dtype, const AccuracyPolicy& policy)
{
    const auto& errors = judgement.errors;
    const auto& yardstick = judgement.yardstick;
    if (errors.maxError > judgement.allowedMax)
    {
        return fmt::format("largest error {:.3g}{} is above {:.3g}, {:g} times that of naive attention in {} ({:.3g}) "
                           "and a rounding floor of {:.3g}",
                           errors.maxError, placeOf(errors), judgement.allowedMax, policy.maxErrorRatio,
                           toString(dtype), yardstick.maxError, judgement.floorMax);
    }
    if (errors.meanError > judgement.allowedMean)
    {
        return fmt::format("mean error {:.3g} is above {:.3g}, {:g} times that of naive attention in {} ({:.3g}) and a "
                           "rounding floor of {:.3g}: a drift that the largest error hides",
                           errors.meanError, judgement.allowedMean, policy.meanErrorRatio, toString(dtype),
                           yardstick.meanError, judgement.floorMean);
    }
    return {};
}

void judgeWithoutYardstick(TensorJudgement& judgement, DType dtype)
{
    if (!judgement.absoluteLimit)
    {
        judgement.verdict = AccuracyVerdict::Unverified;
        judgement.reason =
            fmt::format("naive attention in {} gives NaN or infinity here, so there is no yardstick", toString(dtype));
        return;
    }
    const bool passed = judgement.errors.maxError <= *judgement.absoluteLimit;
    judgement.verdict = passed ? AccuracyVerdict::Passed : AccuracyVerdict::Failed;
    judgement.reason =
        fmt::format("without a yardstick (naive attention gives NaN or infinity here) the largest error "
                    "{:.3g}{} went by the tolerance {:g} alone",
                    judgement.errors.maxError, passed ? "" : placeOf(judgement.errors), *judgement.absoluteLimit);
}

void judgeByYardstick(TensorJudgement& judgement, DType dtype, const AccuracyPolicy& policy)
{
    judgement.reason = yardstickFault(judgement, dtype, policy);
    judgement.verdict = judgement.reason.empty() ? AccuracyVerdict::Passed : AccuracyVerdict::Failed;
    if (!judgement.absoluteLimit || judgement.errors.maxError <= *judgement.absoluteLimit)
    {
        return;
    }
    if (judgement.yardstick.maxError > *judgement.absoluteLimit)
    {
        const std::string remark = fmt::format(
            "naive attention in float32 is itself {:.3g} off, above the tolerance of {:g}: the yardstick decides",
            judgement.yardstick.maxError, *judgement.absoluteLimit);
        judgement.reason = judgement.reason.empty() ? remark : judgement.reason + "; " + remark;
        judgement.absoluteLimit.reset();
        return;
    }
    judgement.verdict = AccuracyVerdict::Failed;
    if (judgement.reason.empty())
    {
        judgement.reason = fmt::format("largest error {:.3g}{} is above the float32 tolerance of {:g}, which naive "
                                       "attention keeps ({:.3g})",
                                       judgement.errors.maxError, placeOf(judgement.errors), *judgement.absoluteLimit,
                                       judgement.yardstick.maxError);
    }
}

} // namespace

TensorJudgement judgeTensor(std::string tensor, const TensorErrors& errors, const TensorErrors& yardstick,
                            double floorMax, double floorMean, double referenceRms, DType dtype, bool isOutput,
                            const AccuracyPolicy& policy)
{
    TensorJudgement judgement;
    judgement.tensor = std::move(tensor);
    judgement.errors = errors;
    judgement.yardstick = yardstick;
    judgement.floorMax = floorMax;
    judgement.floorMean = floorMean;
    judgement.referenceRms = referenceRms;
    judgement.ratio =
        yardstick.maxError > 0 ? errors.maxError / yardstick.maxError : std::numeric_limits<double>::quiet_NaN();
    judgement.allowedMax = policy.maxErrorRatio * yardstick.maxError + floorMax;
    judgement.allowedMean = policy.meanErrorRatio * yardstick.meanError + floorMean;
    if (isOutput && dtype == DType::Float32)
    {
        judgement.absoluteLimit = policy.float32Tolerance;
    }
    if (errors.elements == 0)
    {
        judgement.reason = "it has no elements to judge";
    }
    else if (judgeFinite(judgement, dtype))
    {
        if (isUsableYardstick(yardstick))
        {
            judgeByYardstick(judgement, dtype, policy);
        }
        else
        {
            judgeWithoutYardstick(judgement, dtype);
        }
    }
    return judgement;
}

AccuracyVerdict worseOf(AccuracyVerdict first, AccuracyVerdict second)
{
    return badness(second) > badness(first) ? second : first;
}

bool isGradientName(std::string_view tensor)
{
    const bool isDerivative =
        tensor.size() >= 2 && tensor[0] == 'd' && (tensor[1] == ' ' || (tensor[1] >= 'A' && tensor[1] <= 'Z'));
    return isDerivative || tensor.starts_with("grad");
}

void concludeJudgement(Judgement& judgement)
{
    if (judgement.tensors.empty())
    {
        judgement.verdict = AccuracyVerdict::Unverified;
        if (judgement.reason.empty())
        {
            judgement.reason = "nothing was compared";
        }
        return;
    }
    judgement.verdict = AccuracyVerdict::Passed;
    judgement.reason.clear();
    for (const auto& tensor : judgement.tensors)
    {
        judgement.verdict = worseOf(judgement.verdict, tensor.verdict);
        if (tensor.verdict != AccuracyVerdict::Passed)
        {
            judgement.reason +=
                fmt::format("{}{}: {}", judgement.reason.empty() ? "" : "; ", tensor.tensor, tensor.reason);
        }
    }
}

} // namespace headroom
