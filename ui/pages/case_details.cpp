// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/case_details.h"

#include "core/report/case_cells.h"
#include "core/report/format.h"
#include "core/report/queries.h"
#include "core/report/report_tables.h"
#include "ui/models/report_words.h"

#include <QCoreApplication>

namespace headroom::ui
{
namespace
{

QString tr(const char* text)
{
    return QCoreApplication::translate("CaseDetails", text);
}

/// Lines of a two-column table.
class Lines
{
public:
    void add(const QString& name, const QString& value) { addHtml(name, value.toHtmlEscaped()); }

    /// Names of code, each letter as it is: Inter draws the x of "64x128" as a sign of multiplication.
    void addCode(const QString& name, const QString& value)
    {
        addHtml(name, value.isEmpty() ? value
                                      : QStringLiteral("<span style='font-family:\"DejaVu Sans Mono\"'>%1</span>")
                                            .arg(value.toHtmlEscaped()));
    }

    QString html() const { return QStringLiteral("<table cellspacing='2'>%1</table>").arg(m_html); }

private:
    void addHtml(const QString& name, const QString& html)
    {
        if (!html.isEmpty())
        {
            m_html += QStringLiteral("<tr><td style='padding-right:12px'>%1</td><td>%2</td></tr>")
                          .arg(name.toHtmlEscaped(), html);
        }
    }

    QString m_html;
};

QString joined(const std::vector<std::string>& texts, const QString& separator)
{
    QStringList list;
    for (const auto& text : texts)
    {
        list.append(textOf(text));
    }
    return list.join(separator);
}

void addTimes(Lines& lines, const CaseReport& row, const Format& format)
{
    if (!row.device)
    {
        return;
    }
    const auto& times = *row.device;
    lines.add(tr("Median"),
              QStringLiteral("%1 · %2").arg(textOf(format.duration(times.medianNs, times.medianIntervalNs)),
                                            textOf(format.plural(times.n, "sample"))));
    for (const auto& [name, quantile] : {std::pair{"p95", times.p95Ns}, std::pair{"p99", times.p99Ns}})
    {
        lines.add(QLatin1String(name), quantile.value ? textOf(format.duration(*quantile.value, quantile.interval))
                                       : quantile.samplesMissing > 0
                                           ? tr("%1 samples").arg(textOf(format.quantile(quantile)))
                                           : textOf(format.quantile(quantile)));
    }
    if (row.result.firstCallNs)
    {
        lines.add(tr("First call"), textOf(format.duration(*row.result.firstCallNs)));
    }
}

void addEvidence(Lines& lines, const CaseReport& row)
{
    if (!row.evidence)
    {
        return;
    }
    const auto& seen = *row.evidence;
    const QString ran = seen.ran ? backendName(*seen.ran) : tr("no attention");
    lines.add(tr("Seen to run"),
              seen.asPredicted ? tr("%1, as predicted").arg(ran) : tr("%1, not as predicted").arg(ran));
    lines.addCode(seen.kernels.empty() ? tr("Operators") : tr("Kernels"),
                  joined(seen.kernels.empty() ? seen.operators : seen.kernels, QStringLiteral(", ")));
}

} // namespace

QString caseDetails(const Report& report, const CaseReport& row)
{
    const Format format;
    Lines lines;
    addTimes(lines, row, format);
    if (const auto* comparison = comparisonOf(report, row))
    {
        lines.add(tr("Against baseline"), textOf(comparisonCell(*comparison, format).text));
        lines.add(tr("Because"), textOf(comparison->ranked ? comparison->comparison.reason : comparison->whyUnranked));
    }
    lines.add(tr("Accuracy"), row.accuracyNote.empty() ? textOf(toString(row.accuracy))
                                                       : QStringLiteral("%1: %2").arg(textOf(toString(row.accuracy)),
                                                                                      textOf(row.accuracyNote)));
    if (row.result.peakBytes)
    {
        QString memory = textOf(format.bytes(*row.result.peakBytes));
        memory += row.result.predictedBytes ? tr(", predicted %1").arg(textOf(format.bytes(*row.result.predictedBytes)))
                                            : QString();
        lines.add(tr("Peak memory"), memory);
    }
    addEvidence(lines, row);
    if (row.outcome != Outcome::Passed || !row.reason.empty())
    {
        lines.add(tr("Outcome"), QStringLiteral("%1: %2").arg(textOf(whyEmpty(row)), textOf(row.reason)));
    }
    for (const auto& flag : row.flags)
    {
        lines.add(tr("Odd"), textOf(flag));
    }
    return lines.html();
}

} // namespace headroom::ui
