// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/fused_steps.h"

#include "core/engine/cuda_support.h"

#include <ATen/ATen.h>

#if HEADROOM_LIBTORCH_HAS_CUDA && HEADROOM_HAS_CUDA_KERNELS

#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>

#include <cstring>

namespace headroom::engine
{
namespace
{

void checkLaunch(int status)
{
    C10_CUDA_CHECK(static_cast<cudaError_t>(status));
}

void* streamOf(const at::Tensor& tensor)
{
    return at::cuda::getCurrentCUDAStream(tensor.device().index());
}

ElementType elementTypeOf(const at::Tensor& tensor)
{
    switch (tensor.scalar_type())
    {
    case at::kDouble:
        return ElementType::Float64;
    case at::kFloat:
        return ElementType::Float32;
    case at::kHalf:
        return ElementType::Float16;
    case at::kBFloat16:
        return ElementType::BFloat16;
    default:
        TORCH_CHECK(false, "no judging kernel takes ", tensor.scalar_type());
    }
}

} // namespace

bool hasFusedSteps(const at::Tensor& tensor)
{
    return tensor.is_cuda();
}

at::Tensor softMaxInPlace(const at::Tensor& scores, std::int64_t firstQuery, bool causal)
{
    TORCH_CHECK(scores.scalar_type() == at::kDouble && scores.is_contiguous(), "scores must be float64 and contiguous");
    const c10::cuda::CUDAGuard guard(scores.device());
    auto shape = scores.sizes().vec();
    shape.back() = 1;
    auto logSumExp = at::empty(shape, scores.options());
    if (scores.numel() > 0)
    {
        const ScoreRows rows{logSumExp.numel() / scores.size(-2), scores.size(-2), scores.size(-1), firstQuery, causal};
        checkLaunch(launchSoftMaxRows(scores.mutable_data_ptr<double>(), logSumExp.mutable_data_ptr<double>(), rows,
                                      streamOf(scores)));
    }
    return logSumExp;
}

void scoreGradientsInPlace(const at::Tensor& scoreGradients, const at::Tensor& weights, const at::Tensor& rowSums)
{
    TORCH_CHECK(scoreGradients.is_contiguous() && weights.is_contiguous(), "score matrices must be contiguous");
    TORCH_CHECK(scoreGradients.sizes() == weights.sizes(), "dP and P differ in shape");
    const c10::cuda::CUDAGuard guard(weights.device());
    const auto sums = rowSums.contiguous();
    if (weights.numel() > 0)
    {
        checkLaunch(launchScoreGradients(scoreGradients.mutable_data_ptr<double>(), weights.const_data_ptr<double>(),
                                         sums.const_data_ptr<double>(), sums.numel(), weights.size(-1),
                                         streamOf(weights)));
    }
}

at::Tensor roundedSoftMaxInPlace(const at::Tensor& scores, double scale, bool causal)
{
    TORCH_CHECK(scores.is_contiguous(), "scores must be contiguous");
    const c10::cuda::CUDAGuard guard(scores.device());
    auto shape = scores.sizes().vec();
    shape.pop_back();
    auto logSumExp = at::empty(shape, scores.options());
    if (scores.numel() > 0)
    {
        const ScoreRows rows{logSumExp.numel() / scores.size(-2), scores.size(-2), scores.size(-1), 0, causal};
        checkLaunch(launchRoundedSoftMaxRows(scores.mutable_data_ptr(), logSumExp.mutable_data_ptr(),
                                             elementTypeOf(scores), static_cast<float>(scale), rows, streamOf(scores)));
    }
    return logSumExp;
}

void roundedScoreGradientsInPlace(const at::Tensor& scoreGradients, const at::Tensor& weights, double scale)
{
    TORCH_CHECK(scoreGradients.is_contiguous() && weights.is_contiguous(), "score matrices must be contiguous");
    TORCH_CHECK(scoreGradients.sizes() == weights.sizes(), "dP and P differ in shape");
    TORCH_CHECK(scoreGradients.scalar_type() == weights.scalar_type(), "dP and P differ in type");
    const c10::cuda::CUDAGuard guard(weights.device());
    if (weights.numel() > 0)
    {
        checkLaunch(launchRoundedScoreGradients(
            scoreGradients.mutable_data_ptr(), weights.const_data_ptr(), elementTypeOf(weights),
            static_cast<float>(scale), weights.numel() / weights.size(-1), weights.size(-1), streamOf(weights)));
    }
}

ErrorSums errorSumsOf(const at::Tensor& value, const at::Tensor& reference)
{
    TORCH_CHECK(value.numel() == reference.numel(), "the tensors differ in size");
    const c10::cuda::CUDAGuard guard(reference.device());
    const auto given = value.detach().contiguous();
    const auto exact = reference.detach().contiguous();
    const auto bytes = errorSumsWorkspace() * static_cast<std::int64_t>(sizeof(ErrorSums));
    const auto workspace = at::empty({bytes}, reference.options().dtype(at::kByte));
    checkLaunch(launchErrorSums(given.const_data_ptr(), elementTypeOf(given), exact.const_data_ptr<double>(),
                                exact.numel(), static_cast<ErrorSums*>(workspace.mutable_data_ptr()),
                                streamOf(reference)));
    const auto result = workspace.narrow(0, 0, static_cast<std::int64_t>(sizeof(ErrorSums))).cpu();
    ErrorSums sums;
    std::memcpy(&sums, result.const_data_ptr(), sizeof(sums));
    return sums;
}

} // namespace headroom::engine

#else

namespace headroom::engine
{

bool hasFusedSteps(const at::Tensor&)
{
    return false;
}

at::Tensor softMaxInPlace(const at::Tensor&, std::int64_t, bool)
{
    TORCH_CHECK(false, "this worker was built without Headroom's CUDA kernels");
}

void scoreGradientsInPlace(const at::Tensor&, const at::Tensor&, const at::Tensor&)
{
    TORCH_CHECK(false, "this worker was built without Headroom's CUDA kernels");
}

at::Tensor roundedSoftMaxInPlace(const at::Tensor&, double, bool)
{
    TORCH_CHECK(false, "this worker was built without Headroom's CUDA kernels");
}

void roundedScoreGradientsInPlace(const at::Tensor&, const at::Tensor&, double)
{
    TORCH_CHECK(false, "this worker was built without Headroom's CUDA kernels");
}

ErrorSums errorSumsOf(const at::Tensor&, const at::Tensor&)
{
    TORCH_CHECK(false, "this worker was built without Headroom's CUDA kernels");
}

} // namespace headroom::engine

#endif
