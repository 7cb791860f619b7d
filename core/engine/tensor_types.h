// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/dtype.h"
#include "core/hardware/device_facts.h"

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

namespace headroom::engine
{

/// LibTorch's scalar type for \a dtype.
constexpr c10::ScalarType toScalarType(DType dtype)
{
    switch (dtype)
    {
    case DType::Float64:
        return c10::ScalarType::Double;
    case DType::BFloat16:
        return c10::ScalarType::BFloat16;
    case DType::Float16:
        return c10::ScalarType::Half;
    case DType::Float32:
        break;
    }
    return c10::ScalarType::Float;
}

/// Headroom's name for \a type; float32 for the types that attention is not run in.
constexpr DType fromScalarType(c10::ScalarType type)
{
    switch (type)
    {
    case c10::ScalarType::Double:
        return DType::Float64;
    case c10::ScalarType::BFloat16:
        return DType::BFloat16;
    case c10::ScalarType::Half:
        return DType::Float16;
    default:
        return DType::Float32;
    }
}

inline c10::Device toDevice(const DeviceSelection& selection)
{
    return selection.kind == DeviceKind::Cuda
               ? c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(selection.ordinal))
               : c10::Device(c10::DeviceType::CPU);
}

} // namespace headroom::engine
