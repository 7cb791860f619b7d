// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/device/case_timer.h"

namespace headroom::engine
{

/// The CUDA side of makeCaseTimer(). \throws EngineError(Unsupported) in a build without CUDA.
std::unique_ptr<CaseTimer> makeCudaTimer(const c10::Device& device);

} // namespace headroom::engine
