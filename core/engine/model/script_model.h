// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/loaded_model.h"

#include <memory>
#include <string>

namespace headroom::engine
{

/// A TorchScript file (torch.jit.save), in evaluation mode. What it takes is told from its graph.
/// \throws std::runtime_error with a sentence for what is no such file, has no forward method that takes tensors, or
/// opens files or talks to other machines when it is loaded or run, unless \a allowNativeCode.
std::unique_ptr<LoadedModel> openScript(const std::string& path, bool allowNativeCode);

} // namespace headroom::engine
