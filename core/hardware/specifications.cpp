// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hardware/specifications.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace headroom
{
namespace
{

constexpr double kTera = 1e12;
constexpr double kGiga = 1e9;

using Rate = std::optional<SpecifiedRate>;

constexpr Rate at(double teraflops, double smMhz)
{
    return SpecifiedRate{teraflops * kTera, smMhz};
}

constexpr Rate kNone = std::nullopt;

constexpr std::string_view kA100 =
    "NVIDIA A100 Tensor Core GPU data sheet, 2021; A100 architecture white paper, table 4";
constexpr std::string_view kH100 =
    "NVIDIA H100 Tensor Core GPU data sheet, 2023; H100 architecture white paper, table 2";
constexpr std::string_view kH200 = "NVIDIA H200 Tensor Core GPU data sheet, 2024";
constexpr std::string_view kGh200 = "NVIDIA GH200 Grace Hopper Superchip data sheet, 2024";
constexpr std::string_view kB200 = "NVIDIA Blackwell and DGX B200 data sheets, 2024";
constexpr std::string_view kGb200 = "NVIDIA GB200 NVL72 data sheet, 2024, divided by its 72 GPUs";
constexpr std::string_view kL4 = "NVIDIA L4 Tensor Core GPU data sheet, 2023";
constexpr std::string_view kL40 = "NVIDIA L40 and L40S data sheets, 2023";
constexpr std::string_view kA10 = "NVIDIA A10 Tensor Core GPU data sheet, 2021";
constexpr std::string_view kA30 = "NVIDIA A30 Tensor Core GPU data sheet, 2021";
constexpr std::string_view kA40 = "NVIDIA A40 data sheet, 2021; GA102 architecture white paper, appendix A";
constexpr std::string_view kAda = "NVIDIA Ada GPU architecture white paper, appendix A";
constexpr std::string_view kAmpere = "NVIDIA GA102 GPU architecture white paper, appendix A";
constexpr std::string_view kRtxBlackwell = "NVIDIA RTX Blackwell GPU architecture white paper, appendix A";
constexpr std::string_view kV100 = "NVIDIA V100 data sheet, 2020; V100 architecture white paper, table 1";
constexpr std::string_view kT4 = "NVIDIA T4 data sheet, 2019";

// Data sheets give a rate at a boost clock, and Hopper's and Blackwell's tensor cores theirs at a lower one than their
// float32 units. The clock stands beside each rate; tests check that rate = multiprocessors * FLOPs a clock * clock
// within one per cent, so that neither was copied wrongly.
constexpr std::array kTable{
    Specification{"NVIDIA A100-SXM4-40GB", 80, 108, at(312, 1410), at(312, 1410), at(156, 1410), at(19.5, 1410),
                  at(19.5, 1410), 1555 * kGiga, kA100},
    Specification{"NVIDIA A100-SXM4-80GB", 80, 108, at(312, 1410), at(312, 1410), at(156, 1410), at(19.5, 1410),
                  at(19.5, 1410), 2039 * kGiga, kA100},
    Specification{"NVIDIA A100-PCIE-40GB", 80, 108, at(312, 1410), at(312, 1410), at(156, 1410), at(19.5, 1410),
                  at(19.5, 1410), 1555 * kGiga, kA100},
    Specification{"NVIDIA A100 80GB PCIe", 80, 108, at(312, 1410), at(312, 1410), at(156, 1410), at(19.5, 1410),
                  at(19.5, 1410), 1935 * kGiga, kA100},
    Specification{"NVIDIA H100 80GB HBM3", 90, 132, at(989.4, 1830), at(989.4, 1830), at(494.7, 1830), at(66.9, 1980),
                  at(66.9, 1980), 3352 * kGiga, kH100},
    Specification{"NVIDIA H100 PCIe", 90, 114, at(756, 1620), at(756, 1620), at(378, 1620), at(51.2, 1755),
                  at(51.2, 1755), 2039 * kGiga, kH100},
    Specification{"NVIDIA H100 NVL", 90, 132, at(835, 1545), at(835, 1545), at(417.5, 1545), at(60, 1785), at(60, 1785),
                  3938 * kGiga, kH100},
    Specification{"NVIDIA H200", 90, 132, at(989.4, 1830), at(989.4, 1830), at(494.7, 1830), at(66.9, 1980),
                  at(66.9, 1980), 4800 * kGiga, kH200},
    Specification{"NVIDIA H200 NVL", 90, 132, at(835, 1545), at(835, 1545), at(417.5, 1545), at(60, 1785), at(60, 1785),
                  4800 * kGiga, kH200},
    Specification{"NVIDIA GH200 480GB", 90, 132, at(989.4, 1830), at(989.4, 1830), at(494.7, 1830), at(66.9, 1980),
                  at(66.9, 1980), 4000 * kGiga, kGh200},
    Specification{"NVIDIA B200", 100, 148, at(2250, 1856), at(2250, 1856), at(1125, 1856), at(74.5, 1965),
                  at(37.2, 1965), 8000 * kGiga, kB200},
    Specification{"NVIDIA GB200", 100, 152, at(2500, 2008), at(2500, 2008), at(1250, 2008), at(80, 2062), at(40, 2062),
                  8000 * kGiga, kGb200},
    Specification{"NVIDIA L4", 89, 58, at(121, 2040), at(121, 2040), at(60.5, 2040), at(30.3, 2040), kNone, 300 * kGiga,
                  kL4},
    Specification{"NVIDIA L40", 89, 142, at(181.05, 2490), at(181.05, 2490), at(90.5, 2490), at(90.5, 2490), kNone,
                  864 * kGiga, kL40},
    Specification{"NVIDIA L40S", 89, 142, at(362.05, 2490), at(362.05, 2490), at(181, 2490), at(91.6, 2520), kNone,
                  864 * kGiga, kL40},
    Specification{"NVIDIA A10", 86, 72, at(125, 1695), at(125, 1695), at(62.5, 1695), at(31.2, 1695), kNone,
                  600 * kGiga, kA10},
    Specification{"NVIDIA A10G", 86, 80, at(70, 1710), at(70, 1710), at(35, 1710), at(35, 1710), kNone, 600 * kGiga,
                  kA10},
    Specification{"NVIDIA A30", 80, 56, at(165, 1440), at(165, 1440), at(82.5, 1440), at(10.3, 1440), at(10.3, 1440),
                  933 * kGiga, kA30},
    Specification{"NVIDIA A40", 86, 84, at(149.7, 1740), at(149.7, 1740), at(74.8, 1740), at(37.4, 1740), kNone,
                  696 * kGiga, kA40},
    Specification{"NVIDIA RTX A6000", 86, 84, at(154.8, 1800), at(154.8, 1800), at(77.4, 1800), at(38.7, 1800), kNone,
                  768 * kGiga, kAmpere},
    Specification{"NVIDIA RTX 6000 Ada Generation", 89, 142, at(364.2, 2505), at(364.2, 2505), at(182.1, 2505),
                  at(91.1, 2505), kNone, 960 * kGiga, kAda},
    Specification{"NVIDIA GeForce RTX 3090", 86, 82, at(71.2, 1695), at(71.2, 1695), at(35.6, 1695), at(35.6, 1695),
                  kNone, 936 * kGiga, kAmpere},
    Specification{"NVIDIA GeForce RTX 4090", 89, 128, at(165.2, 2520), at(165.2, 2520), at(82.6, 2520), at(82.6, 2520),
                  kNone, 1008 * kGiga, kAda},
    Specification{"NVIDIA GeForce RTX 5090", 120, 170, at(209.5, 2407), at(209.5, 2407), at(104.8, 2407),
                  at(104.8, 2407), kNone, 1792 * kGiga, kRtxBlackwell},
    Specification{"Tesla V100-SXM2-16GB", 70, 80, at(125, 1530), kNone, kNone, at(15.7, 1530), at(7.8, 1530),
                  900 * kGiga, kV100},
    Specification{"Tesla V100-SXM2-32GB", 70, 80, at(125, 1530), kNone, kNone, at(15.7, 1530), at(7.8, 1530),
                  900 * kGiga, kV100},
    Specification{"Tesla V100-PCIE-16GB", 70, 80, at(112, 1370), kNone, kNone, at(14, 1370), at(7, 1370), 900 * kGiga,
                  kV100},
    Specification{"Tesla V100-PCIE-32GB", 70, 80, at(112, 1370), kNone, kNone, at(14, 1370), at(7, 1370), 900 * kGiga,
                  kV100},
    Specification{"Tesla T4", 75, 40, at(65, 1590), kNone, kNone, at(8.1, 1590), kNone, 320 * kGiga, kT4},
};

const Specification* byName(std::string_view name)
{
    const auto found =
        std::find_if(kTable.begin(), kTable.end(), [&](const Specification& entry) { return entry.name == name; });
    return found == kTable.end() ? nullptr : &*found;
}

bool isSameChip(const Specification& entry, const DeviceFacts& device)
{
    return entry.computeCapability == device.computeCapability && entry.multiprocessors == device.multiprocessors;
}

} // namespace

std::span<const Specification> knownSpecifications()
{
    return kTable;
}

const Specification* findSpecification(const DeviceFacts& device)
{
    const auto* entry = device.kind == DeviceKind::Cuda ? byName(device.name) : nullptr;
    return entry != nullptr && isSameChip(*entry, device) ? entry : nullptr;
}

std::string whyNoSpecification(const DeviceFacts& device)
{
    if (device.kind == DeviceKind::Cpu)
    {
        return "a processor's specification says nothing of what its cores reach together; measured peaks stand alone";
    }
    const auto* entry = byName(device.name);
    if (entry == nullptr)
    {
        return fmt::format("no specification is known for {}; measured peaks stand alone", device.name);
    }
    return isSameChip(*entry, device)
               ? std::string()
               : fmt::format(
                     "{} has {} multiprocessors of compute capability {}.{}, the specification of that name has "
                     "{} of {}.{}: it is another card or a part of one",
                     device.name, device.multiprocessors, device.computeCapability / 10, device.computeCapability % 10,
                     entry->multiprocessors, entry->computeCapability / 10, entry->computeCapability % 10);
}

std::optional<SpecifiedRate> specifiedRate(const Specification& specification, DType dtype)
{
    switch (dtype)
    {
    case DType::Float32:
        return specification.float32;
    case DType::BFloat16:
        return specification.bfloat16;
    case DType::Float16:
        return specification.half;
    case DType::Float64:
        return specification.float64;
    }
    return std::nullopt;
}

std::optional<SpecifiedRate> highestRate(const Specification& specification, DType dtype)
{
    return dtype == DType::Float32 && specification.tf32 ? specification.tf32 : specifiedRate(specification, dtype);
}

double rateAt(const SpecifiedRate& rate, std::optional<double> smMhz)
{
    return smMhz && *smMhz > 0 ? rate.flopsPerSecond * *smMhz / rate.smMhz : rate.flopsPerSecond;
}

} // namespace headroom
