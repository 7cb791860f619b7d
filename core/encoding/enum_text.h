// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace headroom
{

/// The one table that turns an enum into text and back, for JSON, the command line and the screen alike.
///
/// Specialise it beside the enum:
///
///     template <> struct EnumNames<DType>
///     {
///         static constexpr std::string_view kind = "data type";
///         static constexpr std::array names{std::pair{DType::Float32, std::string_view{"float32"}}, ...};
///     };
///
/// `kind` is what an error message calls it.
template <typename E> struct EnumNames;

/// An enum that has an EnumNames table.
template <typename E>
concept NamedEnum = std::is_enum_v<E> && requires
{
    EnumNames<E>::names.size();
};

namespace detail
{
struct ToString
{
    template <NamedEnum E> constexpr std::string_view operator()(E value) const
    {
        for (const auto& [candidate, text] : EnumNames<E>::names)
        {
            if (candidate == value)
            {
                return text;
            }
        }
        return "?";
    }
};
} // namespace detail

/// toString(value): the text of \a value; "?" for a value that is not in the table (a cast from a bad number).
///
/// An object and not a function, so that argument-dependent lookup does not find it: a function of this name would make
/// every QCOMPARE of two enums ambiguous with QTest::toString.
inline constexpr detail::ToString toString;

/// The value that \a text names, or nothing.
template <NamedEnum E> constexpr std::optional<E> fromString(std::string_view text)
{
    for (const auto& [candidate, name] : EnumNames<E>::names)
    {
        if (name == text)
        {
            return candidate;
        }
    }
    return std::nullopt;
}

/// All names of an enum, joined for a message: "flash, math".
template <NamedEnum E> std::string namesOf(std::string_view separator = ", ")
{
    std::string joined;
    for (const auto& entry : EnumNames<E>::names)
    {
        if (!joined.empty())
        {
            joined += separator;
        }
        joined += entry.second;
    }
    return joined;
}

/// As fromString, but throws std::invalid_argument with a sentence that lists what is allowed.
template <NamedEnum E> E parseEnum(std::string_view text)
{
    if (const auto value = fromString<E>(text))
    {
        return *value;
    }
    throw std::invalid_argument("'" + std::string(text) + "' is not a " + std::string(EnumNames<E>::kind) +
                                "; use one of " + namesOf<E>());
}

// Found by nlohmann::json through argument-dependent lookup.
template <NamedEnum E> void to_json(nlohmann::json& json, const E& value)
{
    json = std::string(toString(value));
}
template <NamedEnum E> void from_json(const nlohmann::json& json, E& value)
{
    value = parseEnum<E>(json.get_ref<const std::string&>());
}

} // namespace headroom
