// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/loaded_model.h"

#include <memory>
#include <string>

namespace headroom::engine
{

/// A package of torch.export.save, run by nativert on the device and in the types that it was exported with. What it
/// takes, its modules and where its attention calls stand are read from its graph.
/// \throws std::runtime_error with a sentence for what is no such package, whose records are shorter than its graph
/// says, or that opens files when it is run, unless \a allowNativeCode.
std::unique_ptr<LoadedModel> openExported(const std::string& path, bool allowNativeCode);

} // namespace headroom::engine
