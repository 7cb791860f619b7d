// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audit/call_change.h"
#include "core/engine/attention/attention_work.h"
#include "core/engine/attention/reference_attention.h"
#include "core/plan/policies.h"
#include "core/validate/judgement.h"

namespace headroom::engine
{

/// The tensors that \a change hands to the call in place of \a inputs, for what is done once and not in each call:
/// masks left out, keys cut off, types cast.
AttentionInputs preparedInputs(const WatchedCall& watched, CallChange change, const AttentionInputs& inputs);

/// What is run of prepared inputs: the call with LibTorch's own choice of backend, and what the change does in each
/// call. A call that is written out, by hand or in torch.nn's fast path, and is not changed is Headroom's naive
/// attention, which computes as it does (and returns no weights where the model's does).
AttentionCall timedCall(const WatchedCall& watched, CallChange change);

/// Judges the call with its change by the call as it is: its output and, where \a outputGradient is defined, gradients,
/// against the fp64 reference of what the model computes. After a cast the reference is that of the rounded tensors,
/// without dropout that of the call without it. Of grouped heads the gradients of key and value, which are sums over
/// what were copies, are left out.
Judgement judgeChangedCall(const WatchedCall& watched, CallChange change, const AttentionInputs& inputs,
                           const at::Tensor& outputGradient, const AccuracyPolicy& policy);

} // namespace headroom::engine
