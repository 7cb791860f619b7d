// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/backend_trial.h"
#include "core/engine/device/case_timer.h"
#include "core/run/engine.h"

#include <stop_token>
#include <vector>

namespace headroom::engine
{

/// Sets LibTorch's switch for deterministic algorithms while it lives, and restores it after. The switch is
/// process-wide; on CUDA cuBLAS heeds it only with CUBLAS_WORKSPACE_CONFIG in the environment, and LibTorch throws
/// without.
class DeterministicGuard
{
public:
    explicit DeterministicGuard(bool on);
    ~DeterministicGuard();
    DeterministicGuard(const DeterministicGuard&) = delete;
    DeterministicGuard& operator=(const DeterministicGuard&) = delete;

private:
    bool m_on;
    bool m_warnOnly;
};

/// One call five times with each backend: is each of its tensors equal to the bit? Beside it the price of LibTorch's
/// deterministic algorithms: forward and backward with the switch off and on in turns, and whether the switch changed
/// anything. One CheckResult a backend; a difference is Failed, which is a property and no fault.
void checkCallDeterminism(const AttentionProblem& problem, const std::vector<Backend>& backends,
                          const CheckSetting& setting, CaseTimer& timer, const EventDataSink& sink,
                          std::stop_token stop);

/// The first item of a batch (of four, where the problem's is smaller than two) alone and in its batch: is each of its
/// tensors equal to the bit, and if not, how far apart? Beside it what the sure way costs: the items one by one,
/// against all at once.
void checkBatchInvariance(const AttentionProblem& problem, const std::vector<Backend>& backends,
                          const CheckSetting& setting, CaseTimer& timer, const EventDataSink& sink,
                          std::stop_token stop);

} // namespace headroom::engine
