// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances_diff.h"
#include "core/history/run_index.h"
#include "core/measure/change_points.h"

#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// A change of a trend's level, and what is known of why.
struct TrendChange
{
    ChangePoint point;                               ///< index into the trend's points
    std::string runBefore;                           ///< the last run of the old level
    std::string runAfter;                            ///< the first of the new one
    std::vector<CircumstanceDifference> differences; ///< between the two, what matters first
    std::string ranBefore;                           ///< backends that were seen to run, where they differ
    std::string ranAfter;
    std::string unknown; ///< why the circumstances could not be held against each other; empty when they could

    bool operator==(const TrendChange&) const = default;
};

/// The device time of one case over the runs of a history.
struct Trend
{
    std::string caseId;
    std::string title;
    std::string device;              ///< that all points are of
    std::vector<DatedFigure> points; ///< by time
    std::vector<TrendChange> changes;
    std::int64_t otherDevices = 0; ///< figures of the case that were left out, being another device's

    bool operator==(const Trend&) const = default;
};

/// The trend of the case \a caseId over the runs that \a filter lets pass, by \a index as of its last sync(). Figures
/// of two devices make no trend: those of the device of the latest run are taken. At each change the circumstances of
/// the runs on both sides of it are read from their files. \throws as RunIndex does, and std::invalid_argument for a
/// rule out of its range.
Trend trendOf(RunIndex& index, std::string_view caseId, const RunFilter& filter = {}, const ChangePointRule& rule = {});

/// Under which circumstances the run in \a file was measured. \throws std::runtime_error when it does not say.
Circumstances circumstancesOf(const std::filesystem::path& file);

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ChangePoint, index, ratio, pValue)
void to_json(Json& json, const Trend& trend);

} // namespace headroom
