// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

enum class SweepAxis
{
    Batch,
    Sequence
};

/// One value of a sweep's axis with the cases that were measured there.
struct SweepRow
{
    std::int64_t value = 0;
    std::vector<const CaseReport*> cases;
};

/// Cases that differ in one size alone: batch at a fixed sequence length, or the other way round.
struct Sweep
{
    SweepAxis axis = SweepAxis::Batch;
    std::int64_t fixed = 0;
    Pass pass = Pass::Forward;
    std::vector<SweepRow> rows; ///< ascending
};

/// The sweeps of a report. A performance job called "batch-N" or "sequence-N" is a point of that axis; other jobs
/// outside the main ones make a sweep where they differ in one size alone.
std::vector<Sweep> sweepsOf(const Report& report);

/// The jobs that the points of \a sweeps were measured in.
std::set<std::string> jobsOf(const std::vector<Sweep>& sweeps);

/// Whether \a jobId is a sweep point's by its name.
bool isSweepPoint(std::string_view jobId);

/// The case of \a backend in \a row, or null.
const CaseReport* caseOf(const SweepRow& row, Backend backend);

} // namespace headroom
