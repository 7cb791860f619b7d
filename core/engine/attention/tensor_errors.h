// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/validate/judgement.h"

#include <ATen/core/Tensor.h>

#include <string>

namespace headroom::engine
{

/// Distances of \a value from \a reference (double precision, same shape), element by element, in chunks that fit.
/// An element counts as not finite when it is NaN or infinite and the reference is not the same; those elements are left
/// out of the other figures.
TensorErrors measureErrors(const at::Tensor& value, const at::Tensor& reference);

/// The rounding floor of a comparison in \a dtype: 2 max |(reference + offset - offset) - reference| evaluated in
/// \a dtype, and its mean. Source: flash-attention, hopper/test_flash_attn.py:255-285.
struct RoundingFloor
{
    double max = 0;
    double mean = 0;
};
RoundingFloor roundingFloor(const at::Tensor& reference, DType dtype, double offset);

/// Judges one tensor of a backend against the reference, by the yardstick.
TensorJudgement judgeTensor(const std::string& name, const at::Tensor& value, const at::Tensor& yardstick,
                            const at::Tensor& reference, DType dtype, bool isOutput, const AccuracyPolicy& policy);

} // namespace headroom::engine
