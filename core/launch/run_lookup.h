// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/run_folder.h"

#include <filesystem>
#include <string>
#include <vector>

namespace headroom
{

/// What a reference to a run means.
struct FoundRun
{
    std::filesystem::path file; ///< a report or a journal
    std::string run;            ///< its id; empty for a file that was named by its path

    bool operator==(const FoundRun&) const = default;
};

/// The run that \a reference means. In this order: a file's path; the id of a run in \a folder, or the name of its file
/// without the ending; `last`, the run that began last, and `last~2`, the second before that one, not counting what
/// still runs or cannot be read; a tag; the beginning of an id or a name. Looks into the history only where there is no
/// such file. \throws SetUpError with a sentence that lists the candidates when several runs fit, or the last runs when
/// none does.
FoundRun findRun(const std::string& reference, const RunFolder& folder);

/// As findRun(), but a tag means every run that has it, the oldest first.
std::vector<FoundRun> findRuns(const std::string& reference, const RunFolder& folder);

} // namespace headroom
