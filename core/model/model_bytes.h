// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/model_spec.h"

#include <cstdint>

namespace headroom
{

/// The fewest bytes that a pass of a model moves through device memory when each matrix product and each attention call
/// reads its operands once and writes its result once, and everything between them (norms, residual sums, activations,
/// the loss) is fused into them and costs nothing. A real run moves more; the figure is the foot of the roofline, not a
/// measurement. Embedding rows are read once a token; gradients of a linear layer read the gradient and both operands
/// once and write two results.
std::int64_t forwardBytes(const ModelInput& input);
std::int64_t backwardBytes(const ModelInput& input);

} // namespace headroom
