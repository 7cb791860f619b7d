// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/benchmark_transformer.h"
#include "core/engine/model/loaded_model.h"

#include <cstdint>
#include <string>

namespace headroom::engine
{

/// The BenchmarkTransformer as the engine runs any model: token ids in, logits out.
class BenchmarkModel : public LoadedModel
{
public:
    /// Weights are random, the same for the same \a seed on every device, or those of \a weightsFile (safetensors, all
    /// parameters of the model by name). \throws std::runtime_error with a sentence for a file that does not fit.
    BenchmarkModel(const ModelSpec& spec, std::uint64_t seed, const std::string& weightsFile);

    void setCausal(bool causal) { m_causal = causal; }

    LoadedFacts facts() const override;
    ModelTensors makeInputs(std::int64_t batch, std::int64_t sequence, std::uint64_t seed) const override;
    std::vector<std::string> problemsWith(const ModelTensors& inputs) const override;
    at::Tensor forward(const ModelTensors& inputs, const AttentionRoute& route) override;
    bool routes() const override { return true; }
    std::vector<std::string> callPaths(CallForm form) const override;
    NamedTensors parameters() const override;
    std::vector<ModelModule> modules() const override;
    void moveTo(c10::Device device, c10::ScalarType dtype) override;

private:
    mutable BenchmarkTransformer m_model{nullptr}; ///< its parameters are the caller's to use
    bool m_causal = false;
};

} // namespace headroom::engine
