// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli history`: the runs that are kept.
Command addHistoryCommand(CLI::App& program);

} // namespace headroom::cli
