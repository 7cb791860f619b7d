// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli doctor`: what is installed, what is missing, and what to type.
Command addDoctorCommand(CLI::App& program);

} // namespace headroom::cli
