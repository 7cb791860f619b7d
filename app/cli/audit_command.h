// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli audit`: finds what costs the attention calls of a model from a file their speed or their right result,
/// tries each fix, and leaves a report.
Command addAuditCommand(CLI::App& program);

} // namespace headroom::cli
