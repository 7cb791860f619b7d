// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/json.h"
#include "core/history/run_folder.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// What a person has put on a run. It is kept in a file of its own, so that an index that is lost loses nothing.
struct RunMarks
{
    std::string run;               ///< its id
    std::vector<std::string> tags; ///< sorted, each once
    std::string note;

    bool operator==(const RunMarks&) const = default;
    bool isEmpty() const { return tags.empty() && note.empty(); }
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RunMarks, run, tags, note)

/// The marks of \a run; empty where it has none. \throws std::runtime_error with the path and a sentence for a file
/// that cannot be read.
RunMarks marksOf(const RunFolder& folder, const std::string& run);

/// Changes the marks of \a run: reads them, calls \a change, and writes the whole file or nothing of it. Two programs
/// that change marks at once wait for each other, so that neither loses what the other wrote. Marks that become empty
/// have no file. Returns what is kept now. \throws std::invalid_argument for a tag that is none (checkTag()),
/// std::runtime_error with a sentence when the file cannot be read or written.
RunMarks changeMarks(const RunFolder& folder, const std::string& run, const std::function<void(RunMarks&)>& change);

/// \throws std::invalid_argument with a sentence for a tag that is empty, too long (64 bytes), starts with '-', holds a
/// blank, a comma, a slash or a control character, or would be taken for "last" by run lookup.
void checkTag(std::string_view tag);

} // namespace headroom
