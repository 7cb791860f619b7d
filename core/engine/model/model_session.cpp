// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/model_session.h"

#include "core/engine/attention/attention_call.h"
#include "core/engine/model/model_weights.h"
#include "core/engine/tensor_types.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/autocast_mode.h>

#include <utility>

namespace headroom::engine
{
namespace
{

at::Tensor drawTokens(std::int64_t vocabulary, std::int64_t batch, std::int64_t sequence, std::uint64_t seed)
{
    auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    return at::randint(0, vocabulary, {batch, sequence}, generator, at::TensorOptions(at::kLong));
}

} // namespace

ModelSession::ModelSession(const ModelInput& input, const DeviceSelection& device, std::uint64_t seed,
                           const std::string& weightsFile)
    : m_input(input), m_device(toDevice(device)), m_seed(seed), m_model(input.model)
{
    if (weightsFile.empty())
    {
        drawWeights(*m_model, seed);
    }
    else
    {
        loadWeights(*m_model, weightsFile);
    }
    m_model->to(m_device, toScalarType(input.dtype));
    m_model->eval();
    setShape(input.batch, input.sequence);
}

void ModelSession::setShape(std::int64_t batch, std::int64_t sequence)
{
    m_input.batch = batch;
    m_input.sequence = sequence;
    m_tokens = drawTokens(m_input.model.vocabSize, batch, sequence, m_seed + 1).to(m_device);
    m_targets = drawTokens(m_input.model.vocabSize, batch, sequence, m_seed + 2).to(m_device);
}

void ModelSession::configure(const ModelInput& input)
{
    const bool sameShape = input.batch == m_input.batch && input.sequence == m_input.sequence;
    m_input = input;
    if (!sameShape)
    {
        setShape(input.batch, input.sequence);
    }
}

std::int64_t ModelSession::parameterBytes() const
{
    std::int64_t bytes = 0;
    for (const auto& parameter : m_model->parameters())
    {
        bytes += static_cast<std::int64_t>(parameter.nbytes());
    }
    return bytes;
}

void ModelSession::withDoubleWeights(const std::function<void()>& work)
{
    const auto dtype = toScalarType(m_input.dtype);
    const bool autocast = std::exchange(m_input.autocast, false);
    const auto restore = [&]
    {
        clearGradients();
        m_model->to(dtype);
        m_input.autocast = autocast;
    };
    clearGradients();
    try
    {
        m_model->to(at::kDouble);
        work();
    }
    catch (...)
    {
        restore();
        throw;
    }
    restore();
}

void ModelSession::clearGradients()
{
    for (auto& parameter : m_model->parameters())
    {
        parameter.mutable_grad().reset();
    }
}

at::Tensor ModelSession::infer(const AttentionRoute& route)
{
    const c10::NoGradGuard noGradients;
    const AutocastGuard autocast(m_device.type(), m_input.autocast);
    return m_model->forward(m_tokens, m_input.causal, route);
}

at::Tensor ModelSession::trainStep(const AttentionRoute& route, at::Tensor* logits)
{
    const c10::AutoGradMode gradients(true);
    clearGradients();
    at::Tensor loss;
    {
        const AutocastGuard autocast(m_device.type(), m_input.autocast);
        const auto output = m_model->forward(m_tokens, m_input.causal, route);
        if (logits)
        {
            *logits = output.detach();
        }
        loss = crossEntropy(output, m_targets);
    }
    loss.backward();
    return loss.detach();
}

AttentionRoute routeTo(Backend backend)
{
    return [backend](std::int64_t, const AttentionInputs& inputs) { return attend(backend, inputs); };
}

AutocastGuard::AutocastGuard(c10::DeviceType device, bool enabled) : m_device(device), m_enabled(enabled)
{
    if (m_enabled)
    {
        m_previous = at::autocast::is_autocast_enabled(m_device);
        at::autocast::set_autocast_enabled(m_device, true);
        at::autocast::set_autocast_dtype(m_device, at::kBFloat16);
        at::autocast::increment_nesting();
    }
}

AutocastGuard::~AutocastGuard()
{
    if (m_enabled)
    {
        if (at::autocast::decrement_nesting() == 0)
        {
            at::autocast::clear_cache();
        }
        at::autocast::set_autocast_enabled(m_device, m_previous);
    }
}

} // namespace headroom::engine
