// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/report_legend.h"

#include "ui/models/report_words.h"

#include <QCoreApplication>

namespace headroom::ui
{

QString backendKey(Backend backend)
{
    return textOf(toString(backend));
}

QString reportKey(std::size_t index)
{
    return QStringLiteral("report%1").arg(index);
}

void addReportEntries(std::vector<LegendEntry>& entries, const std::vector<QString>& names, ReportLook look)
{
    for (std::size_t at = 0; at < names.size() && names.size() > 1; ++at)
    {
        const bool hollow = look == ReportLook::Hollow && at > 0;
        LegendEntry entry;
        entry.key = reportKey(at);
        entry.name = hollow ? QCoreApplication::translate("ReportLegend", "%1 (hollow)").arg(names[at]) : names[at];
        entry.ink = InkRole::Secondary;
        entry.marker = look == ReportLook::Lines ? Marker::None : hollow ? Marker::Ring : Marker::Circle;
        entry.style = look == ReportLook::Lines ? lineStyleOf(at) : LineStyle::None;
        entries.push_back(entry);
    }
}

} // namespace headroom::ui
