// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/unlike_circumstances.h"

#include "core/report/case_work.h"
#include "core/report/format.h"
#include "ui/models/report_words.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <set>

namespace headroom::ui
{
namespace
{

constexpr double kClockShare = 0.03; ///< clocks further apart than this are not alike
constexpr std::size_t kMostNamed = 3;

struct Named
{
    std::string_view name;
    const char* words;
    const char* unit; ///< behind a number; "bytes" is one that Format writes
};

/// In the order in which they weigh.
constexpr std::array kNamed{
    Named{"circumstances", QT_TRANSLATE_NOOP("Circumstances", "circumstances"), ""},
    Named{"device.name", QT_TRANSLATE_NOOP("Circumstances", "device"), ""},
    Named{"data type", QT_TRANSLATE_NOOP("Circumstances", "data type"), ""},
    Named{"clock", QT_TRANSLATE_NOOP("Circumstances", "clock while sampling"), " MHz"},
    Named{"device.powerLimitW", QT_TRANSLATE_NOOP("Circumstances", "power limit"), " W"},
    Named{"driverVersion", QT_TRANSLATE_NOOP("Circumstances", "driver"), ""},
    Named{"libtorchVersion", QT_TRANSLATE_NOOP("Circumstances", "LibTorch"), ""},
    Named{"cudnnVersion", QT_TRANSLATE_NOOP("Circumstances", "cuDNN"), ""},
    Named{"device.maxSmClockMhz", QT_TRANSLATE_NOOP("Circumstances", "highest clock"), " MHz"},
    Named{"threads", QT_TRANSLATE_NOOP("Circumstances", "threads"), ""},
    Named{"cudaVersion", QT_TRANSLATE_NOOP("Circumstances", "CUDA"), ""},
    Named{"device.memoryBytes", QT_TRANSLATE_NOOP("Circumstances", "device memory"), "bytes"},
    Named{"device.multiprocessors", QT_TRANSLATE_NOOP("Circumstances", "multiprocessors"), ""},
    Named{"device.l2Bytes", QT_TRANSLATE_NOOP("Circumstances", "L2 cache"), "bytes"},
    Named{"device.cores", QT_TRANSLATE_NOOP("Circumstances", "cores"), ""},
    Named{"device.kind", QT_TRANSLATE_NOOP("Circumstances", "kind of device"), ""},
    Named{"selected.kind", QT_TRANSLATE_NOOP("Circumstances", "device asked for"), ""},
    Named{"device.computeCapability", QT_TRANSLATE_NOOP("Circumstances", "compute capability"), ""},
    Named{"device.instructionSet", QT_TRANSLATE_NOOP("Circumstances", "instruction set"), ""},
    Named{"sdpaPriority", QT_TRANSLATE_NOOP("Circumstances", "order of LibTorch's choice"), ""},
    Named{"operatingSystem", QT_TRANSLATE_NOOP("Circumstances", "operating system"), ""},
    Named{"headroomVersion", QT_TRANSLATE_NOOP("Circumstances", "Headroom"), ""},
    Named{"gitHash", QT_TRANSLATE_NOOP("Circumstances", "Headroom's git hash"), ""},
    Named{"gitDirty", QT_TRANSLATE_NOOP("Circumstances", "changed sources"), ""},
    Named{"cudaRuntimeVersion", QT_TRANSLATE_NOOP("Circumstances", "CUDA run time"), ""},
    Named{"driverCudaVersion", QT_TRANSLATE_NOOP("Circumstances", "CUDA of the driver"), ""},
    Named{"device.cudnnVersion", QT_TRANSLATE_NOOP("Circumstances", "cuDNN on the device"), ""},
    Named{"cudaAvailable", QT_TRANSLATE_NOOP("Circumstances", "CUDA usable"), ""},
    Named{"cudaProblem", QT_TRANSLATE_NOOP("Circumstances", "what CUDA lacks"), ""},
    Named{"cudaBuilt", QT_TRANSLATE_NOOP("Circumstances", "LibTorch with CUDA"), ""},
    Named{"cudaKernelsBuilt", QT_TRANSLATE_NOOP("Circumstances", "Headroom's CUDA kernels"), ""},
    Named{"sdpaAvailable", QT_TRANSLATE_NOOP("Circumstances", "attention in LibTorch"), ""},
};

QString tr(const char* text)
{
    return QCoreApplication::translate("Circumstances", text);
}

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

std::string joined(const std::set<std::string>& texts)
{
    std::string all;
    for (const auto& text : texts)
    {
        all += (all.empty() ? "" : ", ") + text;
    }
    return all;
}

/// The middle of the clocks that the cases were sampled at; 0 without any.
double clockOf(const Report& report)
{
    std::vector<double> clocks;
    for (const auto& row : report.cases)
    {
        if (row.roofline && row.roofline->smMhz)
        {
            clocks.push_back(*row.roofline->smMhz);
        }
    }
    return median(clocks).value_or(0);
}

} // namespace

std::vector<CircumstanceDifference> unlikenessOf(const Report& first, const Report& other)
{
    std::vector<CircumstanceDifference> all =
        first.circumstances && other.circumstances
            ? differencesBetween(*first.circumstances, *other.circumstances)
            : std::vector{CircumstanceDifference{"circumstances", first.circumstances ? "recorded" : "",
                                                 other.circumstances ? "recorded" : "", true}};
    std::erase_if(all, [](const CircumstanceDifference& one) { return !one.matters; });
    const auto ours = dtypesOf(first);
    const auto theirs = dtypesOf(other);
    if (ours != theirs && !ours.empty() && !theirs.empty())
    {
        // Cases meet by their data type: where they share one, their figures can be told apart.
        const bool shared =
            std::any_of(ours.begin(), ours.end(), [&](const auto& one) { return theirs.contains(one); });
        all.push_back({"data type", joined(ours), joined(theirs), !shared});
    }
    const double clock = clockOf(first);
    const double otherClock = clockOf(other);
    const auto text = [](double mhz) { return mhz > 0 ? std::to_string(std::lround(mhz)) : std::string(); };
    const bool both = clock > 0 && otherClock > 0;
    if (both ? std::abs(clock / otherClock - 1) > kClockShare : clock > 0 || otherClock > 0)
    {
        all.push_back({"clock", text(clock), text(otherClock), false});
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const CircumstanceDifference& left, const CircumstanceDifference& right)
                     { return weightPlace(left.name) < weightPlace(right.name); });
    return all;
}

int weightPlace(const std::string& name)
{
    const auto* known = find(name);
    return static_cast<int>(known != nullptr ? known - kNamed.data() : static_cast<std::ptrdiff_t>(kNamed.size()));
}

QString circumstanceName(const std::string& name)
{
    if (const auto* known = find(name))
    {
        return tr(known->words);
    }
    for (const std::string_view prefix : {"environment.", "flags.", "device."})
    {
        if (name.starts_with(prefix))
        {
            return textOf(std::string_view(name).substr(prefix.size()));
        }
    }
    return textOf(name);
}

QString circumstanceValue(const std::string& name, const std::string& value)
{
    if (value.empty())
    {
        return tr("not recorded");
    }
    const auto* known = find(name);
    const std::string_view unit = known != nullptr ? known->unit : "";
    if (unit.empty())
    {
        return textOf(value);
    }
    const Format format;
    const double number = std::strtod(value.c_str(), nullptr);
    return unit == "bytes" ? textOf(format.bytes(number)) : textOf(format.count(std::llround(number))) + textOf(unit);
}

QString unlikeSentence(const QString& otherName, const std::vector<CircumstanceDifference>& differences)
{
    if (differences.empty())
    {
        return tr("%1 was measured in the same circumstances.").arg(otherName);
    }
    QStringList named;
    for (std::size_t at = 0; at < std::min(kMostNamed, differences.size()); ++at)
    {
        const auto& one = differences[at];
        named << tr("%1 (%2, here %3)")
                     .arg(circumstanceName(one.name), circumstanceValue(one.name, one.second),
                          circumstanceValue(one.name, one.first));
    }
    const auto more = differences.size() - static_cast<std::size_t>(named.size());
    const QString rest = more > 0 ? tr(" and %1 more").arg(more) : QString();
    return tr("%1 differs in %2%3.").arg(otherName, named.join(QStringLiteral(", ")), rest);
}

} // namespace headroom::ui
