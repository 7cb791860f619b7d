// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/benchmark_transformer.h"
#include "core/attention/backend.h"
#include "core/hardware/device_facts.h"

#include <cstdint>
#include <memory>
#include <string>

namespace headroom::engine
{

/// One model with its weights in place and token ids to run it on. All backends of a comparison share one, so that they
/// see the same weights and the same input.
class ModelSession
{
public:
    /// Weights are random, the same for the same \a seed on every device, or those of \a weightsFile (safetensors,
    /// float32, all parameters of the model by name).
    /// \throws std::runtime_error with a sentence for a file that does not fit the model.
    ModelSession(const ModelInput& input, const DeviceSelection& device, std::uint64_t seed,
                 const std::string& weightsFile);

    const ModelInput& input() const { return m_input; }
    const c10::Device& device() const { return m_device; }
    const at::Tensor& tokens() const { return m_tokens; }
    const at::Tensor& targets() const { return m_targets; }
    BenchmarkTransformer& model() { return m_model; }

    /// The same weights, another batch or sequence: token ids [batch, sequence] are drawn anew from the seed.
    void setShape(std::int64_t batch, std::int64_t sequence);

    /// The same weights with the batch, sequence, causal and autocast of \a input, whose model and data type are the
    /// session's.
    void configure(const ModelInput& input);

    std::int64_t parameterBytes() const;

    /// Runs \a work with the weights in double precision (exact both ways), for the reference; the gradients that it
    /// leaves are cleared.
    void withDoubleWeights(const std::function<void()>& work);

    /// Logits with attention by \a route; autocast as the input says, no gradients.
    at::Tensor infer(const AttentionRoute& route);

    /// Clears the gradients, runs forward, mean cross-entropy and backward. \returns the loss; \a logits, when given,
    /// receives the output.
    at::Tensor trainStep(const AttentionRoute& route, at::Tensor* logits = nullptr);

    void clearGradients();

private:
    ModelInput m_input;
    c10::Device m_device;
    std::uint64_t m_seed;
    BenchmarkTransformer m_model{nullptr};
    at::Tensor m_tokens;
    at::Tensor m_targets;
};

/// A route that sends every call to \a backend, forced.
AttentionRoute routeTo(Backend backend);

/// Mixed precision for what runs while it lives: bfloat16 on either device, as torch.autocast does.
class AutocastGuard
{
public:
    AutocastGuard(c10::DeviceType device, bool enabled);
    ~AutocastGuard();
    AutocastGuard(const AutocastGuard&) = delete;
    AutocastGuard& operator=(const AutocastGuard&) = delete;

private:
    c10::DeviceType m_device;
    bool m_enabled;
    bool m_previous = false;
};

} // namespace headroom::engine
