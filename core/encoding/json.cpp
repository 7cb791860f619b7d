// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/encoding/json.h"

#include <cmath>
#include <limits>

namespace headroom
{
namespace
{

constexpr std::string_view kNan = "NaN";
constexpr std::string_view kInfinity = "Infinity";
constexpr std::string_view kMinusInfinity = "-Infinity";

void nameNonFinite(Json& value)
{
    if (value.is_structured())
    {
        for (auto& child : value)
        {
            nameNonFinite(child);
        }
    }
    else if (value.is_number_float())
    {
        const double number = value.get<double>();
        if (std::isnan(number))
        {
            value = kNan;
        }
        else if (std::isinf(number))
        {
            value = number > 0 ? kInfinity : kMinusInfinity;
        }
    }
}

/// Deeper than anything that Headroom writes: what comes from outside must not end in a stack overflow.
constexpr int kDeepest = 200;

void readNonFinite(Json& value, int depth)
{
    if (depth > kDeepest)
    {
        throw std::invalid_argument("JSON nested more than " + std::to_string(kDeepest) + " levels deep");
    }
    if (value.is_structured())
    {
        for (auto& child : value)
        {
            readNonFinite(child, depth + 1);
        }
    }
    else if (value.is_string())
    {
        const auto& text = value.get_ref<const std::string&>();
        if (text == kNan)
        {
            value = std::numeric_limits<double>::quiet_NaN();
        }
        else if (text == kInfinity)
        {
            value = std::numeric_limits<double>::infinity();
        }
        else if (text == kMinusInfinity)
        {
            value = -std::numeric_limits<double>::infinity();
        }
    }
}

std::string dump(const Json& value, int indent)
{
    Json named = value;
    nameNonFinite(named);
    return named.dump(indent, ' ', false, Json::error_handler_t::replace);
}

} // namespace

std::string toJsonLine(const Json& value)
{
    return dump(value, -1);
}

std::string toJsonDocument(const Json& value)
{
    return dump(value, 2) + "\n";
}

Json parseJson(std::string_view text)
{
    if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos)
    {
        // The parser would take it for the end and never look at what follows.
        throw std::invalid_argument("not valid JSON at byte " + std::to_string(zero + 1));
    }
    try
    {
        Json value = Json::parse(text);
        readNonFinite(value, 1);
        return value;
    }
    catch (const Json::parse_error& error)
    {
        throw std::invalid_argument("not valid JSON at byte " + std::to_string(error.byte));
    }
    catch (const Json::out_of_range&)
    {
        throw std::invalid_argument("not valid JSON: a number is too large"); // 1e999
    }
}

} // namespace headroom
