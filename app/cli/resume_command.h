// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli resume`: goes on with a run that was cancelled or cut off.
Command addResumeCommand(CLI::App& program);

} // namespace headroom::cli
