// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/json.h"

#include <cstdint>
#include <optional>
#include <string>

namespace headroom
{

/// A training run that a measured training step is to be projected onto.
struct ProjectionRequest
{
    std::int64_t steps = 0;
    std::optional<double> pricePerGpuHour; ///< of one device, in \ref currency
    std::string currency = "USD";

    bool operator==(const ProjectionRequest&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ProjectionRequest, steps, pricePerGpuHour, currency)

} // namespace headroom
