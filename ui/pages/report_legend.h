// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/backend.h"
#include "ui/charts/chart_legend.h"

#include <QString>

#include <vector>

namespace headroom::ui
{

/// The keys by which legends and charts of all pages mean a backend, and one of the reports that lie over each other.
QString backendKey(Backend backend);
QString reportKey(std::size_t index);

/// How large the hollow markers of the report at \a index are: of the second as all markers, of each further one
/// larger.
double markerSizeOf(std::size_t index);

/// How the reports that lie over each other are told apart.
enum class ReportLook
{
    Lines, ///< by the style of their lines
    Hollow ///< by hollow markers for all but the first, of a size for each of them
};

/// An entry for each of the reports \a names, behind \a entries; none where there is one report alone.
void addReportEntries(std::vector<LegendEntry>& entries, const std::vector<QString>& names, ReportLook look);

/// The names of \a sources, in their order.
template <typename Source> std::vector<QString> namesOf(const std::vector<Source>& sources)
{
    std::vector<QString> names;
    for (const auto& source : sources)
    {
        names.push_back(source.name);
    }
    return names;
}

} // namespace headroom::ui
