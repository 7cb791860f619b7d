// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <string>

namespace headroom::engine
{

/// Fills all parameters from \a seed, on the CPU: matrices and embeddings normal with standard deviation 0.02 (GPT-2),
/// biases normal with 0.02 as well, so that a kernel that drops one is seen, layer-norm weights 1 plus the same.
void drawWeights(torch::nn::Module& model, std::uint64_t seed);

/// Reads every parameter of \a model from a safetensors file; names and shapes must match, float32 or a 16-bit type.
/// \throws std::runtime_error naming what is missing or does not fit; the model is then left as it was.
void loadWeights(torch::nn::Module& model, const std::string& path);

} // namespace headroom::engine
