// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli sweep`: judges and times attention calls over lists of sizes, masks, backends and passes.
Command addSweepCommand(CLI::App& program);

} // namespace headroom::cli
