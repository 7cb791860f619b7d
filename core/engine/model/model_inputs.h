// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/loaded_model.h"

#include <optional>
#include <string>
#include <vector>

namespace headroom::engine
{

/// Random ids in [0, limit), int64, on the CPU.
at::Tensor drawIds(const std::vector<std::int64_t>& shape, std::int64_t limit, std::uint64_t seed);

/// Standard normal numbers, float32, on the CPU.
at::Tensor drawNumbers(const std::vector<std::int64_t>& shape, std::uint64_t seed);

/// All tensors of a safetensors file, as copies. 32-bit ids become 64-bit ones.
/// \throws std::runtime_error with a sentence for what is no usable file.
ModelTensors readInputs(const std::string& path);

/// \a inputs on \a device: floating-point ones in \a dtype, or as they are without one. With \a leaveOutMasks without
/// attention masks that hide nothing (LoadedModel::leavesOutMasks()).
ModelTensors placed(const ModelTensors& inputs, c10::Device device, std::optional<c10::ScalarType> dtype,
                    bool leaveOutMasks = true);

/// Name, type and shape of each.
std::vector<TensorFact> factsOf(const ModelTensors& inputs);
TensorFact factOf(const std::string& name, const at::Tensor& tensor);

/// Writes \a output as the tensor `output`, float32, whole or not at all.
/// \throws std::runtime_error with a sentence when it cannot be written.
void writeOutput(const std::string& path, const at::Tensor& output);

} // namespace headroom::engine
