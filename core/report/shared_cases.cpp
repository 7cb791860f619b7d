// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/shared_cases.h"

#include <unordered_map>
#include <unordered_set>
#include <variant>

namespace headroom
{

std::string meetingId(const Case& measured)
{
    Case alike = measured;
    std::visit([](auto& subject) { subject.device = DeviceKind::Cpu; }, alike.subject);
    return alike.id();
}

CaseMeeting meetCases(const Report& first, const Report& second)
{
    std::unordered_map<std::string, std::size_t> places;
    std::vector<std::string> ids; // of the second's cases, empty for one that was measured before
    for (std::size_t at = 0; at < second.cases.size(); ++at)
    {
        std::string id = meetingId(second.cases[at].measured);
        const bool isNew = places.try_emplace(id, at).second;
        ids.push_back(isNew ? std::move(id) : std::string());
    }
    CaseMeeting meeting;
    std::unordered_set<std::string> seen;
    for (std::size_t at = 0; at < first.cases.size(); ++at)
    {
        std::string id = meetingId(first.cases[at].measured);
        if (!seen.insert(id).second)
        {
            continue;
        }
        if (const auto found = places.find(id); found != places.end())
        {
            meeting.shared.push_back({std::move(id), at, found->second});
        }
        else
        {
            meeting.onlyFirst.push_back(at);
        }
    }
    for (std::size_t at = 0; at < ids.size(); ++at)
    {
        if (!ids[at].empty() && !seen.contains(ids[at]))
        {
            meeting.onlySecond.push_back(at);
        }
    }
    return meeting;
}

} // namespace headroom
