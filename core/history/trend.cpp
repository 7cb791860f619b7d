// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/trend.h"

#include "core/run/event.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include <fmt/format.h>

namespace headroom
{
namespace
{

/// Of a journal without reading the rest of it: they are its second line, or, of a run that was resumed, further down
/// again; the first are those that most of it was measured under.
std::optional<Circumstances> circumstancesOfJournal(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    std::string line;
    while (std::getline(stream, line) && !stream.eof())
    {
        const Event event = eventFromLine(line);
        if (const auto* seen = std::get_if<CircumstancesSeen>(&event.data))
        {
            return seen->circumstances;
        }
    }
    return std::nullopt;
}

std::string ranIn(const RunFigure& figure)
{
    return figure.ran ? std::string(toString(*figure.ran)) : "none";
}

TrendChange explain(const ChangePoint& point, const Trend& trend, const RunFolder& folder)
{
    const DatedFigure& before = trend.points[point.index - 1];
    const DatedFigure& after = trend.points[point.index];
    TrendChange change;
    change.point = point;
    change.runBefore = before.run;
    change.runAfter = after.run;
    if (before.figure.ran != after.figure.ran)
    {
        change.ranBefore = ranIn(before.figure);
        change.ranAfter = ranIn(after.figure);
    }
    try
    {
        change.differences = differencesBetween(circumstancesOf(folder.path() / before.file),
                                                circumstancesOf(folder.path() / after.file));
    }
    catch (const std::exception& error)
    {
        change.unknown = error.what();
    }
    return change;
}

Json toJson(const DatedFigure& point)
{
    const RunFigure& figure = point.figure;
    return {{"run", point.run},
            {"startedUtc", point.startedUtc},
            {"job", figure.job},
            {"medianNs", figure.medianNs},
            {"intervalNs", figure.intervalNs},
            {"n", figure.n},
            {"smMhz", figure.smMhz},
            {"accuracy", figure.accuracy},
            {"ran", figure.ran}};
}

Json toJson(const TrendChange& change)
{
    return {{"index", change.point.index},   {"ratio", change.point.ratio}, {"pValue", change.point.pValue},
            {"runBefore", change.runBefore}, {"runAfter", change.runAfter}, {"differences", change.differences},
            {"ranBefore", change.ranBefore}, {"ranAfter", change.ranAfter}, {"unknown", change.unknown}};
}

} // namespace

Circumstances circumstancesOf(const std::filesystem::path& file)
{
    std::optional<Circumstances> found =
        file.filename().string().ends_with(kJournalEnding) ? circumstancesOfJournal(file) : readRun(file).circumstances;
    if (!found)
    {
        throw std::runtime_error(
            fmt::format("{} does not say under which circumstances it was measured.", file.string()));
    }
    return std::move(*found);
}

Trend trendOf(RunIndex& index, std::string_view caseId, const RunFilter& filter, const ChangePointRule& rule)
{
    Trend trend;
    trend.caseId = caseId;
    trend.points = index.figures(caseId, filter);
    if (trend.points.empty())
    {
        return trend;
    }
    trend.title = trend.points.back().figure.title;
    trend.device = trend.points.back().device;
    trend.otherDevices = static_cast<std::int64_t>(
        std::erase_if(trend.points, [&](const DatedFigure& point) { return point.device != trend.device; }));
    std::erase_if(trend.points, [](const DatedFigure& point) { return !(point.figure.medianNs > 0); });
    std::vector<double> medians;
    for (const DatedFigure& point : trend.points)
    {
        medians.push_back(point.figure.medianNs);
    }
    for (const ChangePoint& point : changePoints(medians, rule))
    {
        trend.changes.push_back(explain(point, trend, index.folder()));
    }
    return trend;
}

void to_json(Json& json, const Trend& trend)
{
    Json points = Json::array();
    for (const DatedFigure& point : trend.points)
    {
        points.push_back(toJson(point));
    }
    Json changes = Json::array();
    for (const TrendChange& change : trend.changes)
    {
        changes.push_back(toJson(change));
    }
    json = {{"caseId", trend.caseId},      {"title", trend.title},          {"device", trend.device},
            {"points", std::move(points)}, {"changes", std::move(changes)}, {"otherDevices", trend.otherDevices}};
}

} // namespace headroom
