// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/loaded_model.h"
#include "core/model/architecture.h"
#include "core/model/weight_files.h"

#include <optional>
#include <string>
#include <string_view>

namespace headroom::engine
{

/// The parameters of a model by their names in a checkpoint.
class WeightMap
{
public:
    /// The tensors of \a files that \a architecture needs: all are checked for name, shape and type before a byte of
    /// one is used. Those that have the wanted type already stay mapped, the rest is converted. \throws
    /// std::runtime_error with a sentence for what is missing or does not fit.
    WeightMap(const Architecture& architecture, const WeightFiles& files, c10::ScalarType dtype);

    /// Random ones, the same for the same seed: normal with standard deviation 0.02, norms' weights 1 and the same.
    /// Numbers repeat from one part of a large model to another, since drawing billions takes longer than all that is
    /// done with them.
    WeightMap(const Architecture& architecture, std::uint64_t seed, c10::ScalarType dtype);

    const at::Tensor& at(std::string_view name) const;
    std::optional<at::Tensor> find(std::string_view name) const;
    const NamedTensors& named() const { return m_named; }
    void moveTo(c10::Device device, c10::ScalarType dtype);

private:
    void add(const std::string& name, const at::Tensor& tensor);
    NamedTensors m_named;                                     ///< each once
    std::map<std::string, std::size_t, std::less<>> m_places; ///< with tied ones
};

/// A place in the tree of modules, and the layers that can stand there.
class Scope
{
public:
    explicit Scope(const WeightMap& weights, std::string path = {}) : m_weights(weights), m_path(std::move(path)) {}

    Scope under(std::string_view name) const;
    Scope under(std::string_view name, std::int64_t number) const;
    const std::string& path() const { return m_path; } ///< with a dot at its end, unless it is empty

    const at::Tensor& tensor(std::string_view name) const;
    at::Tensor linear(const at::Tensor& input, std::string_view name) const;
    at::Tensor transposedLinear(const at::Tensor& input, std::string_view name) const; ///< GPT-2's Conv1D
    at::Tensor embedding(const at::Tensor& ids, std::string_view name) const;
    at::Tensor layerNorm(const at::Tensor& input, std::string_view name, double epsilon) const;
    /// LlamaRMSNorm: scaled in float32 or wider, rounded, then multiplied.
    at::Tensor rmsNorm(const at::Tensor& input, std::string_view name, double epsilon) const;

private:
    std::string nameOf(std::string_view name, std::string_view member) const;
    const WeightMap& m_weights;
    std::string m_path;
};

at::Tensor activate(Activation activation, const at::Tensor& input);

} // namespace headroom::engine
