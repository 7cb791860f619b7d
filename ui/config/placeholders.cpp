// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/placeholders.h"
#include "ui/models/report_words.h"

#include "core/plan/word_list.h"

#include <QCoreApplication>
#include <QStringList>

#include <fmt/format.h>

namespace headroom::ui
{
namespace
{

/// What the specs of a preset say, each text once.
template <typename Read> QString joined(const std::vector<SweepSpec>& specs, const Read& read)
{
    QStringList texts;
    for (const auto& spec : specs)
    {
        const QString said = textOf(read(spec));
        if (!said.isEmpty() && !texts.contains(said))
        {
            texts.append(said);
        }
    }
    return texts.join(QStringLiteral(" | "));
}

std::string sizes(const std::vector<std::int64_t>& values)
{
    return values == std::vector{kSame} ? std::string(kSameText) : sizesText(values);
}

QString ofSweep(Field field, const std::vector<SweepSpec>& specs, DeviceKind device)
{
    switch (field)
    {
    case Field::Batches:
        return joined(specs, [](const SweepSpec& spec)
                      { return spec.tokens ? fmt::format("{} ÷ S", *spec.tokens) : sizes(spec.batches); });
    case Field::QueryHeads:
        return joined(specs, [](const SweepSpec& spec)
                      { return spec.dModel ? fmt::format("{} ÷ dim", *spec.dModel) : sizes(spec.heads); });
    case Field::KvHeads:
        return joined(specs, [](const SweepSpec& spec) { return sizes(spec.kvHeads); });
    case Field::QueryLengths:
        return joined(specs, [](const SweepSpec& spec) { return sizes(spec.queryLengths); });
    case Field::KvLengths:
        return joined(specs, [](const SweepSpec& spec) { return sizes(spec.kvLengths); });
    case Field::HeadDims:
        return joined(specs, [](const SweepSpec& spec) { return sizes(spec.headDims); });
    case Field::HeadDimsV:
        return joined(specs, [](const SweepSpec& spec) { return sizes(spec.headDimsV); });
    case Field::Masks:
        return joined(specs, [](const SweepSpec& spec)
                      { return listText(spec.masks, [](const SweepMask& mask) { return toText(mask); }); });
    case Field::Passes:
        return joined(specs, [](const SweepSpec& spec)
                      { return listText(spec.passes, [](Pass pass) { return std::string(toString(pass)); }); });
    case Field::Dtypes:
        return textOf(toString(device == DeviceKind::Cuda ? DType::BFloat16 : DType::Float32));
    case Field::Backends:
        return QCoreApplication::translate("Placeholders", "all");
    case Field::Checks:
        return QCoreApplication::translate("Placeholders", "none");
    default:
        return {};
    }
}

} // namespace

QString placeholderOf(Field field, const Interpretation& interpretation, DeviceKind device)
{
    if (interpretation.validation && interpretation.validation->modelFile)
    {
        const auto& input = interpretation.validation->input;
        return field == Field::Batch      ? QString::number(input.batch)
               : field == Field::Sequence ? QString::number(input.sequence)
                                          : QString();
    }
    if (interpretation.validation)
    {
        const auto& model = interpretation.validation->input.model;
        switch (field)
        {
        case Field::FeedForward:
            return QString::number(model.feedForward);
        case Field::Positions:
            return QString::number(model.maxSequence);
        case Field::Weights:
            return QCoreApplication::translate("Placeholders", "random");
        case Field::Compiled:
            return QCoreApplication::translate("Placeholders", "none");
        default:
            return {};
        }
    }
    return interpretation.sweep ? ofSweep(field, interpretation.sweep->specs, device) : QString();
}

} // namespace headroom::ui
