// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/loaded_model.h"

#include <memory>
#include <string>

namespace headroom::engine
{

/// An AOTInductor package on \a device. It says nothing of its inputs but how many there are: one may have any name,
/// several are called input_0, input_1, ... Opening it loads and runs the code in it.
/// \throws std::runtime_error with a sentence for what is no such package, or one for another device.
std::unique_ptr<LoadedModel> openCompiled(const std::string& path, c10::Device device);

} // namespace headroom::engine
