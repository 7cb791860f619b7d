// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/validation_plan.h"

#include <string>

namespace headroom
{

/// Looks at the files of a request, weights and compiled package, as far as that goes without LibTorch.
/// \throws SetUpError with a sentence for a file that cannot be read or is none of its kind, and for weights that are
/// too few for the model's sizes.
void checkModelFiles(const ValidationRequest& request);

/// The sizes that a BenchmarkTransformer of the weights in \a path has, by the shapes of its tensors. \a assumed gives
/// what no shape tells (heads) and what is not there. \throws SetUpError as above, and for a file without the tensors
/// of such a model.
ModelSpec sizesIn(const std::string& path, ModelSpec assumed);

} // namespace headroom
