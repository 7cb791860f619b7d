// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/eligibility.h"

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

/// The rule tables behind eligibility.h, a function for each backend and device. Internal to core/attention.
///
/// Source of all limits: LibTorch 2.11.0 (git 70d99e99), ATen/native/transformers/sdp_utils_cpp.{h,cpp} for the CPU and
/// cuda/sdp_utils.cpp for CUDA, checked against the installed libraries: the refusal texts in libtorch_cuda.so, the
/// constants in sdp::can_use_cudnn_attention, and tests/data/eligibility/ which holds LibTorch's own answers.
namespace headroom::rules
{

std::vector<RuleCheck> flashOnCuda(const AttentionProblem& problem, const DeviceFacts& device);
std::vector<RuleCheck> memoryEfficientOnCuda(const AttentionProblem& problem, const DeviceFacts& device);
std::vector<RuleCheck> cudnnOnCuda(const AttentionProblem& problem, const DeviceFacts& device);
std::vector<RuleCheck> flashOnCpu(const AttentionProblem& problem);

/// Math takes all that scaled_dot_product_attention itself takes.
std::vector<RuleCheck> math(const AttentionProblem& problem);

/// The one rule of a backend that the CPU does not have.
std::vector<RuleCheck> cudaOnly(const AttentionProblem& problem);

// Rules that several backends share.

/// A finished check; \a fix is dropped when it passed.
RuleCheck check(std::string rule, std::string value, std::string limit, bool passed, std::string fix = {});

RuleCheck cudaDevice(const AttentionProblem& problem, const DeviceFacts& device);
RuleCheck computeCapability(const DeviceFacts& device, int lowest, int highest);
RuleCheck dtypeAmong(const AttentionProblem& problem, std::span<const DType> allowed);
RuleCheck sequencesNotEmpty(const AttentionProblem& problem);
RuleCheck kvHeadsDivide(const AttentionProblem& problem);
RuleCheck headDimsEqual(const AttentionProblem& problem);
RuleCheck maskWithoutGradient(const AttentionProblem& problem);

/// The divisor of \a number that is nearest to \a wanted, the smaller of two that are equally near.
std::int64_t nearestDivisor(std::int64_t number, std::int64_t wanted);

/// "head_dim 64", or "head_dim 192 (query, key) and 128 (value)".
std::string headDimText(const AttentionProblem& problem);

/// How to bring the head dims to \a qk and \a v without changing the result: zeros add nothing to the scores as long as
/// the scale stays that of the original head_dim, and the columns they add to the output are cut off.
std::string padFix(const AttentionProblem& problem, std::int64_t qk, std::int64_t v);

} // namespace headroom::rules
