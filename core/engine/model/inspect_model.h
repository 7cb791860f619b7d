// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/attention_watch.h"
#include "core/engine/model/loaded_model.h"
#include "core/hardware/device_facts.h"

#include <c10/core/Device.h>

#include <memory>
#include <optional>
#include <vector>

namespace headroom::engine
{

/// A model that was opened and watched: what was seen in it, and the tensors that flowed through its attention calls.
struct WatchedModel
{
    InspectionRequest request;
    c10::Device device{c10::DeviceType::CPU};
    std::shared_ptr<LoadedModel> model;
    ModelTensors inputs; ///< on the device
    std::vector<SeenCall> calls;
    ModelInspection inspection;

    /// Whether inputsOf() has them.
    bool isCaptured(std::size_t number) const { return firstAlike(number) != nullptr; }

    /// The tensors of call \a number; of calls that are alike those of the first. \throws std::runtime_error for a call
    /// that has none (the fast path) or is not there.
    AttentionInputs inputsOf(std::size_t number) const;

private:
    const SeenCall* firstAlike(std::size_t number) const;
};

/// Opens the model of \a request, makes or reads its inputs, runs it until it is warm, watches one forward pass and,
/// where asked, the backward pass of a training step, and writes the output where asked.
/// \throws std::runtime_error with a sentence.
std::shared_ptr<WatchedModel> inspectModel(const InspectionRequest& request, const DeviceSelection& device);

} // namespace headroom::engine
