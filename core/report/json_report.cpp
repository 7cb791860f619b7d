// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/json_report.h"

#include "core/report/original_keys.h"

#include <fmt/format.h>

#include <algorithm>

namespace headroom
{

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CaseReport, measured, jobId, outcome, cause, reason, accuracy,
                                                accuracyNote, evidence, deviceNs, round, smMhz, waitNs, wallNs, device,
                                                wall, waitedShare, samplesPerSecond, tokensPerSecond, result, labels,
                                                roofline, medianAtMaxClockNs, energy, deviceState, flags, repro)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ComparisonReport, jobId, baselineCase, candidateCase, comparison,
                                                memoryRatio, ranked, whyUnranked)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(JobReport, id, stage, title, started, finished, result)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(FastestReport, jobId, ranked, fastest, second, ratio, close)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Headline, pass, best, comparison)

namespace
{

constexpr std::string_view kSchemaKey = "schema_version";
constexpr std::string_view kIndent = "  ";

std::string indentation(std::size_t depth)
{
    std::string text;
    for (std::size_t i = 0; i < depth; ++i)
    {
        text += kIndent;
    }
    return text;
}

bool isNumbers(const Json& value)
{
    return value.is_array() &&
           std::none_of(value.begin(), value.end(), [](const Json& child) { return !child.is_number(); });
}

/// Indented, but an array of numbers on one line: thousands of samples are no reading.
void write(std::string& text, const Json& value, std::size_t depth)
{
    if (!value.is_structured() || value.empty() || isNumbers(value))
    {
        text += toJsonLine(value);
        return;
    }
    text += value.is_array() ? "[" : "{";
    bool first = true;
    for (const auto& [key, child] : value.items())
    {
        text += first ? "\n" : ",\n";
        text += indentation(depth + 1);
        if (value.is_object())
        {
            text += toJsonLine(key) + ": ";
        }
        write(text, child, depth + 1);
        first = false;
    }
    text += "\n" + indentation(depth) + (value.is_array() ? "]" : "}");
}

Json restOf(const Report& report)
{
    return {{"run", report.run},
            {"attempts", report.attempts},
            {"startedUtc", report.startedUtc},
            {"finishedUtc", report.finishedUtc},
            {"headroomVersion", report.headroomVersion},
            {"gitHash", report.gitHash},
            {"conclusion", report.conclusion},
            {"conclusionReasons", report.conclusionReasons},
            {"headlines", report.headlines},
            {"fastest", report.fastest},
            {"comparisons", report.comparisons},
            {"recommendations", report.recommendations},
            {"checks", report.checks},
            {"layers", report.layers},
            {"observations", report.observations},
            {"jobs", report.jobs},
            {"plan", report.plan},
            {"finished", report.finished},
            {"telemetry", report.telemetry},
            {"peaks", report.peaks},
            {"frontiers", report.frontiers},
            {"log", report.log}};
}

/// Of a model from a file: what was seen in it, where a reader looks for it. The plan has it too, and is read.
Json withInspection(Json rest, const Report& report)
{
    if (report.plan.inspection)
    {
        rest["inspection"] = *report.plan.inspection;
    }
    return rest;
}

template <typename T> void readMember(const Json& object, const char* name, T& value)
{
    if (const auto found = object.find(name); found != object.end())
    {
        found->get_to(value);
    }
}

void readRest(const Json& rest, Report& report)
{
    readMember(rest, "run", report.run);
    readMember(rest, "attempts", report.attempts);
    readMember(rest, "startedUtc", report.startedUtc);
    readMember(rest, "finishedUtc", report.finishedUtc);
    readMember(rest, "headroomVersion", report.headroomVersion);
    readMember(rest, "gitHash", report.gitHash);
    readMember(rest, "conclusion", report.conclusion);
    readMember(rest, "conclusionReasons", report.conclusionReasons);
    readMember(rest, "headlines", report.headlines);
    readMember(rest, "fastest", report.fastest);
    readMember(rest, "comparisons", report.comparisons);
    readMember(rest, "recommendations", report.recommendations);
    readMember(rest, "checks", report.checks);
    readMember(rest, "layers", report.layers);
    readMember(rest, "observations", report.observations);
    readMember(rest, "jobs", report.jobs);
    readMember(rest, "plan", report.plan);
    readMember(rest, "finished", report.finished);
    readMember(rest, "telemetry", report.telemetry);
    readMember(rest, "peaks", report.peaks);
    readMember(rest, "frontiers", report.frontiers);
    readMember(rest, "log", report.log);
}

/// Whether \a text, which is no JSON, would be one with more behind it.
bool endsInside(std::string_view text)
{
    try
    {
        return Json::parse(text).is_discarded(); // never: it is no JSON
    }
    catch (const Json::parse_error& error)
    {
        return error.byte > text.size(); // all that is there was read, and then the end
    }
}

void checkSchema(const Json& document)
{
    if (!isHeadroomReport(document))
    {
        throw std::invalid_argument("This JSON is no report of Headroom: it has no schema_version.");
    }
    const auto version = document.at(kSchemaKey).get<std::int64_t>();
    if (version > Report::kSchemaVersion)
    {
        throw std::invalid_argument(
            fmt::format("This report has schema version {}, and this Headroom reads versions up "
                        "to {}. A newer Headroom wrote it, and opens it.",
                        version, Report::kSchemaVersion));
    }
    if (version < 1)
    {
        throw std::invalid_argument(fmt::format("This report is damaged: there is no schema version {}.", version));
    }
}

} // namespace

std::string writeJsonReport(const Report& report)
{
    auto members = originalKeys(report);
    members.emplace_back(kSchemaKey, report.schemaVersion);
    members.emplace_back("circumstances", report.circumstances);
    members.emplace_back("headroom", withInspection(restOf(report), report));
    members.emplace_back("judgements", report.judgements);
    members.emplace_back("cases", report.cases);
    std::string text = "{";
    for (const auto& [key, value] : members)
    {
        text += fmt::format("{}\n{}\"{}\": ", text.size() > 1 ? "," : "", kIndent, key);
        write(text, value, 1);
    }
    return text + "\n}\n";
}

bool isHeadroomReport(const Json& document)
{
    const auto found = document.is_object() ? document.find(kSchemaKey) : document.end();
    return found != document.end() && found->is_number_integer();
}

Json parseReportText(std::string_view text)
{
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    {
        throw std::invalid_argument("The file is empty.");
    }
    try
    {
        return parseJson(text);
    }
    catch (const std::invalid_argument& error)
    {
        throw std::invalid_argument(endsInside(text)
                                        ? fmt::format("The file is cut off: it ends in mid-text ({}).", error.what())
                                        : fmt::format("The file is no report: it is {}.", error.what()));
    }
}

Report reportFromDocument(const Json& document)
{
    checkSchema(document);
    try
    {
        Report report;
        readMember(document, kSchemaKey.data(), report.schemaVersion);
        readMember(document, "circumstances", report.circumstances);
        readMember(document, "judgements", report.judgements);
        readMember(document, "cases", report.cases);
        readRest(document.at("headroom"), report);
        return report;
    }
    catch (const Json::exception& error)
    {
        throw std::invalid_argument(fmt::format("This report is damaged: {}.", error.what()));
    }
    catch (const std::invalid_argument& error)
    {
        throw std::invalid_argument(fmt::format("This report is damaged: {}.", error.what()));
    }
}

Report readJsonReport(std::string_view text)
{
    return reportFromDocument(parseReportText(text));
}

} // namespace headroom
