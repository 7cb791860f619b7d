// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/defect_cases.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace headroom::engine
{
namespace
{

/// The worst tensor of a judgement in a clause.
std::string seenOf(const Judgement& judgement)
{
    if (judgement.verdict != AccuracyVerdict::Passed)
    {
        return judgement.reason;
    }
    std::string text = "right (";
    for (const auto& tensor : judgement.tensors)
    {
        text += fmt::format("{}{} {:.1e} of {:.1e}", &tensor == &judgement.tensors.front() ? "" : ", ", tensor.tensor,
                            tensor.errors.maxError, tensor.allowedMax);
    }
    return text + " allowed)";
}

std::string firstOf(const std::vector<std::string>& findings)
{
    const auto more = findings.size() > 1 ? fmt::format(", and {} more", findings.size() - 1) : std::string();
    return findings.front() + more;
}

/// \returns whether there are results.
bool takeEnd(DefectScene& scene, const std::string& name, const BackendTrial& trial)
{
    switch (trial.end)
    {
    case TrialEnd::Done:
    case TrialEnd::InferenceOnly:
        return true;
    case TrialEnd::Refused:
        scene.found.refused(fmt::format("{}: refused, {}", name, trial.words));
        return false;
    case TrialEnd::OutOfMemory:
        scene.found.open(fmt::format("{}: out of memory, {}", name, trial.words));
        return false;
    case TrialEnd::Threw:
        scene.found.present(fmt::format("{}: chosen, and then {}", name, trial.words));
        return false;
    }
    return false;
}

} // namespace

void DefectFindings::present(const std::string& seen)
{
    m_present.push_back(seen);
    m_lines.push_back(seen);
}

void DefectFindings::absent(const std::string& seen)
{
    m_absent.push_back(seen);
    m_lines.push_back(seen);
}

void DefectFindings::refused(const std::string& seen)
{
    m_refused.push_back(seen);
    m_lines.push_back(seen);
}

void DefectFindings::open(const std::string& seen)
{
    m_open.push_back(seen);
    m_lines.push_back(seen);
}

CheckResult DefectFindings::result() const
{
    CheckResult result;
    result.check = CheckKind::Defect;
    result.details = m_lines;
    if (!m_present.empty())
    {
        result.status = CheckStatus::Failed;
        result.summary = firstOf(m_present);
    }
    else if (!m_open.empty())
    {
        result.status = CheckStatus::CouldNotTell;
        result.summary = firstOf(m_open);
    }
    else if (!m_absent.empty())
    {
        result.status = CheckStatus::Passed;
        result.summary = firstOf(m_absent);
    }
    else
    {
        result.status = CheckStatus::NotApplicable;
        result.summary = m_refused.empty() ? "there is no case of it here" : firstOf(m_refused);
    }
    return result;
}

AttentionProblem plainCall(const DefectScene& scene, std::int64_t heads, std::int64_t length, std::int64_t headDim)
{
    AttentionProblem problem;
    problem.queryHeads = problem.kvHeads = heads;
    problem.queryLength = problem.kvLength = length;
    problem.headDimQk = problem.headDimV = headDim;
    problem.device = scene.onCuda() ? DeviceKind::Cuda : DeviceKind::Cpu;
    problem.dtype = scene.onCuda() ? DType::BFloat16 : DType::Float32;
    return problem;
}

std::vector<DType> typesOf(const DefectScene& scene)
{
    return {scene.onCuda() ? DType::Float16 : DType::Float32, DType::BFloat16};
}

void judgeCase(DefectScene& scene, const std::string& name, const AttentionInputs& inputs,
               const at::Tensor& outputGradient, std::span<const Backend> backends)
{
    const AttentionJudge judge(inputs, outputGradient, scene.setting.policy);
    for (const auto backend : backends)
    {
        const auto place = fmt::format("{}, {}", toString(backend), name);
        const auto trial = tryBackend(backend, inputs, outputGradient);
        if (!takeEnd(scene, place, trial))
        {
            continue;
        }
        const auto judgement = judge.judge(backend, trial.results);
        const auto seen = fmt::format("{}: {}", place, seenOf(judgement));
        if (isWrong(judgement))
        {
            scene.found.present(seen);
        }
        else if (judgement.verdict == AccuracyVerdict::Passed)
        {
            scene.found.absent(seen);
        }
        else
        {
            scene.found.open(seen);
        }
    }
}

void judgeCase(DefectScene& scene, const std::string& name, const AttentionProblem& problem,
               std::span<const Backend> backends)
{
    const auto& setting = scene.setting;
    judgeCase(scene, name, makeInputs(problem, setting.device, setting.seed),
              problem.needsGradients ? makeOutputGradient(problem, setting.device, setting.seed) : at::Tensor(),
              backends);
}

void runCase(DefectScene& scene, const std::string& name, const AttentionInputs& inputs,
             const at::Tensor& outputGradient, Backend backend)
{
    const auto place = fmt::format("{}, {}", toString(backend), name);
    const auto trial = tryBackend(backend, inputs, outputGradient);
    if (!takeEnd(scene, place, trial))
    {
        return;
    }
    for (const auto& [tensor, value] : namedTensors(trial.results))
    {
        if (!isFinite(value))
        {
            scene.found.present(fmt::format("{}: NaN or infinity in {}", place, tensor));
            return;
        }
    }
    scene.found.absent(place + ": runs, and all is finite");
}

void makeLogitsNegative(AttentionInputs& inputs)
{
    const c10::NoGradGuard noGradients;
    inputs.query.mul_(0.1).select(-1, 0).fill_(1.0);
    inputs.key.mul_(0.1).select(-1, 0).fill_(-120.0 / inputs.effectiveScale());
}

bool isFinite(const at::Tensor& tensor)
{
    return at::isfinite(tensor).all().item<bool>();
}

double distanceOf(const at::Tensor& first, const at::Tensor& second)
{
    return (first.to(at::kDouble) - second.to(at::kDouble)).abs().max().item<double>();
}

} // namespace headroom::engine
