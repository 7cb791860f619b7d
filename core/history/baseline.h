// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/json.h"
#include "core/history/run_folder.h"

#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// Runs under one name, which others are held against. The runs themselves are in the history like any other.
struct Baseline
{
    std::string name;
    std::vector<std::string> runs; ///< their ids, the oldest first
    std::string createdUtc;        ///< "2026-11-23T05:23:11.123Z"
    std::string note;

    bool operator==(const Baseline&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Baseline, name, runs, createdUtc, note)

/// \throws std::runtime_error with a sentence when there is none of that name (it lists those there are), or its file
/// cannot be read.
Baseline readBaseline(const RunFolder& folder, const std::string& name);

/// Writes the file of \a baseline whole or not at all, in place of an earlier one of its name.
/// \throws std::invalid_argument for a name that is empty, too long (100 bytes) or begins with '-' or a blank, and
/// std::runtime_error with a sentence when the file cannot be written.
void writeBaseline(const RunFolder& folder, const Baseline& baseline);

/// False when there is none of that name. \throws std::runtime_error when it cannot be removed.
bool removeBaseline(const RunFolder& folder, const std::string& name);

/// Names of all baselines, sorted; a file that cannot be read counts too.
std::vector<std::string> baselineNames(const RunFolder& folder);

/// All baselines by name, without those whose file cannot be read; \a leftOut gets a sentence for each of these.
std::vector<Baseline> readBaselines(const RunFolder& folder, std::vector<std::string>* leftOut = nullptr);

} // namespace headroom
