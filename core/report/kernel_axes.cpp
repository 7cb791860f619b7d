// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/kernel_axes.h"

#include "core/report/case_cells.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace headroom
{
namespace
{

/// Collects the axes by a text of all that is the same along them.
class AxisCollector
{
public:
    void add(const Case& measured, std::size_t row)
    {
        const auto& problem = std::get<AttentionProblem>(measured.subject);
        const std::string rest = restOf(measured);
        const bool square = problem.queryLength == problem.kvLength;
        put("batch", fmt::format("{}|b|{}|{}", rest, problem.queryLength, problem.kvLength), problem.batch, row);
        if (!square)
        {
            put("keys", fmt::format("{}|k|{}|{}", rest, problem.batch, problem.queryLength), problem.kvLength, row);
            return;
        }
        put("sequence", fmt::format("{}|s|{}", rest, problem.batch), problem.queryLength, row);
        const std::int64_t tokens = problem.batch * problem.queryLength;
        put(fmt::format("sequence at {} tokens", tokens), fmt::format("{}|t|{}", rest, tokens), problem.queryLength,
            row);
    }

    std::vector<KernelAxis> take()
    {
        std::erase_if(m_axes, [](const KernelAxis& axis) { return axis.points.size() < 2; });
        for (auto& axis : m_axes)
        {
            std::sort(axis.points.begin(), axis.points.end(),
                      [](const KernelAxis::Point& left, const KernelAxis::Point& right)
                      { return left.value < right.value; });
        }
        return std::move(m_axes);
    }

private:
    /// The case without its batch and lengths.
    static std::string restOf(const Case& measured)
    {
        const auto& problem = std::get<AttentionProblem>(measured.subject);
        return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", toString(measured.backend),
                           toString(measured.pass), toString(measured.launch), toString(measured.l2),
                           problem.queryHeads, problem.kvHeads, problem.headDimQk, problem.headDimV,
                           toString(problem.dtype), toString(problem.device), toString(problem.mask),
                           toString(problem.maskPattern), problem.maskSpan, problem.maskNeedsGradient, problem.causal,
                           problem.dropout, problem.scale.value_or(0), toString(problem.layout),
                           problem.needsGradients);
    }

    void put(std::string name, const std::string& key, std::int64_t value, std::size_t row)
    {
        const auto [place, isNew] = m_places.try_emplace(key, m_axes.size());
        if (isNew)
        {
            m_axes.push_back({std::move(name), {}});
        }
        m_axes[place->second].points.push_back({static_cast<double>(value), row});
    }

    std::vector<KernelAxis> m_axes;
    std::map<std::string, std::size_t> m_places;
};

} // namespace

std::vector<KernelAxis> kernelAxesOf(const Report& report)
{
    AxisCollector collector;
    for (std::size_t row = 0; row < report.cases.size(); ++row)
    {
        const auto& measured = report.cases[row].measured;
        if (isMeasured(report.cases[row]) && std::holds_alternative<AttentionProblem>(measured.subject))
        {
            collector.add(measured, row);
        }
    }
    return collector.take();
}

} // namespace headroom
