// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/projection.h"

#include "core/attention/saturating.h"
#include "core/report/case_cells.h"
#include "core/report/cost_tables.h"
#include "core/report/queries.h"

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr double kNsPerSecond = 1e9;
constexpr double kSecondsPerHour = 3600;

std::optional<Interval> scaled(const std::optional<Interval>& interval, double factor)
{
    return interval ? std::optional(Interval{interval->low * factor, interval->high * factor}) : std::nullopt;
}

/// "4 min 00 s (3 min 58 s – 4 min 02 s)"; the interval where it can be seen.
std::string within(const std::string& value, const std::string& low, const std::string& high, const Format& format)
{
    return low == high ? value : fmt::format("{} ({} {} {})", value, low, format.dash(), high);
}

std::string timeText(const Projection& projection, const Format& format)
{
    const auto text = [&](double seconds) { return format.duration(seconds * kNsPerSecond); };
    const auto interval = projection.secondsInterval.value_or(Interval{});
    return within(text(projection.seconds), text(interval.low), text(interval.high), format);
}

std::string costText(const Projection& projection, const std::string& currency, const Format& format)
{
    return projection.cost ? moneyText({*projection.cost, projection.costInterval}, currency, format) : format.dash();
}

std::string energyText(const Projection& projection, const Format& format)
{
    return projection.joules ? format.metric(*projection.joules / kSecondsPerHour, "Wh") : format.dash();
}

} // namespace

std::optional<Projection> project(const CaseReport& step, const ProjectionRequest& request)
{
    if (!isMeasured(step))
    {
        return std::nullopt;
    }
    const LatencySummary& latency = step.wall ? *step.wall : *step.device;
    const auto steps = static_cast<double>(request.steps);
    Projection result;
    result.backend = step.measured.backend;
    result.seconds = latency.medianNs / kNsPerSecond * steps;
    result.secondsInterval = scaled(latency.medianIntervalNs, steps / kNsPerSecond);
    if (step.energy)
    {
        result.joules = step.energy->joulesPerRun * steps;
    }
    if (request.pricePerGpuHour)
    {
        const double price = *request.pricePerGpuHour / kSecondsPerHour;
        result.cost = result.seconds * price;
        result.costInterval = scaled(result.secondsInterval, price);
    }
    return result;
}

ProjectedInput projectedInput(const ModelInput& input, std::int64_t steps)
{
    const bool images = input.model.outline && input.model.outline->fixedSequence;
    return {saturatingProduct({input.batch, images ? 1 : input.sequence, steps}), images};
}

std::vector<Table> projectionTables(const Report& report, const Format& format)
{
    const auto& request = report.plan.projection;
    const auto cases = casesOfJob(report, kTrainingJob);
    const auto* model = cases.empty() ? nullptr : std::get_if<ModelInput>(&cases.front()->measured.subject);
    if (!request || model == nullptr)
    {
        return {};
    }
    Table table;
    const auto input = projectedInput(*model, request->steps);
    table.title = fmt::format("{} training steps, {} {}", format.count(request->steps), format.count(input.count),
                              input.images ? "images" : "tokens");
    table.columns = {{"backend"}, {"time, 95 %", Align::Right}, {"energy", Align::Right}, {"cost, 95 %", Align::Right}};
    for (const auto* row : cases)
    {
        if (const auto projection = project(*row, *request))
        {
            table.rows.push_back({toString(projection->backend), timeText(*projection, format),
                                  energyText(*projection, format), costText(*projection, request->currency, format)});
        }
    }
    table.notes.push_back("The measured step times the number of steps, on one device: without optimizer, reading of "
                          "data, communication and pauses. The accuracy of a backend in this model is a validation's "
                          "matter.");
    return table.rows.empty() ? std::vector<Table>() : std::vector<Table>{table};
}

} // namespace headroom
