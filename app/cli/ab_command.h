// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli ab`: two sides take turns until it is known which is faster.
Command addAbCommand(CLI::App& program);

} // namespace headroom::cli
