// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli inspect`: what is in a model file, and which attention calls a forward pass of it makes.
Command addInspectCommand(CLI::App& program);

} // namespace headroom::cli
