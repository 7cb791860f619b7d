// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/operator_stream.h"

#include <c10/core/Device.h>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace headroom::engine
{

/// A backward operator of attention that went by.
struct SeenBackward
{
    std::string name;
    double ns = 0;
};

/// What a pass and parts of it took, on the device's clock on CUDA, else on the steady clock.
struct PassTimes
{
    std::vector<std::optional<double>> spans; ///< ns of each part that was asked for; nothing where it did not go by
    std::vector<SeenBackward> backward;       ///< attention's backward operators, in their order
    double ns = 0;                            ///< of the whole pass
};

/// Runs \a pass once on \a device and times \a spans of its operators, which do not overlap and are in their order, and
/// attention's backward operators. The device is not waited for within the pass.
///
/// A pass that is watched with its arguments (watchPass()) is no measure of one that is not: LibTorch boxes them, which
/// takes as long as a launch. Here attention's own operators are taken apart from all others (AttentionInterception).
/// Spans that are none of them, attention by hand, need each operator's name (at::RecordFunction without arguments),
/// which costs a pass whose host is its bottleneck a tenth or two. One at a time in a process.
PassTimes timePass(const std::function<void()>& pass, const c10::Device& device, std::span<const OperatorSpan> spans);

} // namespace headroom::engine
