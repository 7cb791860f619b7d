// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/case_words.h"

#include "core/plan/sweep_mask.h"
#include "core/report/case_figures.h"
#include "core/report/case_work.h"
#include "core/report/report_tables.h"
#include "core/report/summary.h"
#include "ui/models/report_words.h"

#include <QCoreApplication>
#include <QStringList>

namespace headroom::ui
{
namespace
{

QString tr(const char* text)
{
    return QCoreApplication::translate("CaseWords", text);
}

QString fromWord(std::string_view word)
{
    return QString::fromStdString(spaced(word));
}

QStringList attentionFamily(const AttentionProblem& problem)
{
    QStringList parts{fromWord(toString(problem.dtype))};
    if (const auto mask = maskOf(problem); !(mask == SweepMask{}))
    {
        parts << QString::fromStdString(toText(mask));
    }
    if (problem.dropout > 0)
    {
        parts << tr("dropout %1").arg(problem.dropout);
    }
    if (problem.layout != Layout::Bhsd)
    {
        parts << fromWord(toString(problem.layout));
    }
    parts << (problem.kvHeads == problem.queryHeads
                  ? tr("%1 heads").arg(problem.queryHeads)
                  : tr("%1 heads on %2").arg(problem.queryHeads).arg(problem.kvHeads));
    parts << (problem.headDimV == problem.headDimQk
                  ? tr("head_dim %1").arg(problem.headDimQk)
                  : tr("head_dim %1 and %2").arg(problem.headDimQk).arg(problem.headDimV));
    return parts;
}

QStringList modelFamily(const ModelInput& input)
{
    QStringList parts{QString::fromStdString(input.model.architecture), tr("%1 layers").arg(input.model.layers),
                      tr("d_model %1").arg(input.model.dModel), tr("%1 heads").arg(input.model.heads),
                      fromWord(toString(input.dtype))};
    if (input.autocast)
    {
        parts << tr("autocast");
    }
    if (input.causal)
    {
        parts << tr("causal");
    }
    return parts;
}

QStringList launchParts(const Case& measured)
{
    QStringList parts;
    if (measured.launch == Launch::Graph)
    {
        parts << tr("CUDA graph");
    }
    if (measured.l2 == L2State::Cold)
    {
        parts << tr("cold L2");
    }
    return parts;
}

} // namespace

QString oddities(const CaseReport& row)
{
    QStringList parts;
    for (const auto& flag : row.flags)
    {
        parts << QString::fromStdString(flag);
    }
    if (const auto why = whyUnranked(row); !why.empty())
    {
        parts << QString::fromStdString(why);
    }
    if (const auto low = countLabel(row, SampleLabel::LowClock); low > 0)
    {
        parts << tr("%1 of %2 samples at a low clock").arg(low).arg(row.deviceNs.size());
    }
    return parts.join(QStringLiteral("; "));
}

QString familyOf(const Case& measured)
{
    QStringList parts;
    if (const auto* problem = std::get_if<AttentionProblem>(&measured.subject))
    {
        parts = attentionFamily(*problem);
        if (measured.pass == Pass::Forward && problem->needsGradients)
        {
            parts << tr("recorded for backward");
        }
    }
    else
    {
        parts = modelFamily(std::get<ModelInput>(measured.subject));
    }
    return (parts + launchParts(measured)).join(QStringLiteral(" · "));
}

QString caseTitle(const Case& measured)
{
    QStringList parts{backendName(measured.backend), passName(measured.pass)};
    const auto batch = batchOf(measured.subject);
    const auto sequence = sequenceOf(measured.subject);
    parts << QStringLiteral("B%1 S%2").arg(batch).arg(sequence);
    if (const auto* problem = std::get_if<AttentionProblem>(&measured.subject))
    {
        parts << attentionFamily(*problem);
    }
    return (parts + launchParts(measured)).join(QStringLiteral(" · "));
}

} // namespace headroom::ui
