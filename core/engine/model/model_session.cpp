// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/model_session.h"

#include "core/engine/attention/attention_call.h"
#include "core/engine/attention/backend_guard.h"
#include "core/engine/model/benchmark_model.h"
#include "core/engine/model/model_inputs.h"
#include "core/engine/tensor_types.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <ATen/autocast_mode.h>

#include <algorithm>
#include <utility>

namespace headroom::engine
{
namespace
{

/// What LibTorch has to be told for \a backend; math stands in for what is Headroom's own.
Backend ofLibtorch(Backend backend)
{
    return backend == Backend::Naive || backend == Backend::Fp64 ? Backend::Math : backend;
}

} // namespace

ModelSession::ModelSession(const ModelInput& input, const DeviceSelection& device, std::uint64_t seed,
                           const std::string& weightsFile)
    : m_input(input), m_device(toDevice(device)), m_seed(seed),
      m_model(std::make_shared<BenchmarkModel>(input.model, seed, weightsFile))
{
    moveTo(toScalarType(input.dtype));
    setShape(input.batch, input.sequence);
}

ModelSession::ModelSession(const ModelInput& input, std::shared_ptr<const WatchedModel> watched)
    : m_input(input), m_device(watched->device), m_seed(watched->request.seed), m_model(watched->model),
      m_watched(std::move(watched)), m_inputs(m_watched->inputs)
{
    noteParameters();
    const auto& outline = m_input.model.outline;
    const bool asWatched =
        outline && outline->batch == m_input.batch && (outline->fixedSequence || outline->sequence == m_input.sequence);
    if (!asWatched)
    {
        setShape(m_input.batch, m_input.sequence);
    }
}

void ModelSession::setShape(std::int64_t batch, std::int64_t sequence)
{
    m_input.batch = batch;
    m_input.sequence = sequence;
    const auto& outline = m_input.model.outline;
    const bool asWatched =
        m_watched && outline && outline->batch == batch && (outline->fixedSequence || outline->sequence == sequence);
    m_inputs = asWatched ? m_watched->inputs
                         : placed(m_model->makeInputs(batch, sequence, m_watched ? m_seed : m_seed + 1), m_device,
                                  toScalarType(m_input.dtype), m_model->leavesOutMasks());
    m_targets.reset();
}

void ModelSession::configure(const ModelInput& input)
{
    // Called before each timed run: the model, with its outline, is not copied.
    m_input.causal = input.causal;
    m_input.autocast = input.autocast;
    if (input.batch != m_input.batch || input.sequence != m_input.sequence)
    {
        setShape(input.batch, input.sequence);
    }
}

std::int64_t ModelSession::parameterBytes() const
{
    std::int64_t bytes = 0;
    for (const auto& [name, parameter] : m_parameters)
    {
        bytes += static_cast<std::int64_t>(parameter.nbytes());
    }
    return bytes;
}

void ModelSession::noteParameters()
{
    m_parameters = m_model->parameters();
    for (auto& [name, parameter] : m_parameters)
    {
        if (parameter.is_floating_point() && !parameter.requires_grad())
        {
            parameter.requires_grad_(true);
        }
    }
}

void ModelSession::moveTo(c10::ScalarType dtype)
{
    m_model->moveTo(m_device, dtype);
    m_inputs = placed(m_inputs, m_device, dtype, m_model->leavesOutMasks());
    noteParameters();
}

void ModelSession::withDoubleWeights(const std::function<void()>& work)
{
    const auto dtype = toScalarType(m_input.dtype);
    const bool autocast = std::exchange(m_input.autocast, false);
    const auto inputs = m_inputs;
    const auto restore = [&]
    {
        clearGradients();
        moveTo(dtype);
        m_inputs = inputs;
        m_input.autocast = autocast;
    };
    clearGradients();
    try
    {
        moveTo(at::kDouble);
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
    for (auto& [name, parameter] : m_parameters)
    {
        parameter.mutable_grad().reset();
    }
}

at::Tensor ModelSession::forward(const AttentionRoute& route)
{
    if (auto* const own = dynamic_cast<BenchmarkModel*>(m_model.get()))
    {
        own->setCausal(m_input.causal);
    }
    const AutocastGuard autocast(m_device.type(), m_input.autocast);
    return m_model->forward(m_inputs, route);
}

at::Tensor ModelSession::infer(const AttentionRoute& route)
{
    const c10::NoGradGuard noGradients;
    return forward(route);
}

at::Tensor ModelSession::infer(Backend backend)
{
    if (m_model->routes())
    {
        return infer(routeTo(backend));
    }
    const BackendGuard guard(ofLibtorch(backend));
    return infer(AttentionRoute());
}

const at::Tensor& ModelSession::targetsFor(const at::Tensor& output)
{
    const auto classes = output.size(-1);
    const auto rows = output.numel() / std::max<std::int64_t>(1, classes);
    if (!m_targets.defined() || m_targets.numel() != rows)
    {
        m_targets = drawIds({rows}, classes, m_seed + 2).to(m_device);
    }
    return m_targets;
}

at::Tensor ModelSession::trainStep(const AttentionRoute& route, at::Tensor* output)
{
    const c10::AutoGradMode gradients(true);
    clearGradients();
    at::Tensor loss;
    {
        const auto made = forward(route);
        if (output)
        {
            *output = made.detach();
        }
        const AutocastGuard autocast(m_device.type(), m_input.autocast);
        loss = crossEntropy(made, targetsFor(made));
    }
    loss.backward();
    return loss.detach();
}

at::Tensor ModelSession::trainStep(Backend backend, at::Tensor* output)
{
    if (m_model->routes())
    {
        return trainStep(routeTo(backend), output);
    }
    const BackendGuard guard(ofLibtorch(backend));
    return trainStep(AttentionRoute(), output);
}

at::Tensor crossEntropy(const at::Tensor& output, const at::Tensor& targets)
{
    const auto flat = output.reshape({-1, output.size(-1)});
    const auto wide = flat.scalar_type() == at::kDouble ? flat : flat.to(at::kFloat);
    return at::cross_entropy_loss(wide, targets);
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
