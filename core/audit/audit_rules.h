// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/eligibility.h"
#include "core/audit/audit_finding.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The rules behind auditFindings(), one a function. Internal to core/audit.
namespace headroom::audit
{

/// What a rule looks at.
struct Audited
{
    const ModelInspection& seen;
    const Circumstances& machine;
    const DeviceFacts& device; ///< the selected one
};

using AuditFindings = std::vector<AuditFinding>;
using AuditRule = AuditFindings (*)(const Audited&);

// Masks (mask_rules.cpp)
AuditFindings maskIsCausal(const Audited& audited);      ///< "mask-is-causal"
AuditFindings maskHidesNothing(const Audited& audited);  ///< "mask-hides-nothing"
AuditFindings maskDisablesFlash(const Audited& audited); ///< "mask-disables-flash"
AuditFindings maskInverted(const Audited& audited);      ///< "mask-inverted"

// How attention is asked for (form_rules.cpp)
AuditFindings handWritten(const Audited& audited);            ///< "hand-written"
AuditFindings needWeights(const Audited& audited);            ///< "need-weights"
AuditFindings dropoutInEvaluation(const Audited& audited);    ///< "dropout-in-evaluation"
AuditFindings float32OutsideAutocast(const Audited& audited); ///< "float32-outside-autocast"
AuditFindings fastPath(const Audited& audited);               ///< "fast-path"

// Heads, head_dim and layout (shape_rules.cpp)
AuditFindings gqaFallsToMath(const Audited& audited); ///< "gqa-falls-to-math"
AuditFindings kvHeadsCopied(const Audited& audited);  ///< "kv-heads-copied"
AuditFindings headDimRefused(const Audited& audited); ///< "head-dim-refused"
AuditFindings layoutRefused(const Audited& audited);  ///< "layout-refused"

// Which backend runs (backend_rules.cpp)
AuditFindings backendForcedOff(const Audited& audited); ///< "backend-forced-off"
/// "math-runs", of the calls that nothing in \a before explains.
AuditFindings mathRuns(const Audited& audited, const AuditFindings& before);

// What rules share (rule_parts.cpp).

/// Asked for by name, so that a change of the call is one of a few words.
bool isOperatorCall(const WatchedCall& watched);
/// The fused backends that the device has at all: flash alone on the CPU.
std::span<const Backend> fusedBackendsOf(const AttentionProblem& problem);
bool anyFusedTakes(const AttentionProblem& problem, const DeviceFacts& device);
/// Names of the rules by which \a backend refuses \a problem.
std::vector<std::string> refusalsOf(Backend backend, const AttentionProblem& problem, const DeviceFacts& device);

/// The numbers of the calls that \a holds is true of.
std::vector<std::int64_t> callsWhere(const Audited& audited, const std::function<bool(const WatchedCall&)>& holds);

/// A finding of \a rule about \a calls, at least one: with what to try, the code and the way back of \a change. The
/// title is "N of M calls" and then \a one where N is 1, else \a several.
AuditFinding findingOf(const Audited& audited, std::string_view rule, std::vector<std::int64_t> calls,
                       CallChange change, std::string_view one, std::string_view several);

/// "Calls 0-11 (layers.0-11.self_attn)", as a sentence begins.
std::string placesOf(const Audited& audited, const std::vector<std::int64_t>& calls);
/// "flash ran", "math ran in 10 and flash in 2", "no operator proves which backend ran".
std::string ranIn(const Audited& audited, const std::vector<std::int64_t>& calls);

} // namespace headroom::audit
