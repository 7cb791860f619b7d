// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/batch_spec.h"

#include "core/plan/number_list.h"

#include <stdexcept>

#include <fmt/format.h>

namespace headroom
{
namespace
{

std::invalid_argument wrongGroup(std::string_view group, std::string_view why)
{
    return std::invalid_argument(
        fmt::format("'{}' is no batch ({}); write it as 8q1s4k: 8 requests, query 1, 4096 keys", group, why));
}

BatchGroup parseGroup(std::string_view text)
{
    const auto q = text.find('q');
    if (q == std::string_view::npos)
    {
        throw wrongGroup(text, "there is no q with the query length");
    }
    BatchGroup group;
    group.count = q == 0 ? 1 : parseSize(text.substr(0, q));
    const std::string_view lengths = text.substr(q + 1);
    const auto s = lengths.find('s');
    group.queryLength = parseSize(lengths.substr(0, s));
    group.kvLength = s == std::string_view::npos ? group.queryLength : parseSize(lengths.substr(s + 1));
    if (group.kvLength < group.queryLength)
    {
        throw wrongGroup(text, fmt::format("the {} behind s count all keys and are fewer than the {} of the query",
                                           group.kvLength, group.queryLength));
    }
    return group;
}

} // namespace

std::vector<BatchGroup> parseBatchSpec(std::string_view text)
{
    std::vector<BatchGroup> groups;
    for (const auto piece : piecesOf(text, '_'))
    {
        groups.push_back(parseGroup(piece));
    }
    if (groups.empty())
    {
        throw wrongGroup(text, "it is empty");
    }
    return groups;
}

std::string toText(const BatchGroup& group)
{
    const std::string keys = group.kvLength == group.queryLength ? std::string() : fmt::format("s{}", group.kvLength);
    return fmt::format("{}q{}{}", group.count, group.queryLength, keys);
}

SweepMask servingMask(const BatchGroup& group)
{
    SweepMask mask;
    if (group.queryLength == 1)
    {
        return mask;
    }
    if (group.queryLength == group.kvLength)
    {
        mask.causal = true;
        return mask;
    }
    mask.mask = MaskKind::Boolean;
    mask.pattern = MaskPattern::CausalBottomRight;
    return mask;
}

} // namespace headroom
