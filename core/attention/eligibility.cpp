// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/eligibility.h"

#include "core/attention/eligibility_rules.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace headroom
{
namespace
{

std::vector<RuleCheck> rulesOf(Backend backend, const AttentionProblem& problem, const DeviceFacts& device)
{
    const bool onCpu = problem.device == DeviceKind::Cpu;
    switch (backend)
    {
    case Backend::Flash:
        return onCpu ? rules::flashOnCpu(problem) : rules::flashOnCuda(problem, device);
    case Backend::MemoryEfficient:
        return onCpu ? rules::cudaOnly(problem) : rules::memoryEfficientOnCuda(problem, device);
    case Backend::Cudnn:
        return onCpu ? rules::cudaOnly(problem) : rules::cudnnOnCuda(problem, device);
    case Backend::Math:
        return rules::math(problem);
    case Backend::Default:
    case Backend::Naive:
    case Backend::Fp64:
        break;
    }
    return {};
}

/// check_prefer_cudnn_attention of LibTorch 2.11 built with CUDA 13: cuDNN newer than 9.15.0 on 9.x and 10.x. The
/// environment variable TORCH_CUDNN_SDPA_DEPRIORITIZED is not looked at here.
bool prefersCudnn(const DeviceFacts& device)
{
    const int major = device.computeCapability / 10;
    return device.cudnnVersion > 91500 && (major == 9 || major == 10);
}

} // namespace

Eligibility checkEligibility(Backend backend, const AttentionProblem& problem, const DeviceFacts& device)
{
    Eligibility answer;
    answer.backend = backend;
    answer.rules = rulesOf(backend, problem, device);
    answer.eligible =
        std::all_of(answer.rules.begin(), answer.rules.end(), [](const RuleCheck& rule) { return rule.passed; });
    return answer;
}

std::vector<Eligibility> checkEligibility(const AttentionProblem& problem, const DeviceFacts& device)
{
    std::vector<Eligibility> answers;
    for (const Backend backend : kSdpaBackends)
    {
        answers.push_back(checkEligibility(backend, problem, device));
    }
    return answers;
}

Backend predictDefault(const AttentionProblem& problem, const DeviceFacts& device)
{
    // Where cuDNN is not preferred it stands after math, which takes everything: it is never reached.
    constexpr std::array kCudnnFirst{Backend::Cudnn, Backend::Flash, Backend::MemoryEfficient};
    constexpr std::array kFlashFirst{Backend::Flash, Backend::MemoryEfficient};
    const bool cudnn = problem.device == DeviceKind::Cuda && prefersCudnn(device);
    const std::span<const Backend> order =
        cudnn ? std::span<const Backend>(kCudnnFirst) : std::span<const Backend>(kFlashFirst);
    for (const Backend backend : order)
    {
        if (checkEligibility(backend, problem, device).eligible)
        {
            return backend;
        }
    }
    return Backend::Math;
}

std::string reasonsOf(const Eligibility& eligibility)
{
    std::string text;
    for (const RuleCheck& rule : eligibility.rules)
    {
        if (!rule.passed)
        {
            text += fmt::format("{}{} (takes {})", text.empty() ? "" : "; ", rule.value, rule.limit);
        }
    }
    return text;
}

} // namespace headroom
