// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/architecture.h"

#include <string>
#include <string_view>

namespace headroom::engine
{

/// The class of the module at \a path ("transformer.h.0.attn" is a GPT2Attention) in the model that transformers 5.24
/// makes of \a architecture, without optional packages: apex, where it is installed, takes the place of T5LayerNorm.
/// Empty where the family has no such module. The path of the model itself is empty, and its class the architecture's.
std::string moduleClass(const Architecture& architecture, std::string_view path);

} // namespace headroom::engine
