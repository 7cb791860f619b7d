// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gate/gate_verdict.h"

#include <algorithm>

namespace headroom
{
namespace
{

Json caseJson(const GateCase& one)
{
    return Json{{"id", one.id},
                {"title", one.title},
                {"status", one.status()},
                {"baseline", one.baseline},
                {"candidate", one.candidate},
                {"time", one.timeJudged ? Json(one.time) : Json()},
                {"minimumEffect", one.minimumEffect},
                {"findings", one.findings}};
}

Json checkJson(const GateCheck& one)
{
    return Json{{"title", one.title},
                {"status", one.status()},
                {"baseline", one.baseline},
                {"candidate", one.candidate},
                {"findings", one.findings}};
}

} // namespace

std::int64_t GateVerdict::count(GateStatus status) const
{
    return std::ranges::count_if(cases, [status](const GateCase& one) { return one.status() == status; });
}

std::int64_t GateVerdict::count(ComparisonVerdict verdict) const
{
    return std::ranges::count_if(cases, [verdict](const GateCase& one)
                                 { return one.timeJudged && one.time.verdict == verdict; });
}

std::int64_t GateVerdict::checksThat(GateStatus status) const
{
    return std::ranges::count_if(checks, [status](const GateCheck& one) { return one.status() == status; });
}

void to_json(Json& json, const GateVerdict& verdict)
{
    Json cases = Json::array();
    std::ranges::transform(verdict.cases, std::back_inserter(cases), caseJson);
    Json checks = Json::array();
    std::ranges::transform(verdict.checks, std::back_inserter(checks), checkJson);
    json = Json{{"schema_version", 1},
                {"conclusion", verdict.conclusion},
                {"status", static_cast<int>(verdict.conclusion)},
                {"reasons", verdict.reasons},
                {"baseline", verdict.baseline},
                {"baselineRuns", verdict.baselineRuns},
                {"candidateRuns", verdict.candidateRuns},
                {"forced", verdict.forced},
                {"thresholds", verdict.thresholds},
                {"counts",
                 {{"cases", verdict.cases.size()},
                  {"failed", verdict.count(GateStatus::Failed)},
                  {"cannotTell", verdict.count(GateStatus::CannotTell)},
                  {"passed", verdict.count(GateStatus::Passed)},
                  {"slower", verdict.count(ComparisonVerdict::Slower)},
                  {"faster", verdict.count(ComparisonVerdict::Faster)},
                  {"same", verdict.count(ComparisonVerdict::Same)}}},
                {"differences", verdict.differences},
                {"shift", verdict.shift ? Json(*verdict.shift) : Json()},
                {"shiftNote", verdict.shiftNote},
                {"cases", std::move(cases)},
                {"checks", std::move(checks)},
                {"notes", verdict.notes},
                {"newCases", verdict.newCases}};
}

} // namespace headroom
