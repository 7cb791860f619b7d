// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circumstance_line.h"

#include "ui/models/unlike_circumstances.h"

#include <QStringList>

namespace headroom::ui
{
namespace
{

constexpr std::size_t kMostReports = 3; ///< a line each

} // namespace

CircumstanceLine::CircumstanceLine(const Theme& theme, QWidget* parent) : Label(theme, TextRole::Note, parent)
{
    setObjectName(QStringLiteral("circumstanceLine"));
    setAccessibleName(tr("Unlike circumstances"));
    setWordWrap(true);
    hide();
}

void CircumstanceLine::showReports(const ReportSet& reports)
{
    if (reports.reports.size() < 2)
    {
        hide();
        return;
    }
    QStringList lines; // of those that differ; the others need no word
    QStringList all;
    std::size_t unlike = 0;
    for (std::size_t at = 1; at < reports.reports.size(); ++at)
    {
        const auto& other = reports.reports[at];
        const auto differences = unlikenessOf(*reports.front().report, *other.report);
        unlike += differences.empty() ? 0 : 1;
        if (!differences.empty() && unlike <= kMostReports)
        {
            lines << unlikeSentence(other.name, differences);
        }
        for (const auto& one : differences)
        {
            all << tr("%1: %2 %3, here %4")
                       .arg(other.name, circumstanceName(one.name), circumstanceValue(one.name, one.second),
                            circumstanceValue(one.name, one.first));
        }
    }
    const bool alike = unlike == 0;
    if (alike)
    {
        lines << (reports.reports.size() == 2 ? unlikeSentence(reports.reports.back().name, {})
                                              : tr("All reports were measured in the same circumstances."));
    }
    if (unlike > kMostReports)
    {
        lines << tr("More of them differ: the page Compare names all.");
    }
    setText((alike ? QString() : tr("Unlike circumstances. ")) + lines.join(QLatin1Char(' ')));
    setToolTip(all.join(QLatin1Char('\n')));
    setTone(alike ? Tone::Muted : Tone::Caution);
    show();
}

} // namespace headroom::ui
