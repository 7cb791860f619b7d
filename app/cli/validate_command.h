// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli validate`: the complete validation of a transformer, with its report.
Command addValidateCommand(CLI::App& program);

} // namespace headroom::cli
