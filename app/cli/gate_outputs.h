// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/run_folder.h"

#include <string>
#include <vector>

namespace headroom::cli
{

/// A file that a gate is to write, and the option that names it.
struct GateOutput
{
    std::string file; ///< empty: not asked for
    const char* option;
};

/// Takes away what an earlier gate left in \a outputs, so that it cannot be taken for this one's whatever goes wrong
/// from here on, and sees that there will be a place to write to: before the runs, which may take hours. A file that
/// the gate is to read stays: one of \a inputs, which are paths, or a name or reference that is none; a file of a
/// folder among them; a run or baseline of \a history. \throws SetUpError for such an output, for two that are one
/// file, and for one that cannot be written; after all others are cleared.
void clearOutputs(const std::vector<GateOutput>& outputs, const std::vector<std::string>& inputs,
                  const RunFolder& history);

/// The same where the command line, \a words, could not be read: takes away the files behind --junit and --markdown
/// that an earlier gate wrote, and no others, for who knows what the words were meant to be.
void clearRecognisedOutputs(const std::vector<std::string>& words);

} // namespace headroom::cli
