// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hardware/circumstances_diff.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <string_view>

namespace headroom
{
namespace
{

/// What says where a run was, and not what it was: two such machines may be alike.
constexpr std::array<std::string_view, 6> kPlaces{"hostName",    "libtorchPath",   "cudnnPath",
                                                  "device.uuid", "device.ordinal", "selected.ordinal"};

/// Memory of two machines that is no further apart is the same: a kernel keeps a little more of it than another.
constexpr double kMemoryShare = 0.01;

std::string textOf(const Json& value)
{
    return value.is_string() ? value.get<std::string>() : value.is_null() ? std::string() : value.dump();
}

/// Name and text of every fact, nested ones joined by dots.
std::map<std::string, std::string> factsOf(const Circumstances& circumstances)
{
    Json all = circumstances;
    all.erase("devices");
    all.erase("others");
    if (const auto* device = circumstances.selectedDevice())
    {
        all["device"] = *device;
        all["device"].erase("freeMemoryBytes");
    }
    // A list means its order, so it is one fact.
    all["sdpaPriority"] = all["sdpaPriority"].dump();
    std::map<std::string, std::string> facts;
    const Json flat = all.flatten();
    for (const auto& [pointer, value] : flat.items())
    {
        std::string name = pointer.substr(1);
        std::replace(name.begin(), name.end(), '/', '.');
        if (const auto text = textOf(value); !text.empty())
        {
            facts[name] = text;
        }
    }
    return facts;
}

std::string valueIn(const std::map<std::string, std::string>& facts, const std::string& name)
{
    const auto found = facts.find(name);
    return found == facts.end() ? std::string() : found->second;
}

bool isSameMemory(const CircumstanceDifference& one)
{
    const double first = std::strtod(one.first.c_str(), nullptr);
    const double second = std::strtod(one.second.c_str(), nullptr);
    return one.name == "device.memoryBytes" && first > 0 && second > 0 &&
           std::abs(second - first) < kMemoryShare * std::max(first, second);
}

} // namespace

std::vector<CircumstanceDifference> differencesBetween(const Circumstances& first, const Circumstances& second)
{
    const auto left = factsOf(first);
    const auto right = factsOf(second);
    auto names = left;
    names.insert(right.begin(), right.end());
    std::vector<CircumstanceDifference> differences;
    for (const auto& [name, unused] : names)
    {
        CircumstanceDifference difference{name, valueIn(left, name), valueIn(right, name), true};
        difference.matters =
            std::find(kPlaces.begin(), kPlaces.end(), name) == kPlaces.end() && !isSameMemory(difference);
        if (difference.first != difference.second)
        {
            differences.push_back(std::move(difference));
        }
    }
    std::stable_partition(differences.begin(), differences.end(), [](const auto& one) { return one.matters; });
    return differences;
}

} // namespace headroom
