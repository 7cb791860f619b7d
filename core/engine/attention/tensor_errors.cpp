// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/tensor_errors.h"

#include "core/engine/tensor_types.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>

namespace headroom::engine
{
namespace
{

constexpr std::int64_t kChunk = std::int64_t{1} << 24;
constexpr double kSmallestDenominator = 1e-6;

std::vector<std::int64_t> unravel(std::int64_t flat, at::IntArrayRef shape)
{
    std::vector<std::int64_t> index(shape.size());
    for (auto axis = static_cast<std::int64_t>(shape.size()) - 1; axis >= 0; --axis)
    {
        const auto at = static_cast<std::size_t>(axis);
        index[at] = flat % shape[at];
        flat /= shape[at];
    }
    return index;
}

struct Sums
{
    double absolute = 0;
    double squared = 0;
    std::int64_t worst = 0;
};

void addChunk(const at::Tensor& value, const at::Tensor& reference, std::int64_t first, TensorErrors& errors,
              Sums& sums)
{
    const auto wide = value.to(at::kDouble);
    // An infinity that the reference has as well (the log-sum-exp of a fully masked row) is right.
    const auto same = wide.eq(reference);
    const auto bad = at::isfinite(wide).logical_and(at::isfinite(reference)).logical_or(same).logical_not();
    const auto error = at::where(same.logical_or(bad), 0.0, (wide - reference).abs());
    const auto denominator = at::where(at::isfinite(reference), reference.abs(), 1.0).clamp_min(kSmallestDenominator);
    const auto [worst, place] = error.max(0);
    // One transfer for all figures of the chunk.
    const auto figures = at::stack({worst, place.to(at::kDouble), error.sum(), error.square().sum(),
                                    (error / denominator).max(), bad.sum().to(at::kDouble)})
                             .cpu();
    const auto* figure = figures.const_data_ptr<double>();
    if (figure[0] > errors.maxError || first == 0)
    {
        errors.maxError = figure[0];
        sums.worst = first + static_cast<std::int64_t>(figure[1]);
    }
    sums.absolute += figure[2];
    sums.squared += figure[3];
    errors.maxRelativeError = std::max(errors.maxRelativeError, figure[4]);
    errors.notFinite += static_cast<std::int64_t>(figure[5]);
}

} // namespace

TensorErrors measureErrors(const at::Tensor& value, const at::Tensor& reference)
{
    const c10::NoGradGuard noGradients;
    TensorErrors errors;
    errors.elements = reference.numel();
    if (errors.elements == 0)
    {
        return errors;
    }
    TORCH_CHECK(value.sizes() == reference.sizes(), "the result has shape ", value.sizes(), ", the reference ",
                reference.sizes());
    const auto flatValue = value.detach().reshape(-1);
    const auto flatReference = reference.detach().reshape(-1);
    Sums sums;
    for (std::int64_t first = 0; first < errors.elements; first += kChunk)
    {
        const auto size = std::min(kChunk, errors.elements - first);
        addChunk(flatValue.narrow(0, first, size), flatReference.narrow(0, first, size), first, errors, sums);
    }
    const auto count = static_cast<double>(errors.elements);
    errors.meanError = sums.absolute / count;
    errors.rmsError = std::sqrt(sums.squared / count);
    errors.worstIndex = unravel(sums.worst, reference.sizes());
    errors.worstValue = flatValue[sums.worst].to(at::kDouble).item<double>();
    errors.worstReference = flatReference[sums.worst].item<double>();
    return errors;
}

RoundingFloor roundingFloor(const at::Tensor& reference, const at::Tensor& noise, DType dtype, double deviations)
{
    const c10::NoGradGuard noGradients;
    RoundingFloor floor;
    if (reference.numel() == 0)
    {
        return floor;
    }
    const double step = 2 * unitRoundoff(dtype);
    const auto size = at::where(at::isfinite(reference), reference, 0.0).abs();
    floor.max = step * size.max().item<double>();
    floor.mean = step * size.mean().item<double>();
    if (noise.defined())
    {
        floor.max += deviations * unitRoundoff(dtype) * noise.max().item<double>();
        floor.mean += 0.5 * deviations * unitRoundoff(dtype) * noise.mean().item<double>();
    }
    floor.max = std::max(floor.max, smallestPositive(dtype));
    floor.mean = std::max(floor.mean, smallestPositive(dtype));
    return floor;
}

TensorJudgement judgeTensor(const std::string& name, const at::Tensor& value, const at::Tensor& yardstick,
                            const at::Tensor& reference, const at::Tensor& noise, DType dtype, bool isOutput,
                            const AccuracyPolicy& policy)
{
    const auto floor = roundingFloor(reference, noise, dtype, policy.noiseDeviations);
    const auto finite = at::where(at::isfinite(reference), reference, 0.0);
    const double rms = reference.numel() > 0 ? std::sqrt(finite.square().mean().item<double>()) : 0;
    return headroom::judgeTensor(name, measureErrors(value, reference), measureErrors(yardstick, reference), floor.max,
                                 floor.mean, rms, dtype, isOutput, policy);
}

} // namespace headroom::engine
