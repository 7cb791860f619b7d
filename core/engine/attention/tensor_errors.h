// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/validate/judgement.h"

#include <ATen/core/Tensor.h>

#include <string>

namespace headroom::engine
{

/// Distances of \a value from \a reference (double precision, same shape), element by element, in chunks that fit.
/// An element counts as not finite when it is NaN or infinite and the reference is not the same; those elements are
/// left out of the other figures.
TensorErrors measureErrors(const at::Tensor& value, const at::Tensor& reference);

/// What a tensor is judged by, measured once and shared by all backends.
struct TensorStandard
{
    at::Tensor reference; ///< double precision
    TensorErrors yardstick;
    double largest = 0; ///< of |reference|, like the two below; infinities left out
    double mean = 0;
    double rms = 0;
    double largestNoise = 0; ///< standard deviation of an element by rounding, in unit roundoffs (ReferenceResults)
    double meanNoise = 0;
};

/// \a yardstick is the tensor as naive attention gives it. The standard knows of no noise yet.
TensorStandard measureStandard(const at::Tensor& reference, const at::Tensor& yardstick);

/// Adds what rounding does to a tensor, from ReferenceResults::noise; nothing when it is undefined.
void addNoise(TensorStandard& standard, const at::Tensor& noise);

/// What rounding alone may do to a tensor in \a dtype, whatever the algorithm: 2 u max |reference| for two roundings of
/// the stored result (u: unit roundoff), and \a deviations times its largest noise. Of the means the same, with three
/// quarters as many deviations: the noise leaves out how the terms of a dot product are added up, and kernels that do
/// so in eight lanes were seen 2.4 times above it.
///
/// In float32 on CUDA u is 2^-22 and not 2^-24: memory-efficient attention multiplies on tensor cores by three TF32
/// products a float32 one (OpMultiplyAddFastF32, ATen/native/transformers/cuda/mem_eff_attention/kernel_forward.h),
/// which keeps about two bits less. One TF32 product, with 2^-11, is still far outside.
///
/// It is proportional to the tensor, unlike the floor of flash-attention's tests (hopper/test_flash_attn.py:255-285:
/// 2 max |(ref + 0.3 - 0.3) - ref|), under which a gradient of 1e-3 in bfloat16 could be all zeros.
struct RoundingFloor
{
    double max = 0;
    double mean = 0;
};
RoundingFloor roundingFloor(const TensorStandard& standard, DType dtype, DeviceKind device, double deviations);

/// Judges one tensor of a backend, computed in \a dtype.
TensorJudgement judgeTensor(const std::string& name, const at::Tensor& value, const TensorStandard& standard,
                            DType dtype, bool isOutput, const AccuracyPolicy& policy);

} // namespace headroom::engine
