// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <vector>

namespace headroom::advice
{

/// The rules of advise(), one a function. Each looks at the report alone and returns what it has to say, often nothing.

using Advices = std::vector<Recommendation>;

// Right and wrong (correctness_rules.cpp)
Advices inaccurateBackend(const Report& report); ///< "do-not-use-backend"
Advices unexpectedKernel(const Report& report);  ///< "unexpected-kernel"
Advices backendRefused(const Report& report);    ///< "backend-refused"
Advices float32OnCuda(const Report& report);     ///< "use-bfloat16"
Advices nonDeterministic(const Report& report);  ///< "non-deterministic"
Advices noGpu(const Report& report);             ///< "no-gpu"
Advices noAttention(const Report& report);       ///< "no-attention"

// Speed (speed_rules.cpp)
Advices useFused(const Report& report);         ///< "use-fused"
Advices mathIsEnough(const Report& report);     ///< "math-is-enough"
Advices defaultIsSlower(const Report& report);  ///< "default-is-slower"
Advices attentionIsSmall(const Report& report); ///< "attention-small-share"
Advices longerSequences(const Report& report);  ///< "longer-sequences"

// Memory and the measuring itself (resource_rules.cpp)
Advices savesMemory(const Report& report);          ///< "saves-memory"
Advices fitsWhereMathDoesNot(const Report& report); ///< "fits-where-math-does-not"
Advices launchBound(const Report& report);          ///< "launch-bound"
Advices noisyRun(const Report& report);             ///< "noisy-run"
Advices oddFigures(const Report& report);           ///< "odd-figures"

// What an audit found in the calls of a model, with what its run measured of each fix (audit_rules.cpp)
Advices auditFindings(const Report& report); ///< the names of core/audit's rules

} // namespace headroom::advice
