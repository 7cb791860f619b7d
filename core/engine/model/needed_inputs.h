// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/loaded_model.h"

#include <c10/core/ScalarType.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom::engine
{

/// What a graph does first with one of its inputs, and so what that must be.
enum class InputUse
{
    Ids,      ///< looked up in a table: whole numbers below its height
    Features, ///< multiplied with a matrix, or normalised: numbers, the width last
    Images,   ///< convolved: numbers [B, C, H, W]
    Mask,     ///< hides scores as a boolean
    Unknown
};

/// What an input that fits is filled with.
enum class InputFill
{
    Drawn,
    Ones,     ///< a mask that hides nothing
    Zeros,    ///< one that says what is hidden, and hides nothing; token types
    Positions ///< 0, 1, 2, ... in each row
};

/// What the name of an input tells of it: "attention_mask", "token_type_ids", "position_ids", ...
InputFill fillByName(std::string_view name);

/// An input that the graph of a model asks for.
struct NeededInput
{
    std::string name;
    InputUse use = InputUse::Unknown;
    InputFill fill = InputFill::Drawn;
    std::int64_t size = 0;             ///< of the table, of the last dimension, of the channels; 0: not known
    std::vector<std::int64_t> shape{}; ///< where the graph says it; -n where it takes any length, and was made with n
    std::optional<c10::ScalarType> type{};
    bool optional = false; ///< has a default
};

/// Takes what the operator \a name of LibTorch ("rsub") tells of \a input, which is its argument numbered \a argument
/// and tells nothing itself. \returns whether it tells.
bool takeFill(std::string_view name, std::size_t argument, NeededInput& input);

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
