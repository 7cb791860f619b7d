// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli export`: turns a report or a journal into another format.
Command addExportCommand(CLI::App& program);

} // namespace headroom::cli
