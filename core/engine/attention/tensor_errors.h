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

/// What rounding alone may do to a tensor in \a dtype, whatever the algorithm: 2 u max |reference| for two roundings of
/// the stored result (u: unit roundoff), and, where \a noise is given (the standard deviation of each element in units
/// of u, see ReferenceResults), \a deviations times its largest. Of the means the same, with half as many deviations.
///
/// It is proportional to the tensor, unlike the floor of flash-attention's tests (hopper/test_flash_attn.py:255-285:
/// 2 max |(ref + 0.3 - 0.3) - ref|), under which a gradient of 1e-3 in bfloat16 could be all zeros.
struct RoundingFloor
{
    double max = 0;
    double mean = 0;
};
RoundingFloor roundingFloor(const at::Tensor& reference, const at::Tensor& noise, DType dtype, double deviations);

/// Judges one tensor of a backend against the reference, by the yardstick. \a noise may be undefined.
TensorJudgement judgeTensor(const std::string& name, const at::Tensor& value, const at::Tensor& yardstick,
                            const at::Tensor& reference, const at::Tensor& noise, DType dtype, bool isOutput,
                            const AccuracyPolicy& policy);

} // namespace headroom::engine
