// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/csv_report.h"

#include "core/report/case_figures.h"
#include "core/report/case_work.h"
#include "core/report/queries.h"

#include <fmt/format.h>

#include <functional>
#include <string_view>

namespace headroom
{
namespace
{

std::string number(double value)
{
    return fmt::format("{}", value);
}
std::string number(const std::optional<double>& value)
{
    return value ? number(*value) : std::string();
}
std::string number(std::int64_t value)
{
    return std::to_string(value);
}

/// A case with what is looked up for it once.
struct Row
{
    const Report& report;
    const CaseReport& entry;
    const ComparisonReport* comparison = nullptr;
};

struct Field
{
    std::string_view header;
    std::function<std::string(const Row&)> value;
};

/// A figure of a latency summary that may be missing.
template <typename Member> std::function<std::string(const Row&)> ofDevice(Member member)
{
    return [member](const Row& row) { return row.entry.device ? number(std::invoke(member, *row.entry.device)) : ""; };
}

std::function<std::string(const Row&)> ofInterval(double Interval::*end)
{
    return [end](const Row& row)
    {
        return row.entry.device && row.entry.device->medianIntervalNs ? number(*row.entry.device->medianIntervalNs.*end)
                                                                      : std::string();
    };
}

std::function<std::string(const Row&)> ofRatioInterval(double Interval::*end)
{
    return [end](const Row& row)
    {
        return row.comparison != nullptr && row.comparison->comparison.interval
                   ? number(*row.comparison->comparison.interval.*end)
                   : std::string();
    };
}

std::string dtypeOf(const Subject& subject)
{
    const auto* model = std::get_if<ModelInput>(&subject);
    return std::string(toString(model != nullptr ? model->dtype : std::get<AttentionProblem>(subject).dtype));
}

std::string joined(const std::vector<std::string>& texts)
{
    std::string result;
    for (const auto& text : texts)
    {
        result += (result.empty() ? "" : "; ") + text;
    }
    return result;
}

std::vector<Field> identityFields()
{
    return {
        {"run", [](const Row& row) { return row.report.run; }},
        {"job", [](const Row& row) { return row.entry.jobId; }},
        {"case", [](const Row& row) { return row.entry.result.caseId; }},
        {"subject", [](const Row& row) { return describe(row.entry.measured.subject); }},
        {"device", [](const Row& row) { return toText(row.report.plan.device); }},
        {"dtype", [](const Row& row) { return dtypeOf(row.entry.measured.subject); }},
        {"batch", [](const Row& row) { return number(batchOf(row.entry.measured.subject)); }},
        {"sequence_length", [](const Row& row) { return number(sequenceOf(row.entry.measured.subject)); }},
        {"backend", [](const Row& row) { return std::string(toString(row.entry.measured.backend)); }},
        {"pass", [](const Row& row) { return std::string(toString(row.entry.measured.pass)); }},
        {"launch", [](const Row& row) { return std::string(toString(row.entry.measured.launch)); }},
        {"l2", [](const Row& row) { return std::string(toString(row.entry.measured.l2)); }},
        {"outcome", [](const Row& row) { return std::string(toString(row.entry.outcome)); }},
        {"cause", [](const Row& row) { return std::string(toString(row.entry.cause)); }},
        {"reason", [](const Row& row) { return row.entry.reason; }},
        {"accuracy", [](const Row& row) { return std::string(toString(row.entry.accuracy)); }},
        {"backend_seen",
         [](const Row& row) {
             return row.entry.evidence && row.entry.evidence->ran ? std::string(toString(*row.entry.evidence->ran))
                                                                  : "";
         }},
    };
}

std::function<std::string(const Row&)> ofLabel(SampleLabel label)
{
    return [label](const Row& row) { return number(countLabel(row.entry, label)); };
}

/// A figure of the roofline that may be missing.
template <typename Member> std::function<std::string(const Row&)> ofRoofline(Member member)
{
    return [member](const Row& row)
    { return row.entry.roofline ? number(std::invoke(member, *row.entry.roofline)) : std::string(); };
}

std::function<std::string(const Row&)> ofEnergy(double EnergyReport::*member)
{
    return [member](const Row& row) { return row.entry.energy ? number(*row.entry.energy.*member) : std::string(); };
}

/// What the times mean on the device.
std::vector<Field> hardwareFields()
{
    return {
        {"flops_per_s", ofRoofline(&Roofline::flopsPerSecond)},
        {"convention_flops_per_s", ofRoofline(&Roofline::conventionFlopsPerSecond)},
        {"bytes_per_s", ofRoofline(&Roofline::bytesPerSecond)},
        {"share_of_attainable", ofRoofline(&Roofline::shareOfAttainable)},
        {"bound_by",
         [](const Row& row)
         {
             return row.entry.roofline && row.entry.roofline->boundBy
                        ? std::string(toString(*row.entry.roofline->boundBy))
                        : std::string();
         }},
        {"share_of_specification", ofRoofline(&Roofline::shareOfSpecification)},
        {"sm_mhz", ofRoofline(&Roofline::smMhz)},
        {"median_at_max_clock_ns", [](const Row& row) { return number(row.entry.medianAtMaxClockNs); }},
        {"joules_per_run", ofEnergy(&EnergyReport::joulesPerRun)},
        {"mean_power_w", ofEnergy(&EnergyReport::meanPowerW)},
        {"temperature_max_c", [](const Row& row)
         { return row.entry.deviceState ? number(row.entry.deviceState->highestTemperatureC) : std::string(); }},
        {"throttle_reasons", [](const Row& row)
         { return row.entry.deviceState ? joined(row.entry.deviceState->throttleReasons) : std::string(); }},
        {"low_clock_samples", ofLabel(SampleLabel::LowClock)},
        {"outlier_samples", ofLabel(SampleLabel::Outlier)},
        {"other_process_samples", ofLabel(SampleLabel::OtherProcess)},
        {"core_wait_samples", ofLabel(SampleLabel::CoreWait)},
        {"waited_share", [](const Row& row) { return number(row.entry.waitedShare); }},
        {"predicted_bytes", [](const Row& row) { return number(row.entry.result.predictedBytes); }},
    };
}

std::vector<Field> figureFields()
{
    return {
        {"samples", [](const Row& row) { return std::to_string(row.entry.deviceNs.size()); }},
        {"mean_ns", ofDevice(&LatencySummary::meanNs)},
        {"standard_deviation_ns", ofDevice(&LatencySummary::standardDeviationNs)},
        {"median_ns", ofDevice(&LatencySummary::medianNs)},
        {"median_low_ns", ofInterval(&Interval::low)},
        {"median_high_ns", ofInterval(&Interval::high)},
        {"minimum_ns", ofDevice(&LatencySummary::minimumNs)},
        {"maximum_ns", ofDevice(&LatencySummary::maximumNs)},
        {"p95_ns", ofDevice([](const LatencySummary& latency) { return latency.p95Ns.value; })},
        {"p99_ns", ofDevice([](const LatencySummary& latency) { return latency.p99Ns.value; })},
        {"wall_median_ns", [](const Row& row) { return row.entry.wall ? number(row.entry.wall->medianNs) : ""; }},
        {"samples_per_s", [](const Row& row) { return number(row.entry.samplesPerSecond); }},
        {"tokens_per_s", [](const Row& row) { return number(row.entry.tokensPerSecond); }},
        {"peak_bytes", [](const Row& row) { return number(row.entry.result.peakBytes); }},
        {"first_call_ns", [](const Row& row) { return number(row.entry.result.firstCallNs); }},
        {"warmup_runs", [](const Row& row) { return number(row.entry.result.warmupRuns); }},
        {"stop", [](const Row& row) { return std::string(toString(row.entry.result.stop)); }},
        {"baseline_case", [](const Row& row) { return row.comparison != nullptr ? row.comparison->baselineCase : ""; }},
        {"speedup",
         [](const Row& row) { return row.comparison != nullptr ? number(row.comparison->comparison.ratio) : ""; }},
        {"speedup_low", ofRatioInterval(&Interval::low)},
        {"speedup_high", ofRatioInterval(&Interval::high)},
        {"verdict", [](const Row& row)
         { return row.comparison != nullptr ? std::string(toString(row.comparison->comparison.verdict)) : ""; }},
        {"ranked", [](const Row& row)
         { return row.comparison == nullptr ? "" : (row.comparison->ranked ? std::string("true") : "false"); }},
        {"flags", [](const Row& row) { return joined(row.entry.flags); }},
        {"repro", [](const Row& row) { return row.entry.repro; }},
    };
}

std::string quoted(const std::string& text)
{
    if (text.find_first_of(",\"\r\n") == std::string::npos)
    {
        return text;
    }
    std::string result = "\"";
    for (const char c : text)
    {
        result += c == '"' ? "\"\"" : std::string(1, c);
    }
    return result + "\"";
}

/// A row a check, for a run that timed nothing.
std::string checksCsv(const Report& report)
{
    std::string text = "run,device,check,item,subject,backend,status,summary,details\r\n";
    for (const auto& check : report.checks)
    {
        text += fmt::format("{},{},{},{},{},{},{},{},{}\r\n", quoted(report.run), toText(report.plan.device),
                            toString(check.check), quoted(check.item), quoted(check.subject), toString(check.backend),
                            toString(check.status), quoted(check.summary), quoted(joined(check.details)));
    }
    return text;
}

} // namespace

std::string writeCsvReport(const Report& report)
{
    if (report.cases.empty() && !report.checks.empty())
    {
        return checksCsv(report);
    }
    auto fields = identityFields();
    for (auto& more : {figureFields(), hardwareFields()})
    {
        fields.insert(fields.end(), more.begin(), more.end());
    }
    std::string text;
    for (const auto& field : fields)
    {
        text += fmt::format("{}{}", text.empty() ? "" : ",", field.header);
    }
    text += "\r\n";
    for (const auto& entry : report.cases)
    {
        const Row row{report, entry, comparisonOf(report, entry)};
        std::string line;
        for (const auto& field : fields)
        {
            line += &field == &fields.front() ? "" : ",";
            line += quoted(field.value(row));
        }
        text += line + "\r\n";
    }
    return text;
}

} // namespace headroom
