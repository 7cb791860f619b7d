// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/loaded_model.h"

#include <string>
#include <utility>
#include <vector>

namespace headroom::engine
{

/// Batch and sequence of \a inputs: the first two dimensions of the first that is whole numbers, else of the first.
std::pair<std::int64_t, std::int64_t> batchAndSequence(const ModelTensors& inputs);

/// What of \a request does not apply to \a model, or changes it, a sentence each; \a inputs are what it runs on.
std::vector<std::string> requestNotes(const InspectionRequest& request, const LoadedModel& model,
                                      const ModelTensors& inputs);

} // namespace headroom::engine
