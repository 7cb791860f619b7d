// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

namespace headroom::cli
{

/// `headroom-cli diff-fingerprint A B`: what differs in the circumstances of two runs.
Command addDiffFingerprintCommand(CLI::App& program);

} // namespace headroom::cli
