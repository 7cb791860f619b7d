// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/run_folder.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace headroom
{

/// The journal of a run that begins, in the history.
struct KeptJournal
{
    std::filesystem::path file; ///< in the run folder; empty when it could not be made there
    std::string note;           ///< then why, a sentence
};

/// Makes a journal in \a folder, named by now and \a title, and gives it the name \a beside as well: a hard link, or a
/// symbolic one on another file system. So there is one journal, and whoever removes it at one place keeps the other,
/// or on another file system the one in the history. A history that cannot be written is no reason not to measure: then
/// nothing is made, and the caller's journal is \a beside alone.
KeptJournal keepJournal(const RunFolder& folder, std::string_view title, const std::filesystem::path& beside);

/// Removes \a link when it is a symbolic link whose file is gone, such as the journal of a run that was removed from
/// the history: what is written there would else appear in the history's folder.
void removeDeadLink(const std::filesystem::path& link);

} // namespace headroom
