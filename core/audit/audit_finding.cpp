// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audit/audit_finding.h"

#include "core/audit/audit_rules.h"

#include <array>
#include <iterator>

#include <fmt/format.h>

namespace headroom
{
namespace
{

struct NamedRule
{
    std::string_view name;
    audit::AuditRule rule; ///< null where it looks at what the others have found
    std::string_view undo;
};

/// What is wrong first, then what keeps a fused backend from running, then what costs time beside it.
constexpr std::array kRules{
    NamedRule{"mask-inverted", &audit::maskInverted, "To undo it hand over the mask as it was."},
    NamedRule{"dropout-in-evaluation", &audit::dropoutInEvaluation,
              "To undo it hand over the dropout in evaluation too."},
    NamedRule{"hand-written", &audit::handWritten, "To undo it write the matrix products and the softmax again."},
    NamedRule{"need-weights", &audit::needWeights, "To undo it leave need_weights at its default again."},
    NamedRule{"mask-is-causal", &audit::maskIsCausal, "To undo it hand over the mask again, without is_causal."},
    NamedRule{"mask-hides-nothing", &audit::maskHidesNothing, "To undo it hand over the mask again."},
    NamedRule{"mask-disables-flash", &audit::maskDisablesFlash,
              "To undo it hand over all keys and the whole mask again."},
    NamedRule{"float32-outside-autocast", &audit::float32OutsideAutocast,
              "To undo it leave autocast off: the weights stay in float32."},
    NamedRule{"gqa-falls-to-math", &audit::gqaFallsToMath,
              "To undo it hand over the fewer heads again, with enable_gqa."},
    NamedRule{"head-dim-refused", &audit::headDimRefused,
              "To undo it take the padding, the scale and the cut out again."},
    NamedRule{"layout-refused", &audit::layoutRefused, "To undo it take the calls of contiguous() out."},
    NamedRule{"kv-heads-copied", &audit::kvHeadsCopied,
              "To undo it repeat key and value to the query's heads again, without enable_gqa."},
    NamedRule{"fast-path", &audit::fastPath, "To undo it call torch.backends.mha.set_fastpath_enabled(True)."},
    NamedRule{"backend-forced-off", &audit::backendForcedOff,
              "To undo it switch the backend off, or set the variable, again; both hold for the whole process."},
    NamedRule{"math-runs", nullptr, ""},
};

/// Whose calls a finding is about, where Headroom built the model.
std::string labelOf(const ModelInspection& inspection)
{
    return inspection.callsAs.empty()
               ? std::string()
               : fmt::format(" Headroom's module makes the call as {} makes it for {} (attn_implementation=\"sdpa\").",
                             inspection.callsAs, inspection.family.empty() ? "this family" : inspection.family);
}

} // namespace

std::vector<AuditFinding> auditFindings(const ModelInspection& inspection, const Circumstances& circumstances)
{
    const DeviceFacts* device = circumstances.selectedDevice();
    if (device == nullptr)
    {
        return {}; // nothing can be said of what a device takes that is not known
    }
    const audit::Audited audited{inspection, circumstances, *device};
    std::vector<AuditFinding> findings;
    for (const NamedRule& entry : kRules)
    {
        auto found = entry.rule != nullptr ? entry.rule(audited) : audit::mathRuns(audited, findings);
        for (AuditFinding& finding : found)
        {
            finding.why += labelOf(inspection);
        }
        std::move(found.begin(), found.end(), std::back_inserter(findings));
    }
    return findings;
}

std::vector<std::string_view> auditRuleNames()
{
    std::vector<std::string_view> names;
    for (const NamedRule& entry : kRules)
    {
        names.push_back(entry.name);
    }
    return names;
}

std::string_view undoOfAuditRule(std::string_view rule)
{
    for (const NamedRule& entry : kRules)
    {
        if (entry.name == rule)
        {
            return entry.undo;
        }
    }
    return {};
}

} // namespace headroom
