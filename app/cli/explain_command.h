// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli explain`: who takes an attention call, who does not and why, and the smallest change.
Command addExplainCommand(CLI::App& program);

} // namespace headroom::cli
