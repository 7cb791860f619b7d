// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/device_choice.h"

#include "app/cli/set_up_error.h"

#include <algorithm>

#include <fmt/format.h>

namespace headroom::cli
{
namespace
{

std::string unknownDevice(const Circumstances& circumstances, const DeviceSelection& asked)
{
    std::string sentence =
        fmt::format("There is no device {} here; there is {}", toText(asked), listDevices(circumstances));
    if (asked.kind == DeviceKind::Cuda && !circumstances.cudaAvailable && !circumstances.cudaProblem.empty())
    {
        sentence += fmt::format(". LibTorch cannot use CUDA: {}", circumstances.cudaProblem);
    }
    return sentence + (sentence.ends_with('.') ? "" : ".");
}

} // namespace

const DeviceFacts& chooseDevice(const Circumstances& circumstances, const std::optional<DeviceSelection>& asked)
{
    const auto& devices = circumstances.devices;
    const auto wanted = [&](const DeviceFacts& device) {
        return asked ? device.kind == asked->kind && device.ordinal == asked->ordinal : device.kind == DeviceKind::Cuda;
    };
    const auto found = std::find_if(devices.begin(), devices.end(), wanted);
    if (found != devices.end())
    {
        return *found;
    }
    if (asked || devices.empty())
    {
        throw SetUpError(unknownDevice(circumstances, asked.value_or(DeviceSelection{})));
    }
    return devices.front();
}

std::string describeDevice(const DeviceFacts& device)
{
    const std::string text = toText(DeviceSelection{device.kind, device.ordinal});
    return device.name.empty() ? text : fmt::format("{} ({})", text, device.name);
}

std::string listDevices(const Circumstances& circumstances)
{
    std::string list;
    for (const auto& device : circumstances.devices)
    {
        list += (list.empty() ? "" : ", ") + describeDevice(device);
    }
    return list.empty() ? "none" : list;
}

} // namespace headroom::cli
