// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/weight_map.h"

#include "core/engine/tensor_types.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/GradMode.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>
#include <stdexcept>

namespace headroom::engine
{
namespace
{

constexpr double kStandardDeviation = 0.02;
constexpr std::int64_t kPool = 1 << 22; ///< random numbers that are drawn

using Stored = WeightFiles::Stored;

c10::ScalarType storedType(const SafetensorsEntry& entry)
{
    const auto dtype = dtypeOf(entry.dtype);
    if (!dtype)
    {
        throw std::runtime_error(
            fmt::format("the tensor {} has type {}, which no weight can have", entry.name, toString(entry.dtype)));
    }
    return toScalarType(*dtype);
}

/// The tensor of \a files for a parameter; nullptr where it may be missing. \throws with a sentence otherwise.
const Stored* storedFor(const Architecture& architecture, const WeightFiles& files, const ParameterSpec& parameter)
{
    for (const std::string& name : checkpointNames(architecture, parameter.name))
    {
        const Stored* const stored = files.find(name);
        if (stored == nullptr)
        {
            continue;
        }
        if (stored->entry->shape != parameter.shape)
        {
            throw std::runtime_error(fmt::format("the tensor {} has shape [{}], and config.json makes it [{}]", name,
                                                 fmt::join(stored->entry->shape, ", "),
                                                 fmt::join(parameter.shape, ", ")));
        }
        storedType(*stored->entry);
        return stored;
    }
    if (parameter.tiedTo.empty() && !parameter.zeroWhenMissing)
    {
        throw std::runtime_error(
            fmt::format("the weights have no tensor {}, which a {} needs", parameter.name, architecture.className));
    }
    return nullptr;
}

/// The stored tensor in place where type and address allow it, else a converted copy.
at::Tensor tensorOf(const Stored& stored, c10::ScalarType wanted)
{
    const c10::ScalarType type = storedType(*stored.entry);
    const auto bytes = stored.file->bytesOf(*stored.entry);
    const auto options = at::TensorOptions(type);
    const bool aligned = reinterpret_cast<std::uintptr_t>(bytes.data()) % c10::elementSize(type) == 0;
    if (!aligned || bytes.empty())
    {
        auto copy = at::empty(stored.entry->shape, options);
        if (!bytes.empty())
        {
            std::memcpy(copy.mutable_data_ptr(), bytes.data(), bytes.size());
        }
        return copy.to(wanted);
    }
    // Nothing writes to weights; the mapping is private and read-only, and lives as long as the tensor.
    auto* const address = const_cast<std::byte*>(bytes.data());
    const auto mapped = at::from_blob(
        address, stored.entry->shape, [keep = stored.file](void*) {}, options);
    return type == wanted ? mapped : mapped.to(wanted);
}

/// A leaf that gradients can be asked of.
at::Tensor parameterOf(const at::Tensor& tensor)
{
    return tensor.detach().requires_grad_(true);
}

bool isNormWeight(const ParameterSpec& parameter)
{
    return parameter.shape.size() == 1 && parameter.name.ends_with(".weight");
}

} // namespace

WeightMap::WeightMap(const Architecture& architecture, const WeightFiles& files, c10::ScalarType dtype)
{
    const c10::NoGradGuard noGradients;
    const auto parameters = parametersOf(architecture);
    std::vector<const Stored*> found;
    for (const ParameterSpec& parameter : parameters)
    {
        found.push_back(storedFor(architecture, files, parameter));
    }
    for (std::size_t at = 0; at < parameters.size(); ++at)
    {
        if (found[at] != nullptr)
        {
            add(parameters[at].name, tensorOf(*found[at], dtype));
        }
        else if (parameters[at].zeroWhenMissing)
        {
            add(parameters[at].name, at::zeros(parameters[at].shape, at::TensorOptions(dtype)));
        }
        else
        {
            m_places[parameters[at].name] = m_places.at(parameters[at].tiedTo);
        }
    }
}

WeightMap::WeightMap(const Architecture& architecture, std::uint64_t seed, c10::ScalarType dtype)
{
    const c10::NoGradGuard noGradients;
    auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    const auto pool = at::empty({kPool}).normal_(0.0, kStandardDeviation, generator).to(dtype);
    std::int64_t start = 0;
    for (const ParameterSpec& parameter : parametersOf(architecture))
    {
        if (!parameter.tiedTo.empty())
        {
            m_places[parameter.name] = m_places.at(parameter.tiedTo);
            continue;
        }
        auto tensor = at::empty(parameter.shape, at::TensorOptions(dtype));
        auto flat = tensor.view({-1});
        for (std::int64_t done = 0; done < flat.numel();)
        {
            const std::int64_t count = std::min(flat.numel() - done, kPool - start);
            flat.narrow(0, done, count).copy_(pool.narrow(0, start, count));
            done += count;
            start = (start + count) % kPool;
        }
        add(parameter.name, isNormWeight(parameter) ? tensor.add_(1.0) : tensor);
    }
}

void WeightMap::add(const std::string& name, const at::Tensor& tensor)
{
    m_places[name] = m_named.size();
    m_named.emplace_back(name, parameterOf(tensor));
}

const at::Tensor& WeightMap::at(std::string_view name) const
{
    const auto place = m_places.find(name);
    if (place == m_places.end())
    {
        throw std::out_of_range("the model has no parameter " + std::string(name));
    }
    return m_named[place->second].second;
}

std::optional<at::Tensor> WeightMap::find(std::string_view name) const
{
    const auto place = m_places.find(name);
    return place == m_places.end() ? std::nullopt : std::optional(m_named[place->second].second);
}

void WeightMap::moveTo(c10::Device device, c10::ScalarType dtype)
{
    const c10::NoGradGuard noGradients;
    for (auto& [name, tensor] : m_named)
    {
        if (tensor.device() != device || tensor.scalar_type() != dtype)
        {
            tensor = parameterOf(tensor.to(device, dtype));
        }
    }
}

Scope Scope::under(std::string_view name) const
{
    return Scope(m_weights, fmt::format("{}{}.", m_path, name));
}

Scope Scope::under(std::string_view name, std::int64_t number) const
{
    return Scope(m_weights, fmt::format("{}{}.{}.", m_path, name, number));
}

std::string Scope::nameOf(std::string_view name, std::string_view member) const
{
    std::string whole;
    whole.reserve(m_path.size() + name.size() + member.size());
    return whole.append(m_path).append(name).append(member);
}

const at::Tensor& Scope::tensor(std::string_view name) const
{
    return m_weights.at(nameOf(name, ""));
}

at::Tensor Scope::linear(const at::Tensor& input, std::string_view name) const
{
    return at::linear(input, m_weights.at(nameOf(name, ".weight")), m_weights.find(nameOf(name, ".bias")));
}

at::Tensor Scope::transposedLinear(const at::Tensor& input, std::string_view name) const
{
    const auto& weight = m_weights.at(nameOf(name, ".weight"));
    const auto product = at::addmm(m_weights.at(nameOf(name, ".bias")), input.reshape({-1, input.size(-1)}), weight);
    auto shape = input.sizes().vec();
    shape.back() = weight.size(1);
    return product.view(shape);
}

at::Tensor Scope::embedding(const at::Tensor& ids, std::string_view name) const
{
    return at::embedding(m_weights.at(nameOf(name, ".weight")), ids);
}

at::Tensor Scope::layerNorm(const at::Tensor& input, std::string_view name, double epsilon) const
{
    const auto& weight = m_weights.at(nameOf(name, ".weight"));
    return at::layer_norm(input, weight.sizes(), weight, m_weights.at(nameOf(name, ".bias")), epsilon);
}

at::Tensor Scope::rmsNorm(const at::Tensor& input, std::string_view name, double epsilon) const
{
    const auto wide = input.scalar_type() == at::kDouble ? input : input.to(at::kFloat);
    const auto scaled = wide * at::rsqrt(wide.square().mean(-1, /*keepdim=*/true) + epsilon);
    return m_weights.at(nameOf(name, ".weight")) * scaled.to(input.scalar_type());
}

at::Tensor activate(Activation activation, const at::Tensor& input)
{
    switch (activation)
    {
    case Activation::Gelu:
        return at::gelu(input);
    case Activation::GeluTanh:
        return at::gelu(input, "tanh");
    case Activation::Relu:
        return at::relu(input);
    case Activation::Silu:
        break;
    }
    return at::silu(input);
}

} // namespace headroom::engine
