// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/inspect_model.h"
#include "core/model/model_spec.h"
#include "core/attention/backend.h"
#include "core/hardware/device_facts.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace headroom::engine
{

/// One model with its weights in place and inputs to run it on. All backends of a comparison share one, so that they
/// see the same weights and the same input.
class ModelSession
{
public:
    /// The built-in model, with random weights, the same for the same \a seed on every device, or those of \a
    /// weightsFile (safetensors, float32, all parameters of the model by name).
    /// \throws std::runtime_error with a sentence for a file that does not fit the model.
    ModelSession(const ModelInput& input, const DeviceSelection& device, std::uint64_t seed,
                 const std::string& weightsFile);

    /// A model from a file, as it was watched. Its calls and inputs are those of the watch, as long as batch and
    /// sequence are.
    ModelSession(const ModelInput& input, std::shared_ptr<const WatchedModel> watched);

    const ModelInput& input() const { return m_input; }
    const c10::Device& device() const { return m_device; }
    const at::Tensor& tokens() const { return m_inputs.at("input_ids"); } ///< of the built-in model
    LoadedModel& model() { return *m_model; }
    const NamedTensors& parameters() const { return m_parameters; }
    const WatchedModel* watched() const { return m_watched.get(); } ///< of a model from a file

    /// The same weights, another batch or sequence: inputs are drawn anew from the seed.
    void setShape(std::int64_t batch, std::int64_t sequence);

    /// The same weights with the batch, sequence, causal and autocast of \a input, whose model and data type are the
    /// session's.
    void configure(const ModelInput& input);

    std::int64_t parameterBytes() const;

    /// Runs \a work with the weights in double precision (exact both ways), for the reference; the gradients that it
    /// leaves are cleared.
    void withDoubleWeights(const std::function<void()>& work);

    /// The output with attention by \a route, in a model that hands its calls to one; autocast as the input says, no
    /// gradients.
    at::Tensor infer(const AttentionRoute& route);

    /// The same with each call forced to \a backend. A model that does not hand its calls over gets LibTorch's switches
    /// set; Naive and Fp64, which are none of LibTorch's, are then math, in whatever precision the weights have.
    at::Tensor infer(Backend backend);

    /// Clears the gradients, runs forward, loss and backward. The loss is the mean cross-entropy of the output, its
    /// last dimension taken as logits, against targets drawn from the seed. \returns the loss; \a output, when given,
    /// receives the output.
    at::Tensor trainStep(const AttentionRoute& route, at::Tensor* output = nullptr);
    at::Tensor trainStep(Backend backend, at::Tensor* output = nullptr);

    void clearGradients();

private:
    at::Tensor forward(const AttentionRoute& route);
    void moveTo(c10::ScalarType dtype);
    void noteParameters();
    const at::Tensor& targetsFor(const at::Tensor& output);

    ModelInput m_input;
    c10::Device m_device;
    std::uint64_t m_seed;
    std::shared_ptr<LoadedModel> m_model;
    std::shared_ptr<const WatchedModel> m_watched;
    NamedTensors m_parameters; ///< of m_model, which takes time to list them
    ModelTensors m_inputs;     ///< on the device, in the type that the weights have now
    at::Tensor m_targets;      ///< [rows of the output]
};

/// Mean cross-entropy of \a output, its last dimension taken as logits, against \a targets, one a row; computed in
/// float32 or wider.
at::Tensor crossEntropy(const at::Tensor& output, const at::Tensor& targets);

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
