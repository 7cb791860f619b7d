// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli baseline`.
Command addBaselineCommand(CLI::App& program);

} // namespace headroom::cli
