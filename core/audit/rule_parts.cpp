// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audit/audit_rules.h"

#include "core/audit/call_places.h"
#include "core/audit/change_code.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom::audit
{
namespace
{

constexpr std::array kCpuFused{Backend::Flash};

const WatchedCall& callAt(const Audited& audited, std::int64_t number)
{
    return audited.seen.calls.at(static_cast<std::size_t>(number));
}

/// The same tensors' shapes and the same mask: what is tried on one is tried on the other.
bool isAlike(const WatchedCall& first, const WatchedCall& second)
{
    return first.call.problem == second.call.problem && first.content == second.content &&
           first.unpaddedKeys == second.unpaddedKeys && first.distinctKvHeads == second.distinctKvHeads;
}

std::vector<std::int64_t> oneOfEachKind(const Audited& audited, const std::vector<std::int64_t>& calls)
{
    std::vector<std::int64_t> kinds;
    for (const auto call : calls)
    {
        const bool known = std::ranges::any_of(kinds, [&](std::int64_t kind)
                                               { return isAlike(callAt(audited, kind), callAt(audited, call)); });
        if (!known && callAt(audited, call).captured)
        {
            kinds.push_back(call);
        }
    }
    return kinds;
}

} // namespace

bool isOperatorCall(const WatchedCall& watched)
{
    return watched.form == CallForm::Sdpa || watched.form == CallForm::Direct;
}

std::span<const Backend> fusedBackendsOf(const AttentionProblem& problem)
{
    return problem.device == DeviceKind::Cuda ? std::span<const Backend>(kFusedBackends)
                                              : std::span<const Backend>(kCpuFused);
}

bool anyFusedTakes(const AttentionProblem& problem, const DeviceFacts& device)
{
    return std::ranges::any_of(fusedBackendsOf(problem),
                               [&](Backend backend) { return checkEligibility(backend, problem, device).eligible; });
}

std::vector<std::string> refusalsOf(Backend backend, const AttentionProblem& problem, const DeviceFacts& device)
{
    std::vector<std::string> names;
    for (const RuleCheck& rule : checkEligibility(backend, problem, device).rules)
    {
        if (!rule.passed)
        {
            names.push_back(rule.rule);
        }
    }
    return names;
}

std::vector<std::int64_t> callsWhere(const Audited& audited, const std::function<bool(const WatchedCall&)>& holds)
{
    std::vector<std::int64_t> calls;
    for (std::size_t at = 0; at < audited.seen.calls.size(); ++at)
    {
        if (holds(audited.seen.calls[at]))
        {
            calls.push_back(static_cast<std::int64_t>(at));
        }
    }
    return calls;
}

AuditFinding findingOf(const Audited& audited, std::string_view rule, std::vector<std::int64_t> calls,
                       CallChange change, std::string_view one, std::string_view several)
{
    AuditFinding finding;
    finding.rule = rule;
    const auto all = audited.seen.calls.size();
    finding.title =
        fmt::format("{} of {} call{} {}", calls.size(), all, all == 1 ? "" : "s", calls.size() == 1 ? one : several);
    finding.change = change;
    if (change != CallChange::None)
    {
        finding.tried = oneOfEachKind(audited, calls);
    }
    auto code = codeOf(change, callAt(audited, calls.front()));
    finding.python = std::move(code.python);
    finding.cpp = std::move(code.cpp);
    finding.undo = undoOfAuditRule(rule);
    finding.calls = std::move(calls);
    return finding;
}

std::string placesOf(const Audited& audited, const std::vector<std::int64_t>& calls)
{
    std::vector<std::string> paths;
    for (const auto call : calls)
    {
        paths.push_back(callAt(audited, call).call.path);
    }
    const std::string pattern = pathPattern(paths);
    return fmt::format("{} {}{}", calls.size() == 1 ? "Call" : "Calls", numberRanges(calls),
                       pattern.empty() ? pattern : fmt::format(" ({})", pattern));
}

std::string ranIn(const Audited& audited, const std::vector<std::int64_t>& calls)
{
    std::map<std::string_view, std::int64_t> ran;
    for (const auto call : calls)
    {
        if (const auto backend = callAt(audited, call).ran)
        {
            ++ran[toString(*backend)];
        }
    }
    if (ran.empty())
    {
        return "no operator proves which backend ran";
    }
    if (ran.size() == 1 && ran.begin()->second == static_cast<std::int64_t>(calls.size()))
    {
        return fmt::format("{} ran", ran.begin()->first);
    }
    std::vector<std::string> clauses;
    for (const auto& [name, count] : ran)
    {
        clauses.push_back(fmt::format("{} {}in {}", name, clauses.empty() ? "ran " : "", count));
    }
    return fmt::format("{}", fmt::join(clauses, " and "));
}

} // namespace headroom::audit
