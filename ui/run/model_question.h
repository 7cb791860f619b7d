// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/launch/inspected_model.h"

#include <memory>
#include <optional>

namespace headroom::ui
{

/// What a worker is asked about a model from a file.
struct ModelQuestion
{
    InspectionRequest request;
    std::optional<DeviceSelection> device; ///< nothing: a GPU where there is one

    bool operator==(const ModelQuestion&) const = default;
};

/// A model as a worker saw it. Never changed once it is there.
using SeenModel = std::shared_ptr<const InspectedModel>;

} // namespace headroom::ui
