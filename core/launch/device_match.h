// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances.h"

#include <optional>
#include <string>

namespace headroom
{

/// Where a machine can measure what was measured on another one's device.
struct DeviceMatch
{
    std::optional<DeviceSelection> device; ///< the same model, else another of the same kind; nothing: there is none
    bool same = false;                     ///< it is the same model, and figures can be compared
    std::string sentence;                  ///< where it is not the same: what the report is of, and what is here
};

/// Looks for \a wanted, the device of a report, on \a machine; where several are the same model, the one of the same
/// ordinal is taken.
DeviceMatch matchDevice(const DeviceFacts& wanted, const Circumstances& machine);

} // namespace headroom
