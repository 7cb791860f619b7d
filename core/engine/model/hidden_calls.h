// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/attention_watch.h"
#include "core/engine/model/loaded_model.h"

#include <cstddef>
#include <functional>
#include <vector>

namespace headroom::engine
{

// Attention that is written out by hand, and that a runtime keeps from the watch of its passes.

/// How many calls of \a pass are attention by hand.
std::ptrdiff_t writtenIn(const SeenPass& pass);

/// From its second run on TorchScript fuses operators on a GPU: of attention by hand that it does so to, the \a first
/// run alone shows all, and there is no time.
void takeFused(SeenPass first, SeenPass& pass);

/// Of calls that \a model's graph has, and \a pass did not show: nativert's kernels of its own hide them. One more
/// pass, of the model with LibTorch's operators in their place, shows them with their tensors; a time they have none.
void takeDispatched(const LoadedModel& model, const std::function<void(LoadedModel&)>& forward,
                    const c10::Device& device, SeenPass& pass);

/// The calls that the graph has: those that no pass showed are added, without tensors and times, and heads and batch
/// are told apart in those that one did.
void addWritten(const std::vector<ModelCall>& written, std::vector<SeenCall>& calls);

} // namespace headroom::engine
