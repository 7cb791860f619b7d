// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/report_words.h"

#include "core/report/format.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QStringList>

namespace headroom::ui
{
namespace
{

QString tr(const char* text)
{
    return QCoreApplication::translate("ReportWords", text);
}

QString count(std::int64_t value)
{
    return textOf(Format().count(value));
}

/// Of a model from a file there is no telling how many layers it has: what was watched are its attention calls.
QString sizeOf(const ModelSpec& model)
{
    return model.outline
               ? tr("%1, %2").arg(textOf(model.architecture), textOf(Format().plural(model.layers, "attention call")))
               : tr("%1 layers, d_model %2, %3 heads")
                     .arg(count(model.layers), count(model.dModel), count(model.heads));
}

QString modelLine(const ModelInput& input)
{
    QStringList parts{sizeOf(input.model), tr("batch %1").arg(count(input.batch)),
                      tr("sequence %1").arg(count(input.sequence)), textOf(toString(input.dtype)),
                      textOf(toString(input.device))};
    if (input.causal)
    {
        parts.append(tr("causal"));
    }
    if (input.autocast)
    {
        parts.append(tr("autocast"));
    }
    return parts.join(QStringLiteral(" · "));
}

QString problemLine(const AttentionProblem& problem)
{
    QStringList parts{tr("batch %1").arg(count(problem.batch)),
                      problem.kvHeads == problem.queryHeads
                          ? tr("%1 heads").arg(count(problem.queryHeads))
                          : tr("%1 heads, %2 for keys").arg(count(problem.queryHeads), count(problem.kvHeads)),
                      problem.kvLength == problem.queryLength
                          ? tr("sequence %1").arg(count(problem.queryLength))
                          : tr("%1 queries, %2 keys").arg(count(problem.queryLength), count(problem.kvLength)),
                      tr("head_dim %1").arg(count(problem.headDimQk)),
                      textOf(toString(problem.dtype)),
                      textOf(toString(problem.device))};
    if (problem.causal)
    {
        parts.append(tr("causal"));
    }
    return parts.join(QStringLiteral(" · "));
}

} // namespace

QString readable(const QString& text)
{
    static const QRegularExpression unit(QStringLiteral(
        "(?<=\\d) (?=%|±|(?:[nmµ]?s|min|[KMGT]i?B|B|MHz|W|°C|[kMGTP]?FLOP|tok)(?:\\b|/))|(?<=±) (?=\\d)"));
    static const QRegularExpression option(QStringLiteral("(?<=^|\\s)--(?=[a-z])"));
    static const QRegularExpression cudnn(QStringLiteral("(?<![\\w=`'\"(.-])cudnn(?![\\w='\"(-])"));
    QString shown = text;
    shown.replace(unit, QString(QChar::Nbsp));
    shown.replace(option, QStringLiteral("-\u2060-\u2060")); // word joiners
    shown.replace(cudnn, QStringLiteral("cuDNN"));
    return shown;
}

QString backendName(Backend backend)
{
    switch (backend)
    {
    case Backend::Cudnn:
        return QStringLiteral("cuDNN");
    case Backend::Flash:
        return QStringLiteral("Flash");
    case Backend::MemoryEfficient:
        return tr("Memory-efficient");
    case Backend::Math:
        return tr("Math");
    case Backend::Naive:
        return tr("Naive");
    case Backend::Fp64:
        return tr("fp64 reference");
    case Backend::Default:
        break;
    }
    return tr("LibTorch's choice");
}

QString passName(Pass pass)
{
    switch (pass)
    {
    case Pass::Forward:
        return tr("Forward");
    case Pass::Backward:
        return tr("Backward");
    case Pass::TrainingStep:
        break;
    }
    return tr("Training step");
}

QString subjectLine(const Subject& subject)
{
    const auto* model = std::get_if<ModelInput>(&subject);
    return model != nullptr ? modelLine(*model) : problemLine(std::get<AttentionProblem>(subject));
}

} // namespace headroom::ui
