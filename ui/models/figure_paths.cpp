// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/figure_paths.h"

#include "ui/models/report_words.h"

namespace headroom::ui
{
namespace
{

template <typename T> std::optional<std::ptrdiff_t> indexOf(const std::vector<T>& all, const T& one)
{
    const T* begin = all.data();
    return begin != nullptr && &one >= begin && &one < begin + all.size() ? std::optional(&one - begin) : std::nullopt;
}

template <typename T> QVariant valueOf(const std::optional<T>& value)
{
    return value ? QVariant(*value) : QVariant();
}

} // namespace

QString casePath(const Report& report, const CaseReport& row, const char* below)
{
    const auto index = indexOf(report.cases, row);
    return index ? QStringLiteral("/cases/%1%2").arg(*index).arg(QLatin1String(below)) : QString();
}

Figure medianOf(const Report& report, const CaseReport& row)
{
    return row.device ? Figure{casePath(report, row, "/device/medianNs"), row.device->medianNs} : Figure();
}

Figure peakBytesOf(const Report& report, const CaseReport& row)
{
    return {casePath(report, row, "/result/peakBytes"), valueOf(row.result.peakBytes)};
}

Figure tokenRateOf(const Report& report, const CaseReport& row)
{
    return {casePath(report, row, "/tokensPerSecond"), valueOf(row.tokensPerSecond)};
}

Figure ratioOf(const Report& report, const ComparisonReport& comparison)
{
    const QVariant value = valueOf(comparison.comparison.ratio);
    if (const auto index = indexOf(report.comparisons, comparison))
    {
        return {QStringLiteral("/headroom/comparisons/%1/comparison/ratio").arg(*index), value};
    }
    for (std::size_t at = 0; at < report.headlines.size(); ++at)
    {
        if (&report.headlines[at].comparison == &comparison)
        {
            return {QStringLiteral("/headroom/headlines/%1/comparison/comparison/ratio").arg(at), value};
        }
    }
    return {};
}

QString tensorPath(const Report& report, const Judgement& judgement, const TensorJudgement& tensor, const char* below)
{
    const auto index = indexOf(report.judgements, judgement);
    const auto place = indexOf(judgement.tensors, tensor);
    return index && place
               ? QStringLiteral("/judgements/%1/tensors/%2%3").arg(*index).arg(*place).arg(QLatin1String(below))
               : QString();
}

Figure conclusionOf(const Report& report)
{
    return {QStringLiteral("/headroom/conclusion"), textOf(toString(report.conclusion))};
}

} // namespace headroom::ui
