// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli battery`: looks for the known defects of LibTorch's attention in the version that is installed.
Command addBatteryCommand(CLI::App& program);

} // namespace headroom::cli
