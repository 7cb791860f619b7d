// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/loaded_model.h"

#include <c10/core/ScalarType.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom::engine
{

/// What a graph does first with one of its inputs, and so what that must be.
enum class InputUse
{
    Ids,      ///< looked up in a table: whole numbers below its height
    Features, ///< multiplied with a matrix, or normalised: numbers, the width last
    Images,   ///< convolved: numbers [B, C, H, W]
    Unknown
};

/// An input that the graph of a model asks for.
struct NeededInput
{
    std::string name;
    InputUse use = InputUse::Unknown;
    std::int64_t size = 0;             ///< of the table, of the last dimension, of the channels; 0: not known
    std::vector<std::int64_t> shape{}; ///< where the graph says it; -n where it takes any length, and was made with n
    std::optional<c10::ScalarType> type{};
    bool optional = false; ///< has a default
};

/// Inputs that fit \a needed, on the CPU: batch and sequence are those of the graph where it fixes shapes; images are
/// square, with a side of \a imageSide. \throws std::runtime_error with a sentence that names what is not known and
/// says to give it.
ModelTensors inputsThatFit(const std::vector<NeededInput>& needed, std::int64_t batch, std::int64_t sequence,
                           std::int64_t imageSide, std::uint64_t seed);

/// What is wrong with \a given, a sentence each.
std::vector<std::string> problemsWith(const ModelTensors& given, const std::vector<NeededInput>& needed);

/// The first tensor of what a graph returned; of a dictionary "logits" or "last_hidden_state" before others.
/// \throws std::runtime_error where there is none.
at::Tensor firstTensor(const c10::IValue& returned);

} // namespace headroom::engine
