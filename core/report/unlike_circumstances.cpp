// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hardware/version_text.h"
#include "core/report/unlike_circumstances.h"

#include "core/report/case_work.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <set>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

constexpr double kClockShare = 0.03; ///< clocks further apart than this are not alike
constexpr double kWorkShare = 1e-6;  ///< work is counted, and differs by rounding alone
constexpr std::size_t kMostNamed = 3;

struct Named
{
    std::string_view name;
    std::string_view words;
    std::string_view unit; ///< behind a number; "bytes", "cuda" and "cudnn" say how it is written
};

/// In the order in which they weigh.
constexpr std::array kNamed{
    Named{"circumstances", "circumstances", ""},
    Named{"device.name", "device", ""},
    Named{"data type", "data type", ""},
    Named{"clock", "clock while sampling", " MHz"},
    Named{"device.powerLimitW", "power limit", " W"},
    Named{"driverVersion", "driver", ""},
    Named{"libtorchVersion", "LibTorch", ""},
    Named{"cudnnVersion", "cuDNN", "cudnn"},
    Named{"FLOP rule", "how FLOPs are counted", ""},
    Named{"device.maxSmClockMhz", "highest clock", " MHz"},
    Named{"threads", "threads", ""},
    Named{"cudaVersion", "CUDA", ""},
    Named{"device.memoryBytes", "device memory", "bytes"},
    Named{"device.multiprocessors", "multiprocessors", ""},
    Named{"device.l2Bytes", "L2 cache", "bytes"},
    Named{"device.cores", "cores", ""},
    Named{"device.kind", "kind of device", ""},
    Named{"selected.kind", "device asked for", ""},
    Named{"device.computeCapability", "compute capability", ""},
    Named{"device.instructionSet", "instruction set", ""},
    Named{"sdpaPriority", "order of LibTorch's choice", ""},
    Named{"operatingSystem", "operating system", ""},
    Named{"headroomVersion", "Headroom", ""},
    Named{"gitHash", "Headroom's git hash", ""},
    Named{"gitDirty", "changed sources", ""},
    Named{"cudaRuntimeVersion", "CUDA run time", "cuda"},
    Named{"driverCudaVersion", "CUDA of the driver", "cuda"},
    Named{"device.cudnnVersion", "cuDNN on the device", "cudnn"},
    Named{"cudaAvailable", "CUDA usable", ""},
    Named{"cudaProblem", "what CUDA lacks", ""},
    Named{"cudaBuilt", "LibTorch with CUDA", ""},
    Named{"cudaKernelsBuilt", "Headroom's CUDA kernels", ""},
    Named{"sdpaAvailable", "attention in LibTorch", ""},
};

const Named* find(std::string_view name)
{
    const auto found = std::find_if(kNamed.begin(), kNamed.end(), [&](const Named& one) { return one.name == name; });
    return found == kNamed.end() ? nullptr : &*found;
}

std::set<std::string> dtypesOf(const Report& report)
{
    std::set<std::string> dtypes;
    for (const auto& row : report.cases)
    {
        dtypes.insert(std::string(toString(workOf(row.measured).dtype)));
    }
    return dtypes;
}

/// The middle of the clocks that cases were sampled at; 0 without any.
double clockOf(const Report& report, std::span<const std::size_t> cases)
{
    std::vector<double> clocks;
    for (const std::size_t at : cases)
    {
        const auto& roofline = report.cases[at].roofline;
        if (roofline && roofline->smMhz)
        {
            clocks.push_back(*roofline->smMhz);
        }
    }
    return median(clocks).value_or(0);
}

/// What both have, or, where that is nothing, all of each.
std::pair<std::vector<std::size_t>, std::vector<std::size_t>> casesToCompare(const CaseMeeting& meeting)
{
    if (meeting.shared.empty())
    {
        return {meeting.onlyFirst, meeting.onlySecond};
    }
    std::pair<std::vector<std::size_t>, std::vector<std::size_t>> cases;
    for (const auto& one : meeting.shared)
    {
        cases.first.push_back(one.first);
        cases.second.push_back(one.second);
    }
    return cases;
}

void addClock(const Report& first, const Report& other, const CaseMeeting& meeting,
              std::vector<CircumstanceDifference>& all)
{
    const auto [ours, theirs] = casesToCompare(meeting);
    const double clock = clockOf(first, ours);
    const double otherClock = clockOf(other, theirs);
    const auto text = [](double mhz) { return mhz > 0 ? std::to_string(std::lround(mhz)) : std::string(); };
    const bool both = clock > 0 && otherClock > 0;
    if (both ? std::abs(clock / otherClock - 1) > kClockShare : clock > 0 || otherClock > 0)
    {
        all.push_back({"clock", text(clock), text(otherClock), both});
    }
}

void addDtypes(const Report& first, const Report& other, std::vector<CircumstanceDifference>& all)
{
    const auto ours = dtypesOf(first);
    const auto theirs = dtypesOf(other);
    if (ours != theirs && !ours.empty() && !theirs.empty())
    {
        // Cases meet by their data type: where they share one, their figures can be told apart.
        const bool shared =
            std::any_of(ours.begin(), ours.end(), [&](const auto& one) { return theirs.contains(one); });
        all.push_back({"data type", fmt::format("{}", fmt::join(ours, ", ")),
                       fmt::format("{}", fmt::join(theirs, ", ")), !shared});
    }
}

/// The work that the rate of a case was made of.
std::optional<double> countedFlops(const CaseReport& row)
{
    return row.roofline && row.device ? std::optional(row.roofline->flopsPerSecond * row.device->medianNs * 1e-9)
                                      : std::nullopt;
}

void addFlopRule(const Report& first, const Report& other, const CaseMeeting& meeting,
                 std::vector<CircumstanceDifference>& all)
{
    const Format format(true);
    for (const auto& one : meeting.shared)
    {
        const auto ours = countedFlops(first.cases[one.first]);
        const auto theirs = countedFlops(other.cases[one.second]);
        if (ours && theirs && std::abs(*ours - *theirs) > kWorkShare * std::max(*ours, *theirs))
        {
            const std::string where = " for " + describe(first.cases[one.first].measured);
            all.push_back(
                {"FLOP rule", format.metric(*ours, "FLOP") + where, format.metric(*theirs, "FLOP") + where, true});
            return; // one shows it
        }
    }
}

} // namespace

std::vector<CircumstanceDifference> unlikenessOf(const Report& first, const Report& other)
{
    return unlikenessOf(first, other, meetCases(first, other));
}

std::vector<CircumstanceDifference> unlikenessOf(const Report& first, const Report& other, const CaseMeeting& meeting)
{
    std::vector<CircumstanceDifference> all =
        first.circumstances && other.circumstances
            ? differencesBetween(*first.circumstances, *other.circumstances)
            : std::vector{CircumstanceDifference{"circumstances", first.circumstances ? "recorded" : "",
                                                 other.circumstances ? "recorded" : "", true}};
    std::erase_if(all, [](const CircumstanceDifference& one) { return !one.matters; });
    addDtypes(first, other, all);
    addClock(first, other, meeting, all);
    addFlopRule(first, other, meeting, all);
    std::stable_sort(all.begin(), all.end(),
                     [](const CircumstanceDifference& left, const CircumstanceDifference& right)
                     { return weightPlace(left.name) < weightPlace(right.name); });
    return all;
}

bool areAlike(const std::vector<CircumstanceDifference>& differences)
{
    return std::none_of(differences.begin(), differences.end(),
                        [](const CircumstanceDifference& one) { return one.matters; });
}

int weightPlace(std::string_view name)
{
    const auto* known = find(name);
    return static_cast<int>(known != nullptr ? known - kNamed.data() : static_cast<std::ptrdiff_t>(kNamed.size()));
}

std::string circumstanceName(std::string_view name)
{
    if (const auto* known = find(name))
    {
        return std::string(known->words);
    }
    for (const std::string_view prefix : {"environment.", "flags.", "device."})
    {
        if (name.starts_with(prefix))
        {
            return std::string(name.substr(prefix.size()));
        }
    }
    return std::string(name);
}

std::string circumstanceValue(std::string_view name, const std::string& value, const Format& format)
{
    if (value.empty())
    {
        return "not recorded";
    }
    const auto* known = find(name);
    const std::string_view unit = known != nullptr ? known->unit : "";
    if (unit.empty())
    {
        return format.plain(value);
    }
    const double number = std::strtod(value.c_str(), nullptr);
    if (unit == "cudnn" || unit == "cuda")
    {
        const int version = static_cast<int>(number);
        const std::string text = unit == "cudnn" ? cudnnVersionText(version) : cudaVersionText(version);
        return text.empty() ? "none" : text;
    }
    return unit == "bytes" ? format.bytes(number) : format.count(std::llround(number)) + std::string(unit);
}

std::string unlikeSentence(const std::string& otherName, const std::vector<CircumstanceDifference>& differences,
                           const Format& format, CircumstanceValues values)
{
    if (differences.empty())
    {
        return fmt::format("{} was measured in the same circumstances.", otherName);
    }
    std::vector<std::string> named;
    for (std::size_t at = 0; at < std::min(kMostNamed, differences.size()); ++at)
    {
        const auto& one = differences[at];
        named.push_back(circumstanceName(one.name));
        if (values == CircumstanceValues::Named)
        {
            named.back() += fmt::format(" ({}, here {})", circumstanceValue(one.name, one.second, format),
                                        circumstanceValue(one.name, one.first, format));
        }
    }
    const auto more = differences.size() - named.size();
    return fmt::format("{} differs in {}{}.", otherName, fmt::join(named, ", "),
                       more > 0 ? fmt::format(" and {} more", more) : std::string());
}

} // namespace headroom
