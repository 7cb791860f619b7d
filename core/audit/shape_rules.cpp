// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audit/audit_rules.h"

#include <algorithm>

#include <fmt/format.h>

namespace headroom::audit
{
namespace
{

const WatchedCall& firstOf(const Audited& audited, const std::vector<std::int64_t>& calls)
{
    return audited.seen.calls.at(static_cast<std::size_t>(calls.front()));
}

bool fallsToMath(const WatchedCall& watched, const DeviceFacts& device)
{
    const auto& problem = watched.call.problem;
    return isOperatorCall(watched) && watched.ran == Backend::Math && problem.queryHeads != problem.kvHeads &&
           problem.kvHeads > 0 && problem.queryHeads % problem.kvHeads == 0 &&
           anyFusedTakes(changedProblem(watched, CallChange::RepeatKvHeads), device);
}

/// Grouped heads that no fused backend takes are copied for a reason.
bool copiesHeads(const WatchedCall& watched, const DeviceFacts& device)
{
    const auto& problem = watched.call.problem;
    const auto distinct = watched.distinctKvHeads;
    return isOperatorCall(watched) && distinct > 0 && distinct < problem.kvHeads &&
           problem.queryHeads % distinct == 0 &&
           (!anyFusedTakes(problem, device) ||
            anyFusedTakes(changedProblem(watched, CallChange::GroupKvHeads), device));
}

bool isOfHeadDim(const std::string& rule)
{
    return rule == "head-dim-multiple" || rule == "head-dim-equal";
}

/// The fused backends that refuse the call for its head_dim alone, and take it padded.
std::vector<Backend> refusedByHeadDim(const WatchedCall& watched, const DeviceFacts& device)
{
    const auto padded = changedProblem(watched, CallChange::PadHeadDim);
    std::vector<Backend> backends;
    for (const Backend backend : fusedBackendsOf(watched.call.problem))
    {
        const auto refusals = refusalsOf(backend, watched.call.problem, device);
        if (!refusals.empty() && std::ranges::all_of(refusals, isOfHeadDim) &&
            checkEligibility(backend, padded, device).eligible)
        {
            backends.push_back(backend);
        }
    }
    return backends;
}

/// Flash pads by itself what it takes; and where a fused backend runs already, flash alone is worth padding for.
bool isRefusedForHeadDim(const WatchedCall& watched, const DeviceFacts& device)
{
    if (!isOperatorCall(watched) || !watched.ran ||
        checkEligibility(Backend::Flash, watched.call.problem, device).eligible)
    {
        return false;
    }
    const auto refused = refusedByHeadDim(watched, device);
    const bool flash = std::ranges::find(refused, Backend::Flash) != refused.end();
    return !refused.empty() && (watched.ran == Backend::Math || (watched.ran == Backend::MemoryEfficient && flash));
}

} // namespace

AuditFindings gqaFallsToMath(const Audited& audited)
{
    auto calls = callsWhere(audited, [&](const WatchedCall& watched) { return fallsToMath(watched, audited.device); });
    if (calls.empty())
    {
        return {};
    }
    auto finding = findingOf(audited, "gqa-falls-to-math", std::move(calls), CallChange::RepeatKvHeads,
                             "has grouped heads that fall back to math", "have grouped heads that fall back to math");
    const auto& problem = firstOf(audited, finding.calls).call.problem;
    finding.why =
        fmt::format("{}: {} query heads share {} key and value heads (enable_gqa), and math ran, which writes "
                    "all scores to memory (pytorch/pytorch#154363, #181528). With key and value repeated to "
                    "{} heads a fused backend takes the call; the copies cost time and memory of their own, "
                    "which are measured with it.",
                    placesOf(audited, finding.calls), problem.queryHeads, problem.kvHeads, problem.queryHeads);
    return {finding};
}

AuditFindings kvHeadsCopied(const Audited& audited)
{
    auto calls = callsWhere(audited, [&](const WatchedCall& watched) { return copiesHeads(watched, audited.device); });
    if (calls.empty())
    {
        return {};
    }
    auto finding = findingOf(audited, "kv-heads-copied", std::move(calls), CallChange::GroupKvHeads,
                             "gets copies of its key and value heads", "get copies of their key and value heads");
    const auto& first = firstOf(audited, finding.calls);
    finding.why = fmt::format("{}: of {} key and value heads only {} differ, the others were repeated before the call; "
                              "{}. With enable_gqa the heads are shared without a copy.",
                              placesOf(audited, finding.calls), first.call.problem.kvHeads, first.distinctKvHeads,
                              ranIn(audited, finding.calls));
    return {finding};
}

AuditFindings headDimRefused(const Audited& audited)
{
    auto calls =
        callsWhere(audited, [&](const WatchedCall& watched) { return isRefusedForHeadDim(watched, audited.device); });
    if (calls.empty())
    {
        return {};
    }
    auto finding =
        findingOf(audited, "head-dim-refused", std::move(calls), CallChange::PadHeadDim,
                  "has a head_dim that a faster backend refuses", "have a head_dim that a faster backend refuses");
    const auto& first = firstOf(audited, finding.calls);
    std::string refusals;
    for (const Backend backend : refusedByHeadDim(first, audited.device))
    {
        refusals += fmt::format("{}{} refuses {}", refusals.empty() ? "" : "; ", toString(backend),
                                reasonsOf(checkEligibility(backend, first.call.problem, audited.device)));
    }
    finding.why = fmt::format("{}: {}; {}. Zeros at the end of each head change no score as long as the scale stays "
                              "that of the original head_dim, and what they add to the output is cut off.",
                              placesOf(audited, finding.calls), ranIn(audited, finding.calls), refusals);
    return {finding};
}

AuditFindings layoutRefused(const Audited& audited)
{
    auto calls = callsWhere(audited, [](const WatchedCall& watched)
                            { return isOperatorCall(watched) && !watched.innermostContiguous; });
    if (calls.empty())
    {
        return {};
    }
    auto finding = findingOf(audited, "layout-refused", std::move(calls), CallChange::MakeContiguous,
                             "gets tensors whose last dimension is not contiguous",
                             "get tensors whose last dimension is not contiguous");
    finding.why = fmt::format("{}: {}. Fused backends want stride 1 in the last dimension of query, key and value; "
                              "LibTorch copies them or falls back to math. Better than a copy before the call is a "
                              "projection that leaves head_dim innermost.",
                              placesOf(audited, finding.calls), ranIn(audited, finding.calls));
    return {finding};
}

} // namespace headroom::audit
