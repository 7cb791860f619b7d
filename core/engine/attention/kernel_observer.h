// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace headroom::engine
{

/// What was seen while something ran. Each name once, in the order of its first appearance.
struct Observation
{
    std::vector<std::string> operators; ///< attention operators, forward and backward ("aten::_scaled_dot_product_...")
    std::vector<std::string> kernels;   ///< CUDA kernels of attention
    std::int64_t attentionCalls = 0;    ///< forward attention operators
};

/// Runs \a work once and reports the operators (RecordFunction, on any device) and, with \a onCuda, the kernels
/// (LaunchRecorder) that it launched; under another profiler there are none. Never inside a timed region: both cost
/// time.
Observation observe(const std::function<void()>& work, bool onCuda);

/// Adds what \a more saw to \a seen, each name once.
void addTo(Observation& seen, const Observation& more);

} // namespace headroom::engine
