// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audit/audit_finding.h"
#include "core/plan/plan.h"
#include "core/plan/preset.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

inline constexpr std::string_view kAuditCommand = "audit";

/// What a user asks of an audit of a model from a file.
struct AuditRequest
{
    InspectionRequest model;
    Preset preset = Preset::Standard;
    MeasurementPolicy measurement; ///< of the preset, with the user's changes
    AccuracyPolicy accuracy;
    DeviceSelection device;
    std::uint64_t seed = 42;
    std::optional<double> maxSeconds;
    std::optional<ProjectionRequest> projection;
    bool skipTrials = false; ///< findings are named, and none of their fixes is tried
    bool skipModel = false;  ///< the whole model is not timed
};

/// What is wrong with \a request, a sentence each; empty when all is well.
std::vector<std::string> problemsWith(const AuditRequest& request);

/// The ids of the jobs that try the fix of a rule on a call.
std::string judgeJobId(std::string_view rule, std::int64_t call);            ///< "judge-mask-is-causal-3"
std::string trialJobId(std::string_view rule, std::int64_t call, Pass pass); ///< "try-mask-is-causal-3", "...-training"

/// The jobs of an audit in their order. For each finding with a change, and each of its calls that it is tried on, the
/// judge of the changed call; then the comparison of the call as it is, the baseline, with the changed one: forward,
/// and, where the loader gives gradients, as a training step of that call alone. Both run with LibTorch's own choice of
/// backend, on the tensors that were captured there.
///
/// Then the whole model, "forward" and "training-step": math, the fused backends that take all of its calls, and
/// LibTorch's own choice; that one alone where its backends cannot be switched, and no training step where the loader
/// gives no gradients. The whole model is not judged: that is a validation's matter.
///
/// Asks for a request that problemsWith() finds nothing in.
Plan makeAuditPlan(const AuditRequest& request, const ModelInspection& inspection,
                   const std::vector<AuditFinding>& findings, const DeviceFacts& device);

} // namespace headroom
