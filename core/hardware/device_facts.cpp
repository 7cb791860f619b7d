// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hardware/device_facts.h"

#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr std::string_view kCudaPrefix = "cuda:";

/// No machine has more CUDA devices than this; a larger number is a typing error.
constexpr int kLargestOrdinal = 1023;

std::optional<int> ordinalOf(std::string_view digits)
{
    int ordinal = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stopped, error] = std::from_chars(digits.data(), end, ordinal);
    if (digits.empty() || error != std::errc{} || stopped != end || ordinal < 0 || ordinal > kLargestOrdinal)
    {
        return std::nullopt;
    }
    return ordinal;
}

} // namespace

DeviceSelection parseDeviceSelection(std::string_view text)
{
    if (text == "cpu")
    {
        return {DeviceKind::Cpu, 0};
    }
    if (text == "cuda")
    {
        return {DeviceKind::Cuda, 0};
    }
    if (text.starts_with(kCudaPrefix))
    {
        if (const auto ordinal = ordinalOf(text.substr(kCudaPrefix.size())))
        {
            return {DeviceKind::Cuda, *ordinal};
        }
    }
    throw std::invalid_argument(
        fmt::format("'{}' is not a device; use cpu, cuda, or cuda:N with the number of a GPU from 0 on", text));
}

std::string toText(const DeviceSelection& selection)
{
    return selection.kind == DeviceKind::Cpu ? std::string("cpu") : fmt::format("cuda:{}", selection.ordinal);
}

} // namespace headroom
