// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/model_session.h"
#include "core/run/engine.h"

#include <string>
#include <vector>

namespace headroom::engine
{

/// Runs the model under mixed precision: which backend runs there, and whether the output is as right as bfloat16
/// allows.
void checkAutocast(ModelSession& session, const AccuracyPolicy& policy, const EventDataSink& sink);

/// Runs an AOTInductor package (.pt2) of the same model and weights on the same token ids and judges its output. The
/// package holds native code: it is loaded in the worker alone.
void checkCompiled(ModelSession& session, const std::string& package, const AccuracyPolicy& policy,
                   const EventDataSink& sink);

/// Runs the training step five times with each backend: are logits and gradients equal to the bit?
void checkDeterminism(ModelSession& session, const std::vector<Backend>& backends, const EventDataSink& sink,
                      std::stop_token stop);

} // namespace headroom::engine
