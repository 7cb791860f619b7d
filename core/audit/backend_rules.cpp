// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audit/audit_rules.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace headroom::audit
{
namespace
{

/// A switch of the process as Circumstances::flags calls it, and as it is set again.
struct BackendSwitch
{
    Backend backend;
    std::string_view flag;
    std::string_view python;
    std::string_view cpp;
};

constexpr std::array kSwitches{
    BackendSwitch{Backend::Flash, "sdpFlash", "enable_flash_sdp", "setSDPUseFlash"},
    BackendSwitch{Backend::MemoryEfficient, "sdpMemoryEfficient", "enable_mem_efficient_sdp", "setSDPUseMemEfficient"},
    BackendSwitch{Backend::Cudnn, "sdpCudnn", "enable_cudnn_sdp", "setSDPUseCuDNN"},
};

constexpr const char* kCudnnLast = "TORCH_CUDNN_SDPA_DEPRIORITIZED";

bool isOff(const Circumstances& machine, std::string_view flag)
{
    const auto found = machine.flags.find(std::string(flag));
    return found != machine.flags.end() && !found->second;
}

/// The calls that \a backend would take, and that another one ran.
std::vector<std::int64_t> missedBy(const Audited& audited, Backend backend)
{
    return callsWhere(audited,
                      [&](const WatchedCall& watched)
                      {
                          return watched.form == CallForm::Sdpa && watched.ran && watched.ran != backend &&
                                 checkEligibility(backend, watched.call.problem, audited.device).eligible;
                      });
}

AuditFindings switchedOff(const Audited& audited, const BackendSwitch& entry)
{
    auto calls = missedBy(audited, entry.backend);
    if (!isOff(audited.machine, entry.flag) || calls.empty())
    {
        return {};
    }
    auto finding = findingOf(audited, "backend-forced-off", std::move(calls), CallChange::None, "", "");
    finding.title += fmt::format("cannot run in {}: it is switched off", toString(entry.backend));
    finding.why = fmt::format("{}: the rules of {} take {}, but its switch ({}) is off in this process; {}.",
                              placesOf(audited, finding.calls), toString(entry.backend),
                              finding.calls.size() == 1 ? "it" : "them", entry.flag, ranIn(audited, finding.calls));
    finding.python = fmt::format("torch.backends.cuda.{}(True)", entry.python);
    finding.cpp = fmt::format("at::globalContext().{}(true);", entry.cpp);
    return {finding};
}

/// The calls that LibTorch would give to cuDNN by itself, but for the environment.
AuditFindings cudnnPutLast(const Audited& audited)
{
    const auto found = audited.machine.environment.find(kCudnnLast);
    if (found == audited.machine.environment.end() || found->second != "1")
    {
        return {};
    }
    auto calls = missedBy(audited, Backend::Cudnn);
    std::erase_if(calls,
                  [&](std::int64_t call)
                  {
                      const auto& watched = audited.seen.calls.at(static_cast<std::size_t>(call));
                      return predictDefault(watched.call.problem, audited.device) != Backend::Cudnn;
                  });
    if (calls.empty())
    {
        return {};
    }
    auto finding = findingOf(audited, "backend-forced-off", std::move(calls), CallChange::None, "", "");
    finding.title += "would run in cudnn, which the environment puts last";
    finding.why = fmt::format("{}: {}=1 is set, so that LibTorch asks cudnn after all others; {}.",
                              placesOf(audited, finding.calls), kCudnnLast, ranIn(audited, finding.calls));
    finding.python = fmt::format("os.environ.pop(\"{}\", None)  # before torch is imported", kCudnnLast);
    finding.cpp = fmt::format("unsetenv(\"{}\"); // before the first call of LibTorch", kCudnnLast);
    return {finding};
}

} // namespace

AuditFindings backendForcedOff(const Audited& audited)
{
    AuditFindings findings;
    for (const auto& entry : kSwitches)
    {
        for (auto& finding : switchedOff(audited, entry))
        {
            findings.push_back(std::move(finding));
        }
    }
    for (auto& finding : cudnnPutLast(audited))
    {
        findings.push_back(std::move(finding));
    }
    return findings;
}

AuditFindings mathRuns(const Audited& audited, const AuditFindings& before)
{
    auto calls = callsWhere(audited, [](const WatchedCall& watched)
                            { return isOperatorCall(watched) && watched.ran == Backend::Math; });
    for (const AuditFinding& finding : before)
    {
        std::erase_if(calls,
                      [&](std::int64_t call) { return std::ranges::find(finding.calls, call) != finding.calls.end(); });
    }
    if (calls.empty())
    {
        return {};
    }
    auto finding =
        findingOf(audited, "math-runs", std::move(calls), CallChange::None,
                  "runs in math, which writes all scores to memory", "run in math, which writes all scores to memory");
    const auto& problem = audited.seen.calls.at(static_cast<std::size_t>(finding.calls.front())).call.problem;
    std::string reasons;
    for (const Backend backend : fusedBackendsOf(problem))
    {
        const std::string refusal = reasonsOf(checkEligibility(backend, problem, audited.device));
        reasons += fmt::format(" {}{}", refusal.empty() ? "The rules know of nothing against " : "",
                               refusal.empty() ? fmt::format("{}.", toString(backend))
                                               : fmt::format("Against {}: {}.", toString(backend), refusal));
    }
    finding.why = fmt::format("{}: {}.{}", placesOf(audited, finding.calls), describe(problem), reasons);
    return {finding};
}

} // namespace headroom::audit
