// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/loaded_model.h"

#include <memory>
#include <string>

namespace headroom::engine
{

/// A TorchScript file (torch.jit.save), in evaluation mode. What it takes is told from its graph.
/// \throws std::runtime_error with a sentence for what is no such file, or has no forward method that takes tensors.
std::unique_ptr<LoadedModel> openScript(const std::string& path);

} // namespace headroom::engine
