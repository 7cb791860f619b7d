// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/model_judge.h"

#include "core/engine/attention/attention_judge.h"
#include "core/engine/device/memory_meter.h"
#include "core/engine/model/captured_calls.h"
#include "core/engine/tensor_types.h"
#include "core/model/model_memory.h"

#include <ATen/ATen.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace headroom::engine
{
namespace
{

/// The output, the loss and the gradients of a whole model in one training step.
struct ModelResults
{
    at::Tensor output; ///< [B, S, vocabulary]
    at::Tensor loss;
    std::map<std::string, at::Tensor> gradients; ///< by parameter
};

ModelResults runTrainStep(ModelSession& session, Backend backend)
{
    ModelResults results;
    results.loss = session.trainStep(backend, &results.output);
    for (const auto& [name, parameter] : session.parameters())
    {
        if (parameter.grad().defined())
        {
            results.gradients[name] = parameter.grad();
        }
    }
    session.clearGradients(); // the tensors live on in the results
    return results;
}

/// The backward pass is linear in the output's gradient. A mean loss makes that gradient tiny, in float16 below
/// what it can hold: it is judged at unit size.
at::Tensor atUnitSize(const at::Tensor& gradient)
{
    const double rms = std::sqrt(gradient.to(at::kDouble).square().mean().item<double>());
    return rms > 0 ? (gradient.to(at::kDouble) / rms).to(gradient.scalar_type()) : gradient;
}

/// RMS of all elements of \a gradients: what a rounding error of a model's gradients is measured by. Some gradients are
/// zero but for rounding, such as that of a key projection's bias, by which the softmax does not change: no share of
/// their own size bounds what rounding leaves in them.
double usualGradient(const std::map<std::string, at::Tensor>& gradients)
{
    double squares = 0;
    double elements = 0;
    for (const auto& [name, gradient] : gradients)
    {
        squares += gradient.to(at::kDouble).square().sum().item<double>();
        elements += static_cast<double>(gradient.numel());
    }
    return elements > 0 ? std::sqrt(squares / elements) : 0.0;
}

/// How far a judgement is from passing: failed ones first, then by ratio.
double severity(const TensorJudgement& judgement)
{
    const double ratio = std::isfinite(judgement.ratio) ? judgement.ratio : 0.0;
    return judgement.verdict == AccuracyVerdict::Passed ? ratio : 1e6 + ratio;
}

/// The largest batch, at most \a wanted, whose fp64 reference and naive yardstick fit in what is free.
std::int64_t batchThatFits(const ModelSession& session, std::int64_t wanted)
{
    auto input = session.input();
    input.dtype = DType::Float64;
    const auto available = availableBytes(session.device());
    for (std::int64_t batch = wanted; batch >= 1; batch /= 2)
    {
        input.batch = batch;
        if (static_cast<double>(estimateMemory(input, Backend::Flash, true).totalBytes()) * 1.5 <
            static_cast<double>(available))
        {
            return batch;
        }
    }
    return 0;
}

/// Another batch while it lives.
class BatchChange
{
public:
    BatchChange(ModelSession& session, std::int64_t batch) : m_session(session), m_previous(session.input().batch)
    {
        set(batch);
    }
    ~BatchChange() { set(m_previous); }
    BatchChange(const BatchChange&) = delete;
    BatchChange& operator=(const BatchChange&) = delete;

private:
    void set(std::int64_t batch)
    {
        if (m_session.input().batch != batch)
        {
            m_session.setShape(batch, m_session.input().sequence);
        }
    }
    ModelSession& m_session;
    std::int64_t m_previous;
};

/// A ReLU whose input is zero but for rounding turns, and the gradients of its row jump: no size of rounding bounds the
/// largest error of a whole model's gradient, whatever computes its attention. It fails where the mean error is past
/// the yardstick and a share of the signal as well.
TensorJudgement allowingTurns(TensorJudgement judgement)
{
    constexpr double kShareOfSignal = 0.01;
    if (judgement.verdict == AccuracyVerdict::Failed &&
        judgement.errors.meanError <= std::max(judgement.allowedMean, kShareOfSignal * judgement.referenceRms))
    {
        judgement.verdict = AccuracyVerdict::Passed;
        judgement.reason =
            fmt::format("let through, since the mean error is {:.2g} of the gradient's RMS and a ReLU that "
                        "rounding turns makes such jumps: {}",
                        judgement.errors.meanError / judgement.referenceRms, judgement.reason);
    }
    return judgement;
}

} // namespace

void judgeAttentionCalls(ModelSession& session, const std::vector<Backend>& backends, const AccuracyPolicy& policy,
                         const EventDataSink& sink, std::stop_token stop)
{
    const auto paths = attentionLayerPaths(session.input().model);
    const auto calls = captureCalls(session, true);
    for (std::size_t layer = 0; layer < calls.inputs.size(); ++layer)
    {
        const AttentionJudge judge(calls.inputs[layer], atUnitSize(calls.outputGradients[layer]), policy);
        for (const auto backend : backends)
        {
            if (stop.stop_requested())
            {
                return;
            }
            auto judgement = judge.judge(backend);
            judgement.path = paths[calls.numbers[layer]];
            sink(Judged{std::move(judgement), std::nullopt});
        }
    }
}

WholeModelJudge::WholeModelJudge(ModelSession& session, AccuracyPolicy policy) : m_session(session), m_policy(policy)
{
    ModelResults reference;
    m_session.withDoubleWeights([&] { reference = runTrainStep(m_session, Backend::Fp64); });
    const auto yardstick = runTrainStep(m_session, Backend::Naive);
    m_output = measureStandard(reference.output, yardstick.output);
    m_loss = measureStandard(reference.loss, yardstick.loss);
    const double usual = usualGradient(reference.gradients);
    for (const auto& [name, gradient] : reference.gradients)
    {
        auto& standard = m_gradients[name] = measureStandard(gradient, yardstick.gradients.at(name));
        standard.largestNoise = std::max(standard.largestNoise, usual);
        standard.meanNoise = std::max(standard.meanNoise, usual);
    }
}

Judgement WholeModelJudge::judge(Backend backend)
{
    const auto results = runTrainStep(m_session, backend);
    const auto dtype = m_session.input().autocast ? DType::BFloat16 : m_session.input().dtype;
    auto judgement = judgeOutput(results.output, dtype, JudgementScope::WholeModel, backend);
    judgement.tensors.push_back(judgeTensor("loss", results.loss, m_loss, dtype, false, m_policy));
    std::vector<TensorJudgement> gradients;
    for (const auto& [name, standard] : m_gradients)
    {
        const auto found = results.gradients.find(name);
        if (found != results.gradients.end())
        {
            gradients.push_back(
                allowingTurns(judgeTensor("d " + name, found->second, standard, dtype, false, m_policy)));
        }
    }
    if (!m_policy.gradientsPerLayer && !gradients.empty())
    {
        const auto worst = std::max_element(gradients.begin(), gradients.end(),
                                            [](const auto& a, const auto& b) { return severity(a) < severity(b); });
        gradients = {*worst};
    }
    judgement.tensors.insert(judgement.tensors.end(), gradients.begin(), gradients.end());
    concludeJudgement(judgement);
    return judgement;
}

Judgement WholeModelJudge::judgeOutput(const at::Tensor& output, DType dtype, JudgementScope scope, Backend backend)
{
    Judgement judgement;
    judgement.scope = scope;
    judgement.backend = backend;
    judgement.dtype = dtype;
    judgement.tensors.push_back(judgeTensor("output", output, m_output, dtype, true, m_policy));
    concludeJudgement(judgement);
    return judgement;
}

void judgeWholeModel(ModelSession& session, const std::vector<Backend>& backends, const AccuracyPolicy& policy,
                     const EventDataSink& sink, std::stop_token stop)
{
    const auto wanted =
        policy.wholeModelBatch > 0 ? std::min(policy.wholeModelBatch, session.input().batch) : session.input().batch;
    const auto batch = batchThatFits(session, wanted);
    Judgement unverified;
    unverified.scope = JudgementScope::WholeModel;
    unverified.dtype = session.input().dtype;
    if (batch == 0)
    {
        unverified.backend = Backend::Default;
        unverified.reason = "the whole model in double precision does not fit in memory even at batch 1; its attention "
                            "calls are judged one by one";
        sink(Judged{unverified, std::nullopt});
        return;
    }
    if (batch < session.input().batch)
    {
        sink(LogLine{LogLevel::Info,
                     fmt::format("the whole model is judged at batch {} instead of {}", batch, session.input().batch)});
    }
    const BatchChange change(session, batch);
    WholeModelJudge judge(session, policy);
    for (const auto backend : backends)
    {
        if (stop.stop_requested())
        {
            return;
        }
        try
        {
            sink(Judged{judge.judge(backend), std::nullopt});
        }
        catch (const c10::Error& error)
        {
            unverified.backend = backend;
            unverified.reason = firstSentence(error);
            sink(Judged{unverified, std::nullopt});
        }
    }
}

} // namespace headroom::engine
