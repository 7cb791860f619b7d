// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/backend.h"
#include "core/encoding/json.h"
#include "core/hardware/device_facts.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// A known defect of LibTorch's scaled_dot_product_attention, or a trap that it is by design: a row of the battery.
/// core/engine/attention/defect_checks.h makes the smallest case of each and looks.
struct Defect
{
    std::string_view id;      ///< "B1" to "B32"
    std::string_view issues;  ///< "#103963, #110213"; numbers alone are pytorch/pytorch's
    std::string link;         ///< to the first
    std::string_view title;   ///< a sentence
    std::string_view history; ///< where it was, and where it is thought to be gone
    std::vector<Backend> backends{};
    bool onCpu = false;
    bool onCuda = true;
    int leastCapability = 0; ///< major * 10 + minor; 0: any
    int mostCapability = 999;
    bool crashes = false; ///< where present it may end its process or break the context: it runs in one of its own
    std::int64_t memoryBytes = 0;   ///< that the device must have free; 0: little
    double seconds = 2;             ///< a guess of how long it takes
    std::string_view unreachable{}; ///< why LibTorch's own calls cannot run into it; empty where they can
};

/// {id, issues, link, title, history, backends, devices, isolated, memoryBytes}.
void to_json(Json& json, const Defect& defect);

/// All rows, B1 first.
std::span<const Defect> knownDefects();

/// The row \a id, or nullptr.
const Defect* findDefect(std::string_view id);

/// Why \a defect cannot show on \a device, in a clause; empty when it can.
std::string whyNotApplicable(const Defect& defect, const DeviceFacts& device);

} // namespace headroom
