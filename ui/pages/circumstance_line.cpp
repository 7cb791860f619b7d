// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circumstance_line.h"

#include "core/report/unlike_circumstances.h"
#include "ui/models/report_words.h"

#include <QStringList>

#include <vector>

namespace headroom::ui
{
namespace
{

constexpr std::size_t kMostReports = 3; ///< a sentence each

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
    const Format format;
    QStringList lines; // of those that differ; the others need no word
    QStringList shorter;
    QStringList all;
    std::size_t unlike = 0;
    for (std::size_t at = 1; at < reports.reports.size(); ++at)
    {
        const auto& other = reports.reports[at];
        const auto differences = unlikenessOf(*reports.front().report, *other.report);
        unlike += differences.empty() ? 0 : 1;
        if (!differences.empty() && unlike <= kMostReports)
        {
            lines << textOf(unlikeSentence(other.name.toStdString(), differences, format));
            shorter << textOf(
                unlikeSentence(other.name.toStdString(), differences, format, CircumstanceValues::LeftOut));
        }
        for (const auto& one : differences)
        {
            all << tr("%1: %2 %3, here %4")
                       .arg(other.name, textOf(circumstanceName(one.name)),
                            textOf(circumstanceValue(one.name, one.second, format)),
                            textOf(circumstanceValue(one.name, one.first, format)));
        }
    }
    const bool alike = unlike == 0;
    if (alike)
    {
        lines << (reports.reports.size() == 2
                      ? textOf(unlikeSentence(reports.reports.back().name.toStdString(), {}, format))
                      : tr("All reports were measured in the same circumstances."));
    }
    if (unlike > 1) // each with its values would fill a third of the page
    {
        lines = shorter << (unlike > kMostReports ? tr("More of them differ: the page Compare names all.")
                                                  : tr("The page Compare has the values."));
    }
    setText((alike ? QString() : tr("Unlike circumstances. ")) + lines.join(QLatin1Char(' ')));
    setToolTip(all.join(QLatin1Char('\n')));
    setTone(alike ? Tone::Muted : Tone::Caution);
    show();
}

} // namespace headroom::ui
