// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/validation_plan.h"

namespace headroom
{

/// Looks at the files of a request, weights and compiled package, as far as that goes without LibTorch.
/// \throws SetUpError with a sentence for a file that cannot be read or is none of its kind, and for weights that are
/// too few for the model's sizes.
void checkModelFiles(const ValidationRequest& request);

} // namespace headroom
