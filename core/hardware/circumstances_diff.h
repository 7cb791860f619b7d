// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances.h"

#include <string>
#include <vector>

namespace headroom
{

/// One thing in which the circumstances of two runs differ.
struct CircumstanceDifference
{
    std::string name;  ///< "device.name", "environment.OMP_NUM_THREADS"
    std::string first; ///< empty: not there
    std::string second;
    bool matters = true; ///< a figure may depend on it; not on names, paths, numbers of places, and a little memory

    bool operator==(const CircumstanceDifference&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CircumstanceDifference, name, first, second, matters)

/// In what \a first and \a second differ: software, switches, environment, and the device that each used; what matters
/// first, then by name. Devices that were not used and free memory are left out. A device's memory matters from a
/// difference of 1 % on: two kernels of an operating system leave a little more or less of it.
std::vector<CircumstanceDifference> differencesBetween(const Circumstances& first, const Circumstances& second);

} // namespace headroom
