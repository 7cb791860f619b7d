// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_problem.h"
#include "core/attention/backend.h"
#include "core/hardware/device_facts.h"

#include <string>
#include <vector>

namespace headroom
{

/// One rule of one backend, asked of one problem.
struct RuleCheck
{
    std::string rule;  ///< stable name, e.g. "head-dim-multiple"
    std::string value; ///< what the problem has, e.g. "head_dim 80"
    std::string limit; ///< what the backend takes, e.g. "a multiple of 8"
    bool passed = true;
    std::string fix; ///< the smallest change that would satisfy the rule; empty when passed or when there is none

    bool operator==(const RuleCheck&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RuleCheck, rule, value, limit, passed, fix)

/// What Headroom's rules say of one backend for one problem: every rule, not only the first that fails.
struct Eligibility
{
    Backend backend = Backend::Math;
    bool eligible = false;
    std::vector<RuleCheck> rules;

    bool operator==(const Eligibility&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Eligibility, backend, eligible, rules)

/// The rules of LibTorch 2.11's selector (sdp_utils.cpp for CUDA, sdp_utils_cpp.cpp for the CPU), answered without
/// LibTorch. \a device gives the compute capability and the cuDNN version; on the CPU only its kind matters.
/// Naive, Fp64 and Default are always eligible. Grouped queries (kvHeads below queryHeads) count as asked for with
/// enable_gqa. Process-wide switches (setSDPUse..., deterministic algorithms) are not looked at.
Eligibility checkEligibility(Backend backend, const AttentionProblem& problem, const DeviceFacts& device);

/// checkEligibility for cuDNN, flash, memory-efficient and math, in this order.
std::vector<Eligibility> checkEligibility(const AttentionProblem& problem, const DeviceFacts& device);

/// The backend that LibTorch is predicted to choose by itself: the first eligible one in the priority order of
/// \a device (cuDNN first on compute capability 9.x and 10.x with cuDNN newer than 9.15, otherwise flash).
Backend predictDefault(const AttentionProblem& problem, const DeviceFacts& device);

/// Why not, on one line: "float32 (takes float16 or bfloat16); boolean mask (takes no mask)". Empty when eligible.
std::string reasonsOf(const Eligibility& eligibility);

} // namespace headroom
