// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audit/call_change.h"
#include "core/hardware/circumstances.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// What is wrong, or could be better, with attention calls of a model: a rule with its evidence and its fix. What the
/// fix gains is no matter of the rule: it is tried on the captured call, and measured.
struct AuditFinding
{
    std::string rule;                     ///< stable name: "mask-is-causal", "kv-heads-copied", ...
    std::string title;                    ///< "12 calls hand over a causal triangle as a mask"
    std::string why;                      ///< with the evidence, in sentences
    std::vector<std::int64_t> calls;      ///< numbers in ModelInspection::calls that it is true of
    CallChange change = CallChange::None; ///< its fix; None where no change of the call is one
    std::vector<std::int64_t> tried;      ///< of calls, one of each kind that is alike: the change is tried on these
    bool changesResult = false;           ///< the fix gives another result than the model does now (dropout left on)
    std::string undo;                     ///< how to go back, in a sentence
    std::string python;                   ///< what to write in its place
    std::string cpp;

    bool operator==(const AuditFinding&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(AuditFinding, rule, title, why, calls, change, tried, changesResult,
                                                undo, python, cpp)

/// What every rule finds in \a inspection, on the machine of \a circumstances. Empty for a model whose calls are well.
/// A call for which a rule cannot tell (Unseen, or made on a device without the backend) is passed over.
std::vector<AuditFinding> auditFindings(const ModelInspection& inspection, const Circumstances& circumstances);

/// The names of all rules, in the order in which they speak.
std::vector<std::string_view> auditRuleNames();

/// How to go back after the fix of \a rule, in a sentence; empty for a name that is none of an audit.
std::string_view undoOfAuditRule(std::string_view rule);

} // namespace headroom
