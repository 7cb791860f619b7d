// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli devices`: the devices that the worker can use.
Command addDevicesCommand(CLI::App& program);

} // namespace headroom::cli
