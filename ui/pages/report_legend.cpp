// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/report_legend.h"

#include "ui/models/report_words.h"

#include <QCoreApplication>

namespace headroom::ui
{

namespace
{

QString hollowName(const QString& name, std::size_t index)
{
    const QString text = index == 1   ? QCoreApplication::translate("ReportLegend", "%1 (hollow)")
                         : index == 2 ? QCoreApplication::translate("ReportLegend", "%1 (hollow, larger)")
                                      : QCoreApplication::translate("ReportLegend", "%1 (hollow, larger still)");
    return text.arg(name);
}

} // namespace

QString backendKey(Backend backend)
{
    return textOf(toString(backend));
}

QString reportKey(std::size_t index)
{
    return QStringLiteral("report%1").arg(index);
}

double markerSizeOf(std::size_t index)
{
    constexpr double kStep = 0.6; // told apart at a glance
    return index > 1 ? 1 + kStep * static_cast<double>(index - 1) : 1;
}

void addReportEntries(std::vector<LegendEntry>& entries, const std::vector<QString>& names, ReportLook look)
{
    for (std::size_t at = 0; at < names.size() && names.size() > 1; ++at)
    {
        const bool hollow = look == ReportLook::Hollow && at > 0;
        LegendEntry entry;
        entry.key = reportKey(at);
        entry.name = hollow ? hollowName(names[at], at) : names[at];
        entry.ink = InkRole::Secondary;
        entry.marker = look == ReportLook::Lines ? Marker::None : hollow ? Marker::Ring : Marker::Circle;
        entry.style = look == ReportLook::Lines ? lineStyleOf(at) : LineStyle::None;
        entry.size = hollow ? markerSizeOf(at) : 1;
        entries.push_back(entry);
    }
}

} // namespace headroom::ui
