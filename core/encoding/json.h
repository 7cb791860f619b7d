// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/enum_text.h"

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

/// JSON as Headroom writes it: one way for optionals (null), for enums (their text) and for numbers that JSON lacks.
///
/// Value types declare their members once:
///
///     NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Interval, low, high)
///
/// Members that are missing from a file keep their defaults and unknown ones are ignored, so that older and newer
/// versions read each other.

NLOHMANN_JSON_NAMESPACE_BEGIN
template <typename T> struct adl_serializer<std::optional<T>>
{
    static void to_json(json& target, const std::optional<T>& value)
    {
        if (value)
        {
            target = *value;
        }
        else
        {
            target = nullptr;
        }
    }
    static void from_json(const json& source, std::optional<T>& value)
    {
        if (source.is_null())
        {
            value.reset();
        }
        else
        {
            value = source.get<T>();
        }
    }
};
NLOHMANN_JSON_NAMESPACE_END

namespace headroom
{

using Json = nlohmann::json;

/// The text of \a value on one line. NaN and the infinities, which JSON has no numbers for, become the strings "NaN",
/// "Infinity" and "-Infinity"; invalid UTF-8 is replaced, so that a foreign message can never spoil a line.
std::string toJsonLine(const Json& value);

/// As toJsonLine, indented by two spaces, for files that people open.
std::string toJsonDocument(const Json& value);

/// The value of \a text, with the three reserved strings turned back into numbers.
/// \throws std::invalid_argument with the place of the fault in a sentence when \a text is not JSON.
Json parseJson(std::string_view text);

} // namespace headroom
