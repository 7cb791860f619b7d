// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli frontier`: the longest sequence that each backend has memory for.
Command addFrontierCommand(CLI::App& program);

} // namespace headroom::cli
