// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli monitor RUN`: repeats a run's plan on a schedule, with alarms and an endpoint for Prometheus.
Command addMonitorCommand(CLI::App& program);

} // namespace headroom::cli
