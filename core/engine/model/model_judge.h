// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/tensor_errors.h"
#include "core/engine/model/model_session.h"
#include "core/run/engine.h"

#include <map>
#include <string>
#include <vector>

namespace headroom::engine
{

/// Judges each attention call of the model, on the tensors that flow there in a training step, with each of \a
/// backends. One judgement a call and backend is announced.
void judgeAttentionCalls(ModelSession& session, const std::vector<Backend>& backends, const AccuracyPolicy& policy,
                         const EventDataSink& sink, std::stop_token stop);

/// The whole model against itself in double precision with the fp64 reference attention; the yardstick is the same
/// model in its own data type with naive attention. Both are computed once.
class WholeModelJudge
{
public:
    WholeModelJudge(ModelSession& session, AccuracyPolicy policy);

    /// Runs a training step with \a backend and judges output, loss and gradients (the worst parameter, or with
    /// gradientsPerLayer each of them).
    Judgement judge(Backend backend);

    /// Judges an output that was made elsewhere (a compiled model, autocast); \a dtype is what it was computed in.
    Judgement judgeOutput(const at::Tensor& output, DType dtype, JudgementScope scope, Backend backend);

private:
    ModelSession& m_session;
    AccuracyPolicy m_policy;
    TensorStandard m_output;
    TensorStandard m_loss;
    std::map<std::string, TensorStandard> m_gradients; ///< by parameter
};

/// judgeOutput of WholeModelJudge for each backend, at a batch that fits the memory; announces one judgement each. A
/// model whose reference does not fit is Unverified, with the sizes in the reason.
void judgeWholeModel(ModelSession& session, const std::vector<Backend>& backends, const AccuracyPolicy& policy,
                     const EventDataSink& sink, std::stop_token stop);

} // namespace headroom::engine
