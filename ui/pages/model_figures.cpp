// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/model_figures.h"

#include "core/report/format.h"
#include "core/report/inspection_tables.h"
#include "ui/models/report_words.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom::ui
{
namespace
{

QString tr(const char* text)
{
    return QCoreApplication::translate("ModelPage", text);
}

QString count(std::int64_t value)
{
    return textOf(Format().count(value));
}

/// How many calls each backend ran, the most first; those that nothing proves are left out.
std::vector<std::pair<Backend, std::int64_t>> runsOf(const ModelInspection& seen)
{
    std::map<Backend, std::int64_t> runs;
    for (const WatchedCall& watched : seen.calls)
    {
        if (watched.ran)
        {
            ++runs[*watched.ran];
        }
    }
    std::vector<std::pair<Backend, std::int64_t>> sorted(runs.begin(), runs.end());
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    return sorted;
}

QString runsText(const ModelInspection& seen)
{
    QStringList parts;
    for (const auto& [backend, calls] : runsOf(seen))
    {
        parts << tr("%1 %2").arg(backendName(backend), count(calls));
    }
    return parts.isEmpty() ? tr("no backend proven") : parts.join(QStringLiteral(" · "));
}

QString whoRan(const ModelInspection& seen)
{
    const auto runs = runsOf(seen);
    const auto calls = static_cast<std::int64_t>(seen.calls.size());
    if (runs.empty())
    {
        return tr("which backend ran them is not proven");
    }
    const QString first = backendName(runs.front().first);
    if (runs.front().second == calls)
    {
        return calls == 1 ? tr("%1 ran it").arg(first) : tr("%1 ran all of them").arg(first);
    }
    QStringList parts;
    for (const auto& [backend, ran] : runs)
    {
        parts << tr("%1 ran %2").arg(backendName(backend), count(ran));
    }
    return parts.join(QStringLiteral(", "));
}

QString tensorsText(const std::vector<TensorFact>& tensors)
{
    std::vector<std::string> texts;
    for (const TensorFact& tensor : tensors)
    {
        texts.push_back(fmt::format("{} [{}]", tensor.name, fmt::join(tensor.shape, ", ")));
    }
    return textOf(fmt::format("{}", fmt::join(texts, ", ")));
}

Figure figureAt(const QString& source, const char* below, const QVariant& value)
{
    return source.isEmpty() ? Figure{} : Figure{source + QLatin1Char('/') + QLatin1String(below), value};
}

/// What the attention calls take of the forward pass; nothing where none was timed.
std::optional<double> shareOf(const ModelInspection& seen)
{
    return seen.attentionNs && !seen.calls.empty() ? seen.shareOf(*seen.attentionNs) : std::nullopt;
}

BigFigureContent parameterFigure(const ModelInspection& seen, const QString& source)
{
    const Format format;
    BigFigureContent content;
    content.label = tr("Parameters");
    content.definition = tr("All trainable numbers of the model, the embeddings among them.");
    if (!seen.parameters)
    {
        content.text = textOf(format.dash());
        content.note = isOpaque(seen) ? textOf(kNotSeen) : tr("not known");
        return content;
    }
    content.text = textOf(format.metric(static_cast<double>(*seen.parameters), "")).trimmed();
    content.figure = figureAt(source, "parameters", static_cast<qlonglong>(*seen.parameters));
    if (seen.weightBytes)
    {
        content.note = tr("%1 in %2%3")
                           .arg(textOf(format.bytes(static_cast<double>(*seen.weightBytes))),
                                textOf(toString(seen.dtype)), seen.randomWeights ? tr(", random") : QString());
        content.noteFigures << figureAt(source, "weightBytes", static_cast<qlonglong>(*seen.weightBytes));
    }
    return content;
}

BigFigureContent shareFigure(const ModelInspection& seen, const QString& source)
{
    const Format format;
    BigFigureContent content;
    content.label = tr("Attention's share");
    content.definition =
        tr("Time of the attention calls ÷ time of the forward pass in which they were watched: the most "
           "that faster attention could save.");
    const auto share = shareOf(seen);
    content.text = share ? textOf(format.percent(*share)) : textOf(format.dash());
    content.note = share ? tr("%1 of the watched forward pass").arg(textOf(format.duration(seen.attentionNs)))
                   : isOpaque(seen) ? textOf(kNotSeen)
                                    : tr("no call was timed");
    if (share)
    {
        content.basis << figureAt(source, "attentionNs", *seen.attentionNs)
                      << figureAt(source, "watchedNs", seen.watchedNs);
        content.noteFigures << figureAt(source, "attentionNs", *seen.attentionNs);
    }
    return content;
}

BigFigureContent forwardFigure(const ModelInspection& seen, const QString& source)
{
    const Format format;
    BigFigureContent content;
    content.label = tr("Forward pass");
    content.definition = tr("Of the whole model, warmed up, without being watched, on the host's clock. One pass: a "
                            "validation measures it with its interval.");
    content.text = textOf(format.duration(seen.forwardNs));
    content.figure = figureAt(source, "forwardNs", seen.forwardNs);
    const ModelOutline outline = seen.model.outline.value_or(ModelOutline{});
    QStringList note{outline.fixedSequence
                         ? tr("batch %1").arg(count(outline.batch))
                         : tr("batch %1, sequence %2").arg(count(outline.batch), count(outline.sequence))};
    if (seen.peakBytes)
    {
        note << tr("peak %1").arg(textOf(format.bytes(static_cast<double>(*seen.peakBytes))));
        content.noteFigures << figureAt(source, "peakBytes", static_cast<qlonglong>(*seen.peakBytes));
    }
    content.note = note.join(QStringLiteral(" · "));
    return content;
}

BigFigureContent callFigure(const ModelInspection& seen, const QString& source)
{
    const Format format;
    BigFigureContent content;
    content.label = tr("Attention calls");
    content.definition = tr("In one forward pass, with the backends that the operators and kernels prove.");
    content.text = seen.calls.empty() && isOpaque(seen) ? textOf(format.dash())
                                                        : count(static_cast<std::int64_t>(seen.calls.size()));
    content.note = !seen.calls.empty() ? runsText(seen) : isOpaque(seen) ? textOf(kNotSeen) : tr("none was seen");
    const bool math =
        std::any_of(seen.calls.begin(), seen.calls.end(),
                    [](const WatchedCall& watched) { return watched.ran == std::optional(Backend::Math); });
    content.tone = math ? Tone::Caution : Tone::Plain;
    for (std::size_t at = 0; at < seen.calls.size() && !source.isEmpty(); ++at)
    {
        content.basis << Figure{QStringLiteral("%1/calls/%2/form").arg(source).arg(at),
                                textOf(toString(seen.calls[at].form))};
    }
    content.noteFigures = content.basis;
    return content;
}

} // namespace

QString modelSentence(const ModelInspection& seen)
{
    const QString name = seen.model.architecture.empty() ? tr("The model") : textOf(seen.model.architecture);
    if (seen.calls.empty())
    {
        return isOpaque(seen) ? tr("%1 is native code: its attention calls are not seen.").arg(name)
                              : tr("%1 makes no attention call that could be seen.").arg(name);
    }
    const Format format;
    const QString calls = textOf(format.plural(static_cast<std::int64_t>(seen.calls.size()), "attention call"));
    const auto share = shareOf(seen);
    if (!share || *share <= 0)
    {
        return tr("%1 makes %2; %3.").arg(name, calls, whoRan(seen));
    }
    return tr("%1 spends %2 of its forward pass in %3; %4.")
        .arg(name, textOf(format.percent(*share)), calls, whoRan(seen));
}

QString modelNote(const ModelInspection& seen)
{
    QStringList parts;
    if (!seen.family.empty())
    {
        parts << tr("family %1").arg(textOf(seen.family));
    }
    parts << tr("loaded as %1").arg(textOf(toString(seen.loader)));
    if (!seen.callsAs.empty())
    {
        parts << tr("calls made as %1").arg(textOf(seen.callsAs));
    }
    parts << tr("%1 on %2").arg(textOf(toString(seen.dtype)), textOf(seen.device));
    if (!seen.inputs.empty())
    {
        parts << tr("%1 → %2").arg(tensorsText(seen.inputs),
                                   seen.outputKind.empty() ? tr("output") : textOf(seen.outputKind));
    }
    if (!seen.switchesBackends)
    {
        parts << tr("its backends cannot be switched");
    }
    return parts.join(QStringLiteral(" · "));
}

std::vector<BigFigureContent> modelFigures(const ModelInspection& seen, const QString& source)
{
    return {parameterFigure(seen, source), shareFigure(seen, source), forwardFigure(seen, source),
            callFigure(seen, source)};
}

} // namespace headroom::ui
