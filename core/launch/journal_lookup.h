// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace headroom
{

enum class JournalState
{
    Finished,   ///< the run ended and left no job
    Unfinished, ///< cancelled, cut off, or still going on
    Unreadable  ///< no journal, or a damaged one
};

JournalState stateOfJournal(const std::filesystem::path& path);

/// The journal that \a run names: itself, the one beside a report, or in a folder the only one, or the only unfinished
/// one. \throws SetUpError with a sentence when there is none, or several to choose from.
std::filesystem::path findJournal(const std::filesystem::path& run);

} // namespace headroom
