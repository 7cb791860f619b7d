// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/launch/libtorch_discovery.h"
#include "core/hardware/circumstances.h"

#include <optional>
#include <string>
#include <vector>

namespace headroom::cli
{

/// What was seen of the installation; looked at once, judged by diagnose().
struct Installation
{
    std::string worker; ///< its command line; empty when there is none
    std::string workerFoundBy;
    std::string workerProblem;            ///< why it cannot be found, started or asked; empty when it answers
    std::optional<Circumstances> machine; ///< what the worker answered
    LibtorchSearch libtorch; ///< what findLibtorch() found; looked for only when the worker does not answer
    std::string driver;      ///< version of the NVIDIA driver by /proc; empty when none is loaded
};

enum class Health
{
    Good,
    Note,   ///< absent, and not needed for a run on the CPU
    Missing ///< nothing runs without it
};

/// One thing that was looked at.
struct Finding
{
    std::string what;
    Health health = Health::Good;
    std::string detail;
    std::string advice; ///< what to type or do; empty when nothing
};

/// What \a seen comes to, in the order in which things depend on each other.
std::vector<Finding> diagnose(const Installation& seen);

/// Whether nothing is missing that a run needs.
bool canRun(const std::vector<Finding>& findings);

} // namespace headroom::cli
