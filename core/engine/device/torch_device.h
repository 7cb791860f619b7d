// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <c10/core/Device.h>

#include <cstdint>

namespace headroom::engine
{

/// Waits until all work on \a device is done; returns at once on the CPU. \throws c10::Error for an error of the work.
void synchronise(const c10::Device& device);

/// Size of the level-2 cache of a CUDA device in bytes; 0 on the CPU, whose caches are not managed here.
std::int64_t l2Bytes(const c10::Device& device);

} // namespace headroom::engine
