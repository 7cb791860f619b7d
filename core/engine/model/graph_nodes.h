// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/json.h"

#include <c10/core/ScalarType.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom::engine
{

// What a node, and a tensor, of models/model.json says (torch/_export/serde/schema.py, version 8). The file is taken
// for hostile: what is not there, or of another kind, is a Json::exception, and a size that no tensor has is a
// std::invalid_argument.

inline constexpr std::int64_t kLargest = std::int64_t{1} << 50; ///< of sizes and elements: more than any model has

/// schema.py, ScalarType.
std::optional<c10::ScalarType> typeOf(const Json& number);

/// A size of a tensor, a stride or an offset.
std::int64_t sizeIn(const Json& number);

/// The sizes of a tensor; -n for one that may be any, and was n.
std::vector<std::int64_t> sizesOf(const Json& tensor);

/// Whether a tensor fills its memory: each of its elements has a place of its own, with none between them that is not
/// its, in whatever order. True as well where its sizes or strides are not known.
bool fillsItsMemory(const Json& tensor);

/// Whether \a target is one of LibTorch's operators that begin so.
bool isOneOf(std::string_view target, std::initializer_list<std::string_view> names);

std::string targetOf(const Json& node);

/// The names of the tensors that \a node takes, those in lists among them, in their order.
std::vector<std::string> tensorsInto(const Json& node);

/// The name of the first tensor that \a node gives; empty where that is none.
std::string resultOf(const Json& node);

/// The argument of \a node called \a name; null where it has none.
const Json* argumentOf(const Json& node, std::string_view name);

} // namespace headroom::engine
