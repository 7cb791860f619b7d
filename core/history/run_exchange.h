// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/run_index.h"

#include <filesystem>
#include <string>
#include <vector>

namespace headroom
{

/// What comes into a run folder from elsewhere, and what is taken out of it.

/// Copies \a file into \a folder, whole or not at all, and returns where it stands now: a journal beside the others, a
/// report of Headroom's own below imported/. \throws std::runtime_error with a sentence when it cannot be read, is
/// neither, or its run is there already (a report whose journal is there adds nothing; nor does an equal file).
std::filesystem::path importRun(const RunFolder& folder, const std::filesystem::path& file);

/// Every file of the run \a id, by \a index as of its last sync().
std::vector<RunRow> filesOfRun(RunIndex& index, const std::string& id);

/// Why the run \a id may not be removed: unknown, still going on, or part of a baseline without \a force. Empty when it
/// may.
std::string whyKept(RunIndex& index, const std::string& id, bool force);

/// Removes every file of the run \a id and its marks, and takes it out of baselines; a baseline that has no run left
/// goes too. What was written elsewhere of it, a report or the journal's other name, stays. \throws std::runtime_error
/// with a sentence when a file cannot be removed, and for what whyKept() says with \a force.
void removeRun(RunIndex& index, const std::string& id);

} // namespace headroom
