// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/enum_text.h"

#include <cstdint>

namespace headroom
{

/// Element type of the tensors of an attention call or a model, by PyTorch's names.
enum class DType
{
    Float32,
    BFloat16,
    Float16,
    Float64
};

template <> struct EnumNames<DType>
{
    static constexpr std::string_view kind = "data type";
    static constexpr std::array names{std::pair{DType::Float32, std::string_view{"float32"}},
                                      std::pair{DType::BFloat16, std::string_view{"bfloat16"}},
                                      std::pair{DType::Float16, std::string_view{"float16"}},
                                      std::pair{DType::Float64, std::string_view{"float64"}}};
};

/// Size of one element in bytes.
constexpr std::int64_t bytesPerElement(DType dtype)
{
    switch (dtype)
    {
    case DType::Float64:
        return 8;
    case DType::Float32:
        return 4;
    case DType::BFloat16:
    case DType::Float16:
        return 2;
    }
    return 4;
}

/// Unit roundoff: the largest relative error of rounding a number to \a dtype, half the distance from 1 to the next
/// one.
constexpr double unitRoundoff(DType dtype)
{
    switch (dtype)
    {
    case DType::Float64:
        return 0x1p-53;
    case DType::Float32:
        return 0x1p-24;
    case DType::Float16:
        return 0x1p-11;
    case DType::BFloat16:
        return 0x1p-8;
    }
    return 0x1p-24;
}

/// The smallest positive number that arithmetic in \a dtype keeps everywhere: subnormal in float16, normal elsewhere,
/// where kernels may flush subnormals to zero.
constexpr double smallestPositive(DType dtype)
{
    return dtype == DType::Float16 ? 0x1p-24 : dtype == DType::Float64 ? 0x1p-1022 : 0x1p-126;
}

/// The kind of device that a problem is posed on. Which one of several is not part of a problem: see DeviceSelection.
enum class DeviceKind
{
    Cpu,
    Cuda
};

template <> struct EnumNames<DeviceKind>
{
    static constexpr std::string_view kind = "device";
    static constexpr std::array names{std::pair{DeviceKind::Cpu, std::string_view{"cpu"}},
                                      std::pair{DeviceKind::Cuda, std::string_view{"cuda"}}};
};

} // namespace headroom
