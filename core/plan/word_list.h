// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/enum_text.h"
#include "core/plan/number_list.h"
#include "core/plan/sweep_mask.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// The words of \a text with commas between them, each read by \a read, each value once and in the order given.
/// \throws std::invalid_argument with a sentence's beginning for an empty list; \a read throws for a word.
template <typename Read> auto parseList(std::string_view text, const Read& read)
{
    std::vector<decltype(read(text))> values;
    for (const auto piece : piecesOf(text, ','))
    {
        auto value = read(piece);
        if (std::find(values.begin(), values.end(), value) == values.end())
        {
            values.push_back(std::move(value));
        }
    }
    if (values.empty())
    {
        throw std::invalid_argument("there is nothing in the list");
    }
    return values;
}

/// Names of an enum, or of masks, with commas between them.
template <NamedEnum E> std::vector<E> parseWords(std::string_view text)
{
    return parseList(text, [](std::string_view word) { return parseEnum<E>(word); });
}

inline std::vector<SweepMask> parseMasks(std::string_view text)
{
    return parseList(text, [](std::string_view word) { return parseSweepMask(word); });
}

/// What parseWords() and parseMasks() read, from values with a text of their own.
template <typename Values, typename Text> std::string listText(const Values& values, const Text& text)
{
    std::string joined;
    for (const auto& value : values)
    {
        joined += joined.empty() ? "" : ",";
        joined += text(value);
    }
    return joined;
}

} // namespace headroom
