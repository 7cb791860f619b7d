// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <cstddef>
#include <string>
#include <vector>

namespace headroom
{

/// By what cases of several reports meet: the id that \a measured would have on a processor, so that a GPU's meets that
/// of a processor. That the devices differ is said by unlikenessOf().
std::string meetingId(const Case& measured);

/// A case that two reports have, or one of them alone, as places in their lists of cases.
struct SharedCase
{
    std::string id; ///< meetingId()
    std::size_t first = 0;
    std::size_t second = 0;

    bool operator==(const SharedCase&) const = default;
};

/// How the cases of two reports meet, in the order that each has them. A case that was measured twice counts by its
/// first job.
struct CaseMeeting
{
    std::vector<SharedCase> shared;
    std::vector<std::size_t> onlyFirst;
    std::vector<std::size_t> onlySecond;

    bool operator==(const CaseMeeting&) const = default;
};

CaseMeeting meetCases(const Report& first, const Report& second);

} // namespace headroom
