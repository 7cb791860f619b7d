// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/case_filter.h"
#include "core/report/cost.h"
#include "core/report/format.h"
#include "core/report/table.h"

#include <string>
#include <vector>

namespace headroom
{

/// A report in money, with what it is called. The report must outlive it.
struct PricedReport
{
    std::string label;
    const Report* report = nullptr;
    ReportCost cost;
};

/// "0.0123 USD", "0.0123 USD (0.0121 – 0.0125)": three digits, however small. Without a currency the number alone.
std::string moneyText(const Amount& amount, const std::string& currency, const Format& format);

/// A row for each run: price of an hour, wall and device time, energy, and what each costs.
Table runCostTable(const std::vector<PricedReport>& all, const Format& format);

/// Cases side by side, a column for each report: what a million tokens cost, and in a second table a thousand images.
/// Cases meet as those of a comparison do. Without rows where nothing is priced.
std::vector<Table> caseCostTables(const std::vector<PricedReport>& all, const CaseFilter& filter, const Format& format);

/// {"label": ..., "run": ..., "device": ..., "cases": [{"case": ..., "time": {"value": ..., "interval": ...}}]}
Json costJson(const PricedReport& priced, const CaseFilter& filter);

/// {"currency": ..., "runs": [costJson(), ...]}; \a all is not empty.
Json costsJson(const std::vector<PricedReport>& all, const CaseFilter& filter);

} // namespace headroom
