// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/tensor_errors.h"

#include "core/engine/attention/fused_steps.h"
#include "core/engine/tensor_types.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace headroom::engine
{
namespace
{

/// Elements that are looked at together. On the CPU few enough that malloc keeps the memory of temporaries (8 MB, where
/// 32 MB and more go back to the system and are cleared anew); on a GPU without fused steps many, for the cost of a
/// launch.
constexpr std::int64_t kChunkCpu = std::int64_t{1} << 20;
constexpr std::int64_t kChunkGpu = std::int64_t{1} << 26;
constexpr double kSmallestDenominator = 1e-6;

/// work(chunk, first) for each run of elements of \a tensor, flattened.
template <typename Work> void forEachChunk(const at::Tensor& tensor, const Work& work)
{
    const auto flat = tensor.detach().reshape(-1);
    const auto most = tensor.is_cpu() ? kChunkCpu : kChunkGpu;
    for (std::int64_t first = 0; first < flat.numel(); first += most)
    {
        work(flat.narrow(0, first, std::min(most, flat.numel() - first)), first);
    }
}

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

/// |value - reference| where both are finite or equal (an infinity that the reference has as well, the log-sum-exp of a
/// fully masked row, is right), zero elsewhere; and how many elements that leaves out.
struct ChunkErrors
{
    at::Tensor error;
    at::Tensor size; ///< of the reference, 1 where it is not finite
    double notFinite = 0;
};

ChunkErrors errorsWithInfinities(const at::Tensor& value, const at::Tensor& reference)
{
    const auto wide = value.to(at::kDouble);
    const auto same = wide.eq(reference);
    const auto bad = at::isfinite(wide).logical_and(at::isfinite(reference)).logical_or(same).logical_not();
    return {at::where(same.logical_or(bad), 0.0, (wide - reference).abs()),
            at::where(at::isfinite(reference), reference.abs(), 1.0), bad.sum().item<double>()};
}

/// Largest, sum and sum of squares of the errors, and the largest relative one, with one transfer.
std::array<double, 4> figuresOf(const ChunkErrors& chunk)
{
    const auto figures = at::stack({chunk.error.max(), chunk.error.sum(), chunk.error.dot(chunk.error),
                                    (chunk.error / chunk.size.clamp_min(kSmallestDenominator)).max()})
                             .cpu();
    const auto* figure = figures.const_data_ptr<double>();
    return {figure[0], figure[1], figure[2], figure[3]};
}

void addChunk(const at::Tensor& value, const at::Tensor& reference, std::int64_t first, ErrorSums& sums)
{
    ChunkErrors chunk{at::sub(reference, value).abs_(), reference.abs()};
    auto figures = figuresOf(chunk);
    if (!std::isfinite(figures[1])) // the usual chunk is finite, and needs no second look
    {
        chunk = errorsWithInfinities(value, reference);
        figures = figuresOf(chunk);
    }
    if (figures[0] > sums.largest || first == 0)
    {
        sums.largest = figures[0];
        sums.worst = first + chunk.error.argmax().item<std::int64_t>();
    }
    sums.sum += figures[1];
    sums.squares += figures[2];
    sums.largestRelative = std::max(sums.largestRelative, figures[3]);
    sums.notFinite += static_cast<std::int64_t>(chunk.notFinite);
}

/// Without the sums of the reference alone.
ErrorSums sumsByChunks(const at::Tensor& value, const at::Tensor& reference)
{
    const auto flatValue = value.detach().reshape(-1);
    ErrorSums sums;
    forEachChunk(reference, [&](const at::Tensor& chunk, std::int64_t first)
                 { addChunk(flatValue.narrow(0, first, chunk.numel()), chunk, first, sums); });
    return sums;
}

void addReferenceByChunks(const at::Tensor& reference, ErrorSums& sums)
{
    forEachChunk(reference,
                 [&](const at::Tensor& chunk, std::int64_t)
                 {
                     const auto size = at::where(at::isfinite(chunk), chunk, 0.0).abs_();
                     const auto figures = at::stack({size.max(), size.sum(), size.square().sum()}).cpu();
                     const auto* figure = figures.const_data_ptr<double>();
                     sums.referenceLargest = std::max(sums.referenceLargest, figure[0]);
                     sums.referenceSum += figure[1];
                     sums.referenceSquares += figure[2];
                 });
}

double elementOf(const at::Tensor& tensor, std::int64_t flat)
{
    return tensor.detach().reshape(-1)[flat].to(at::kDouble).item<double>();
}

TensorErrors errorsFrom(const ErrorSums& sums, const at::Tensor& value, const at::Tensor& reference)
{
    TensorErrors errors;
    errors.elements = reference.numel();
    if (errors.elements == 0)
    {
        return errors;
    }
    const auto count = static_cast<double>(errors.elements);
    errors.maxError = sums.largest;
    errors.meanError = sums.sum / count;
    errors.rmsError = std::sqrt(sums.squares / count);
    errors.maxRelativeError = sums.largestRelative;
    errors.notFinite = sums.notFinite;
    errors.worstIndex = unravel(sums.worst, reference.sizes());
    errors.worstValue = elementOf(value, sums.worst);
    errors.worstReference = elementOf(reference, sums.worst);
    return errors;
}

ErrorSums compare(const at::Tensor& value, const at::Tensor& reference)
{
    TORCH_CHECK(value.sizes() == reference.sizes(), "the result has shape ", value.sizes(), ", the reference ",
                reference.sizes());
    return hasFusedSteps(reference) ? errorSumsOf(value, reference) : sumsByChunks(value, reference);
}

} // namespace

TensorErrors measureErrors(const at::Tensor& value, const at::Tensor& reference)
{
    const c10::NoGradGuard noGradients;
    return errorsFrom(compare(value, reference), value, reference);
}

TensorStandard measureStandard(const at::Tensor& reference, const at::Tensor& yardstick)
{
    const c10::NoGradGuard noGradients;
    auto sums = compare(yardstick, reference);
    if (!hasFusedSteps(reference))
    {
        addReferenceByChunks(reference, sums);
    }
    const auto count = static_cast<double>(std::max<std::int64_t>(reference.numel(), 1));
    TensorStandard standard{reference, errorsFrom(sums, yardstick, reference)};
    standard.largest = sums.referenceLargest;
    standard.mean = sums.referenceSum / count;
    standard.rms = std::sqrt(sums.referenceSquares / count);
    return standard;
}

void addNoise(TensorStandard& standard, const at::Tensor& noise)
{
    if (noise.defined() && noise.numel() > 0)
    {
        standard.largestNoise = noise.max().item<double>();
        standard.meanNoise = noise.mean().item<double>();
    }
}

RoundingFloor roundingFloor(const TensorStandard& standard, DType dtype, DeviceKind device, double deviations)
{
    constexpr double kThreeTf32Products = 0x1p-22;
    const bool threeProducts = dtype == DType::Float32 && device == DeviceKind::Cuda;
    const double unit = threeProducts ? kThreeTf32Products : unitRoundoff(dtype);
    const double least = smallestPositive(dtype);
    return {std::max(2 * unit * standard.largest + deviations * unit * standard.largestNoise, least),
            std::max(2 * unit * standard.mean + 0.75 * deviations * unit * standard.meanNoise, least)};
}

TensorJudgement judgeTensor(const std::string& name, const at::Tensor& value, const TensorStandard& standard,
                            DType dtype, bool isOutput, const AccuracyPolicy& policy)
{
    const auto device = value.is_cuda() ? DeviceKind::Cuda : DeviceKind::Cpu;
    const auto floor = roundingFloor(standard, dtype, device, policy.noiseDeviations);
    return headroom::judgeTensor(name, measureErrors(value, standard.reference), standard.yardstick, floor.max,
                                 floor.mean, standard.rms, dtype, isOutput, policy);
}

} // namespace headroom::engine
