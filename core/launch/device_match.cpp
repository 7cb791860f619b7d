// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/device_match.h"

#include "core/launch/device_choice.h"

#include <fmt/format.h>

namespace headroom
{
namespace
{

/// How near \a device is to \a wanted: another kind is not.
int nearness(const DeviceFacts& device, const DeviceFacts& wanted)
{
    if (device.kind != wanted.kind)
    {
        return 0;
    }
    const bool same = device.name == wanted.name && device.computeCapability == wanted.computeCapability;
    return 1 + (same ? 2 : 0) + (device.ordinal == wanted.ordinal ? 1 : 0);
}

constexpr int kSameModel = 3;

std::string nameOf(const DeviceFacts& device)
{
    return device.name.empty() ? describeDevice(device) : device.name;
}

} // namespace

DeviceMatch matchDevice(const DeviceFacts& wanted, const Circumstances& machine)
{
    const DeviceFacts* nearest = nullptr;
    int best = 0;
    for (const DeviceFacts& device : machine.devices)
    {
        if (const int near = nearness(device, wanted); near > best)
        {
            best = near;
            nearest = &device;
        }
    }
    DeviceMatch match;
    if (nearest == nullptr)
    {
        match.sentence = fmt::format("The report is of {}, and nothing of its kind is here; there is {}.",
                                     nameOf(wanted), listDevices(machine));
        return match;
    }
    match.device = DeviceSelection{nearest->kind, nearest->ordinal};
    match.same = best >= kSameModel;
    if (!match.same)
    {
        match.sentence = fmt::format("The report is of {}, and this machine has {}: its figures are not the report's.",
                                     nameOf(wanted), nameOf(*nearest));
    }
    return match;
}

} // namespace headroom
