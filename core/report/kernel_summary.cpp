// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/case_cells.h"
#include "core/report/fastest.h"
#include "core/report/kernel_table.h"

namespace headroom
{

std::vector<Table> kernelSummaryTables(const Report& report, const Format& format)
{
    if (!isKernelSweep(report) || report.cases.empty())
    {
        return {};
    }
    Table table;
    table.columns = {{"backend"},
                     {"measured", Align::Right},
                     {"fastest", Align::Right},
                     {"too close", Align::Right},
                     {"rejected", Align::Right},
                     {"left out", Align::Right}};
    for (const auto& [backend, name] : EnumNames<Backend>::names)
    {
        std::int64_t cases = 0;
        std::int64_t measured = 0;
        std::int64_t rejected = 0;
        for (const auto& row : report.cases)
        {
            const bool ours = row.measured.backend == backend;
            cases += ours ? 1 : 0;
            measured += ours && isMeasured(row) ? 1 : 0;
            rejected += ours && isMeasured(row) && isRejected(row) ? 1 : 0;
        }
        if (cases == 0)
        {
            continue;
        }
        const auto wins = winsOf(report, backend);
        table.rows.push_back({name, format.count(measured), format.count(wins.first), format.count(wins.close),
                              Cell(format.count(rejected), rejected > 0 ? Tone::Bad : Tone::Plain),
                              format.count(cases - measured)});
    }
    return {table};
}

} // namespace headroom
