// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/job.h"

#include <stdexcept>

namespace headroom
{
namespace
{

template <typename... Visitors> struct Overloaded : Visitors...
{
    using Visitors::operator()...;
};
template <typename... Visitors> Overloaded(Visitors...) -> Overloaded<Visitors...>;

std::string_view kindOf(const JobWork& work)
{
    return std::visit(Overloaded{[](const ProbeJob&) { return std::string_view("probe"); },
                                 [](const JudgeJob&) { return std::string_view("judge"); },
                                 [](const MeasureJob&) { return std::string_view("measure"); },
                                 [](const CompareJob&) { return std::string_view("compare"); },
                                 [](const CheckJob&) { return std::string_view("check"); }},
                      work);
}

Json workToJson(const JobWork& work)
{
    return std::visit(Overloaded{[](const ProbeJob& job)
                                 {
                                     return Json{{"subject", subjectToJson(job.subject)},
                                                 {"probe", job.probe},
                                                 {"backends", job.backends},
                                                 {"pass", job.pass}};
                                 },
                                 [](const JudgeJob& job)
                                 {
                                     Json json{{"subject", subjectToJson(job.subject)}, {"backends", job.backends}};
                                     if (job.captured)
                                     {
                                         json["captured"] = *job.captured;
                                     }
                                     if (job.side)
                                     {
                                         json["side"] = *job.side;
                                     }
                                     return json;
                                 },
                                 [](const MeasureJob& job) {
                                     return Json{{"case", job.measured}};
                                 },
                                 [](const CompareJob& job) {
                                     return Json{{"cases", job.cases}, {"leftOut", job.leftOut}};
                                 },
                                 [](const CheckJob& job)
                                 {
                                     return Json{{"check", job.check},
                                                 {"subject", subjectToJson(job.subject)},
                                                 {"backends", job.backends},
                                                 {"item", job.item}};
                                 }},
                      work);
}

JobWork workFromJson(const std::string& kind, const Json& json)
{
    if (kind == "probe")
    {
        return ProbeJob{subjectFromJson(json.at("subject")), json.value("probe", ProbeKind::Layers),
                        json.value("backends", std::vector<Backend>()), json.value("pass", Pass::Forward)};
    }
    if (kind == "judge")
    {
        return JudgeJob{subjectFromJson(json.at("subject")), json.at("backends").get<std::vector<Backend>>(),
                        json.value("captured", std::optional<CapturedCall>()),
                        json.value("side", std::optional<Side>())};
    }
    if (kind == "measure")
    {
        return MeasureJob{json.at("case").get<Case>()};
    }
    if (kind == "compare")
    {
        return CompareJob{json.at("cases").get<std::vector<Case>>(), json.value("leftOut", std::vector<LeftOutCase>())};
    }
    if (kind == "check")
    {
        return CheckJob{json.at("check").get<CheckKind>(), subjectFromJson(json.at("subject")),
                        json.at("backends").get<std::vector<Backend>>(), json.value("item", std::string())};
    }
    throw std::invalid_argument("'" + kind +
                                "' is not a kind of job; use one of probe, judge, measure, compare, check");
}

} // namespace

void to_json(Json& json, const Job& job)
{
    json = Json{{"id", job.id},
                {"stage", job.stage},
                {"title", job.title},
                {"estimateSeconds", job.estimateSeconds},
                {"isolated", job.isolated},
                {"kind", std::string(kindOf(job))},
                {"work", workToJson(job.work)}};
}

void from_json(const Json& json, Job& job)
{
    job = {};
    json.at("id").get_to(job.id);
    json.at("stage").get_to(job.stage);
    job.title = json.value("title", std::string());
    job.estimateSeconds = json.value("estimateSeconds", 0.0);
    job.isolated = json.value("isolated", false);
    job.work = workFromJson(json.at("kind").get<std::string>(), json.at("work"));
}

std::vector<Case> casesOf(const Job& job)
{
    if (const auto* measure = std::get_if<MeasureJob>(&job.work))
    {
        return {measure->measured};
    }
    if (const auto* compare = std::get_if<CompareJob>(&job.work))
    {
        return compare->cases;
    }
    return {};
}

std::string_view kindOf(const Job& job)
{
    return kindOf(job.work);
}

} // namespace headroom
