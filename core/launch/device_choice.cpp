// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/device_choice.h"

#include "core/launch/set_up_error.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr int kWheelsCudnn = 91900; ///< what torch 2.11.0 of PyPI comes with

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

int parseComputeCapability(const std::string& text)
{
    const auto dot = text.find('.');
    int major = 0;
    int minor = 0;
    const auto read = [](std::string_view part, int& into)
    {
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), into);
        return error == std::errc() && end == part.data() + part.size();
    };
    const std::string_view all(text);
    if (dot == std::string::npos || !read(all.substr(0, dot), major) || !read(all.substr(dot + 1), minor) ||
        major < 1 || major > 99 || minor < 0 || minor > 9)
    {
        throw std::invalid_argument(
            fmt::format("'{}' is no compute capability; give it as major.minor, like 9.0", text));
    }
    return 10 * major + minor;
}

DeviceFacts assumedGpu(int computeCapability)
{
    DeviceFacts device;
    device.kind = DeviceKind::Cuda;
    device.computeCapability = computeCapability;
    device.cudnnVersion = kWheelsCudnn;
    return device;
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

} // namespace headroom
