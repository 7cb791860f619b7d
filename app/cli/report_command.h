// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli report`: prints any report, or a run that is still going on or was cut off, readably.
Command addReportCommand(CLI::App& program);

} // namespace headroom::cli
