// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/encoding/foreign_json.h"

#include <stdexcept>
#include <string>

namespace headroom
{

Json parseForeignJson(std::string_view text, int deepest)
{
    if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos)
    {
        // The parser would take it for the end and never look at what follows.
        throw std::invalid_argument("not valid JSON at byte " + std::to_string(zero + 1));
    }
    const auto refuseDepth = [deepest](int depth, Json::parse_event_t event, Json&)
    {
        const bool opens = event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
        if (opens && depth >= deepest)
        {
            throw std::invalid_argument("JSON nested more than " + std::to_string(deepest) + " levels deep");
        }
        return true;
    };
    try
    {
        return Json::parse(text, refuseDepth);
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
