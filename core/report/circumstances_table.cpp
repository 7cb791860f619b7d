// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/hardware/version_text.h"
#include "core/report/report_tables.h"

#include "core/report/fact_rows.h"
#include "core/report/queries.h"

#include <fmt/format.h>

namespace headroom
{
namespace
{

std::string deviceText(const DeviceFacts& device, const Format& format)
{
    std::string text = device.name;
    if (device.kind == DeviceKind::Cuda)
    {
        text += fmt::format(", compute capability {}.{}", device.computeCapability / 10, device.computeCapability % 10);
    }
    else
    {
        text += fmt::format(", {}{}", format.plural(device.cores, "core"),
                            device.instructionSet.empty() ? "" : ", " + device.instructionSet);
    }
    return text + (device.memoryBytes > 0 ? ", " + format.bytes(static_cast<double>(device.memoryBytes)) : "");
}

void addSoftware(FactRows& rows, const Circumstances& facts)
{
    rows.add("LibTorch", facts.libtorchVersion);
    if (facts.cudaAvailable)
    {
        rows.add("CUDA", fmt::format("{} (driver {})", facts.cudaVersion, facts.driverVersion));
        rows.add("cuDNN", cudnnVersionText(facts.cudnnVersion));
    }
    else
    {
        rows.add("CUDA", facts.cudaProblem.empty() ? "not available" : "not available: " + facts.cudaProblem);
    }
    rows.add("threads", facts.threads > 0 ? std::to_string(facts.threads) : "");
    rows.add("system", facts.operatingSystem);
}

void addDetails(FactRows& rows, const Report& report, const Circumstances& facts)
{
    std::string priority;
    for (const auto& backend : facts.sdpaPriority)
    {
        priority += (priority.empty() ? "" : ", ") + backend;
    }
    rows.add("SDPA priority", priority);
    for (const auto& [name, on] : facts.flags)
    {
        rows.add(name, on ? "on" : "off");
    }
    for (const auto& [name, value] : facts.environment)
    {
        rows.add(name, value);
    }
    rows.add("host", facts.hostName);
    rows.add("LibTorch library", facts.libtorchPath);
    rows.add("seed", std::to_string(report.plan.seed));
}

} // namespace

Table circumstancesTable(const Report& report, const Format& format, Detail detail)
{
    FactRows rows;
    rows.table.columns = {{""}, {""}};
    if (const auto subject = mainSubject(report); subject && !report.fastest.empty()) // a sweep has many
    {
        rows.add("subject",
                 fmt::format("{}, {}", format.plural(static_cast<std::int64_t>(report.fastest.size()), "comparison"),
                             format.plural(static_cast<std::int64_t>(report.cases.size()), "case")));
    }
    else if (subject)
    {
        rows.add("subject", describe(*subject));
        if (const auto model = mainModel(report))
        {
            rows.add("parameters", format.count(parameterCount(model->model)));
        }
    }
    if (report.circumstances)
    {
        const auto& facts = *report.circumstances;
        if (const auto* device = facts.selectedDevice())
        {
            rows.add("device", deviceText(*device, format));
        }
        addSoftware(rows, facts);
        if (detail == Detail::Full)
        {
            addDetails(rows, report, facts);
        }
    }
    rows.add("Headroom", report.headroomVersion + (report.gitHash.empty() ? "" : " (" + report.gitHash + ")"));
    rows.add("run", report.run + (report.attempts > 1 ? fmt::format(", {} attempts", report.attempts) : ""));
    rows.add("started", report.startedUtc);
    rows.add("finished", report.finishedUtc);
    return std::move(rows.table);
}

} // namespace headroom
