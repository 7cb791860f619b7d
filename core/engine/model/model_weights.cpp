// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/model_weights.h"

#include "core/engine/tensor_types.h"
#include "core/model/safetensors.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <ATen/CPUGeneratorImpl.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>
#include <stdexcept>

namespace headroom::engine
{
namespace
{

constexpr double kStandardDeviation = 0.02;

at::ScalarType scalarTypeOf(const SafetensorsEntry& entry)
{
    const auto dtype = dtypeOf(entry.dtype);
    if (!dtype)
    {
        throw std::runtime_error(
            fmt::format("the tensor {} has type {}, which no weight can have", entry.name, toString(entry.dtype)));
    }
    return toScalarType(*dtype);
}

/// The entry for a parameter; a sentence where it is missing or has another shape.
const SafetensorsEntry& entryFor(const SafetensorsFile& file, const std::string& path, const std::string& name,
                                 const at::Tensor& parameter)
{
    const auto* entry = file.find(name);
    if (!entry)
    {
        throw std::runtime_error(fmt::format("{} has no tensor {}, which the model needs", path, name));
    }
    if (at::IntArrayRef(entry->shape) != parameter.sizes())
    {
        throw std::runtime_error(fmt::format("{}: {} has shape [{}], the model's is [{}]; are the sizes those that the "
                                             "file was made with?",
                                             path, name, fmt::join(entry->shape, ", "),
                                             fmt::join(parameter.sizes().vec(), ", ")));
    }
    return *entry;
}

at::Tensor tensorOf(const SafetensorsFile& file, const SafetensorsEntry& entry)
{
    auto tensor = at::empty(entry.shape, at::TensorOptions(scalarTypeOf(entry)));
    const auto bytes = file.bytesOf(entry);
    std::memcpy(tensor.mutable_data_ptr(), bytes.data(), bytes.size()); // the file's bytes need not be aligned
    return tensor;
}

} // namespace

void drawWeights(torch::nn::Module& model, std::uint64_t seed)
{
    const c10::NoGradGuard noGradients;
    auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    for (auto& parameter : model.named_parameters())
    {
        const bool normWeight =
            parameter.key().find("norm") != std::string::npos && parameter.key().ends_with(".weight");
        parameter.value().normal_(normWeight ? 1.0 : 0.0, kStandardDeviation, generator);
    }
}

void loadWeights(torch::nn::Module& model, const std::string& path)
{
    const c10::NoGradGuard noGradients;
    const SafetensorsFile file(path);
    auto parameters = model.named_parameters();
    for (const auto& parameter : parameters)
    {
        scalarTypeOf(entryFor(file, path, parameter.key(), parameter.value())); // all are checked before one is changed
    }
    for (auto& parameter : parameters)
    {
        parameter.value().copy_(tensorOf(file, entryFor(file, path, parameter.key(), parameter.value())));
    }
}

} // namespace headroom::engine
