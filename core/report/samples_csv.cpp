// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/samples_csv.h"

#include <fmt/format.h>

namespace headroom
{
namespace
{

/// None of these texts holds a comma or a quote: they are ids and enum names.
std::string identityOf(const Report& report, const CaseReport& row)
{
    const auto& measured = row.measured;
    return fmt::format("{},{},{},{},{},{},{}", report.run, row.jobId, row.result.caseId, toString(measured.backend),
                       toString(measured.pass), toString(measured.launch), toString(measured.l2));
}

std::string at(const std::vector<double>& values, std::size_t index, std::size_t size)
{
    return values.size() == size ? fmt::format("{}", values[index]) : std::string();
}

} // namespace

std::string writeSamplesCsv(const Report& report)
{
    std::string text = "run,job,case,backend,pass,launch,l2,clock,index,round,ns,sm_mhz,wait_ns,label\r\n";
    for (const auto& row : report.cases)
    {
        const auto identity = identityOf(report, row);
        if (row.result.firstCallNs)
        {
            text += fmt::format("{},first-call,0,,{},,,{}\r\n", identity, *row.result.firstCallNs,
                                toString(SampleLabel::FirstCall));
        }
        const auto size = row.deviceNs.size();
        for (std::size_t i = 0; i < size; ++i)
        {
            const auto round = row.round.size() == size ? fmt::format("{}", row.round[i]) : std::string();
            const auto label = row.labels.size() == size ? toString(row.labels[i]) : std::string_view();
            text += fmt::format("{},device,{},{},{},{},{},{}\r\n", identity, i, round, row.deviceNs[i],
                                at(row.smMhz, i, size), at(row.waitNs, i, size), label);
        }
        for (std::size_t i = 0; i < row.wallNs.size(); ++i)
        {
            text += fmt::format("{},wall,{},,{},,,\r\n", identity, i, row.wallNs[i]);
        }
    }
    return text;
}

} // namespace headroom
