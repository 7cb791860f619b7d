// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli compare A B ...`: runs like for like, case by case, with the first.
Command addCompareCommand(CLI::App& program);

} // namespace headroom::cli
