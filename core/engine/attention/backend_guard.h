// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/backend.h"

#include <ATen/SDPBackend.h>

#include <array>
#include <mutex>
#include <optional>
#include <vector>

namespace headroom::engine
{

/// LibTorch's number for a backend; nothing for those that are not LibTorch's.
std::optional<at::SDPBackend> toSdpBackend(Backend backend);
std::optional<Backend> fromSdpBackend(at::SDPBackend backend);

/// Forces scaled_dot_product_attention to one backend while it lives, and restores the switches after.
///
/// Only \a backend stays enabled, so that a refusal is an exception ("No available kernel") and never a silent fall
/// back to math. Default enables all four. A fifth, "overrideable", is
/// for devices outside of LibTorch and is off while a guard lives: on CUDA the selector throws "Invalid backend" when
/// it reaches it. The switches are process-wide and not atomic: one mutex serialises all guards, and they nest on one
/// thread. The priority order is left alone: LibTorch overwrites it on the first CUDA call
/// (`priority_order_init_` in sdp_utils.cpp).
class BackendGuard
{
public:
    explicit BackendGuard(Backend backend);
    ~BackendGuard();
    BackendGuard(const BackendGuard&) = delete;
    BackendGuard& operator=(const BackendGuard&) = delete;

private:
    std::unique_lock<std::recursive_mutex> m_lock;
    std::array<bool, 5> m_previous{};
};

} // namespace headroom::engine
