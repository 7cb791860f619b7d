// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/device_facts.h"
#include "core/plan/sweep_plan.h"
#include "core/plan/validation_plan.h"
#include "ui/config/configuration.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom::ui
{

/// What is wrong at one field, and the texts that would be right there, nearest first.
struct FieldProblem
{
    Field field = Field::DModel;
    std::string sentence;
    std::vector<std::string> suggestions;

    bool operator==(const FieldProblem&) const = default;
};

/// What a configuration asks for on a device. With problems the request is the best reading of what is right, so that
/// its consequences can be shown; it must not be run.
struct Interpretation
{
    std::optional<ValidationRequest> validation; ///< of a model whose numbers can be read
    std::optional<SweepRequest> sweep;           ///< of an attention call or lists
    std::vector<FieldProblem> problems;          ///< none: it can be run

    bool valid() const { return problems.empty() && (validation || sweep); }
    const FieldProblem* problemAt(Field field) const;
};

/// Reads \a configuration for \a device, the one that its Device field chooses. Pure, and fast enough for each
/// keystroke: looks at no file and makes no plan. Of a model from a file nothing but its numbers can be read before it
/// is \a seen: what a worker saw in it for this very form.
Interpretation interpret(const Configuration& configuration, const DeviceFacts& device,
                         const ModelInspection* seen = nullptr);

/// How many cases the lists of \a request make, at most.
std::int64_t caseCountOf(const SweepRequest& request, DeviceKind device);

} // namespace headroom::ui
