// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli serve-sides`, which `ab` starts for itself and no help lists: the protocol of a worker, over a worker
/// for each side of the comparison.
Command addServeSidesCommand(CLI::App& program);

} // namespace headroom::cli
