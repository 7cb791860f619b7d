// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/backend_trial.h"
#include "core/plan/ladder.h"
#include "core/run/engine.h"

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace headroom::engine
{

/// One step of the ladder: its tensors, and the truth that they are judged by, made once for all backends.
///
/// Most steps are judged as any call is. For padding and NaN the truth comes from tensors with the padding as it was;
/// padding must not change a bit of what a backend gives (where the backend repeats its own bits at all; else it
/// must pass the judge). Of the inverted mask the judge itself is in question: it must reject what comes of it.
class LadderCheck
{
public:
    LadderCheck(LadderStep step, const CheckSetting& setting);

    /// Passed, Failed, NotApplicable (refused, with LibTorch's words) or CouldNotTell (no memory, no yardstick).
    /// \throws c10::AcceleratorError when the context is lost.
    CheckResult check(Backend backend, const AttentionRun& run = attendWithGradients) const;

private:
    CheckResult judged(const BackendTrial& trial, Backend backend) const;
    CheckResult unchanged(const BackendTrial& trial, Backend backend, const AttentionRun& run) const;

    LadderStep m_step;
    AttentionInputs m_clean; ///< what the truth is of
    AttentionInputs m_given; ///< what the backend gets
    at::Tensor m_outputGradient;
    std::unique_ptr<AttentionJudge> m_judge;
    bool m_hasEmptyRows = false; ///< that see no key: a contract for their log-sum-exp there is none
};

/// The step that \a item names in the ladder of \a own, with each backend: a CheckResult each, in their order.
/// \throws EngineError(Unsupported) when there is no such step.
void checkLadderStep(const AttentionProblem& own, const std::string& item, const std::vector<Backend>& backends,
                     const CheckSetting& setting, const EventDataSink& sink, std::stop_token stop);

} // namespace headroom::engine
