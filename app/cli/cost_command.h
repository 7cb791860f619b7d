// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli cost RUN...`: what runs cost, and what goes through their cases, by the user's own prices.
Command addCostCommand(CLI::App& program);

} // namespace headroom::cli
