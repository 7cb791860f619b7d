// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/sweep_spec.h"

#include "core/attention/saturating.h"

#include <algorithm>
#include <map>
#include <unordered_set>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr std::int64_t kMostCases = 20000;

std::vector<DType> dtypesOf(const SweepSpec& spec, DeviceKind device)
{
    return spec.dtypes.empty() ? std::vector{device == DeviceKind::Cuda ? DType::BFloat16 : DType::Float32}
                               : spec.dtypes;
}

/// Math first: what the others are compared with.
std::vector<Backend> backendsOf(const SweepSpec& spec, DeviceKind device)
{
    std::vector<Backend> backends = spec.backends;
    if (backends.empty())
    {
        backends = device == DeviceKind::Cuda ? std::vector(kSdpaBackends.begin(), kSdpaBackends.end())
                                              : std::vector{Backend::Flash, Backend::Math};
    }
    std::stable_partition(backends.begin(), backends.end(), [](Backend backend) { return backend == Backend::Math; });
    return backends;
}

/// The lengths and batches of a spec, whichever way they are given.
std::vector<BatchGroup> groupsOf(const SweepSpec& spec)
{
    if (!spec.groups.empty())
    {
        return spec.groups;
    }
    std::vector<BatchGroup> groups;
    for (const auto query : spec.queryLengths)
    {
        for (const auto kv : spec.kvLengths)
        {
            const auto batches = spec.tokens ? std::vector{*spec.tokens / query} : spec.batches;
            for (const auto batch : batches)
            {
                groups.push_back({batch, query, kv == kSame ? query : kv});
            }
        }
    }
    return groups;
}

/// Calls \a take(problem) for each combination of what is not a length, with the lengths of each group innermost.
template <typename Take> void eachProblem(const SweepSpec& spec, DeviceKind device, const Take& take)
{
    AttentionProblem problem;
    problem.device = device;
    problem.scale = spec.scale;
    const auto groups = groupsOf(spec);
    const auto takeLengths = [&](const SweepMask& mask)
    {
        for (const auto& group : groups)
        {
            problem.batch = group.count;
            problem.queryLength = group.queryLength;
            problem.kvLength = group.kvLength;
            setMask(problem, spec.servingMasks ? servingMask(group) : mask);
            take(problem);
        }
    };
    const auto takeHeads = [&](const SweepMask& mask)
    {
        const auto heads = spec.dModel ? std::vector{*spec.dModel / problem.headDimQk} : spec.heads;
        for (const auto count : heads)
        {
            for (const auto kv : spec.kvHeads)
            {
                problem.queryHeads = count;
                problem.kvHeads = kv == kSame ? count : kv;
                takeLengths(mask);
            }
        }
    };
    const auto takeHeadDims = [&](const SweepMask& mask)
    {
        for (const auto headDim : spec.headDims)
        {
            for (const auto ofValue : spec.headDimsV)
            {
                problem.headDimQk = headDim;
                problem.headDimV = ofValue == kSame ? headDim : ofValue;
                takeHeads(mask);
            }
        }
    };
    for (const auto dtype : dtypesOf(spec, device))
    {
        problem.dtype = dtype;
        for (const auto layout : spec.layouts)
        {
            problem.layout = layout;
            for (const auto& mask : spec.servingMasks ? std::vector{SweepMask{}} : spec.masks)
            {
                for (const auto dropout : spec.dropouts)
                {
                    problem.dropout = dropout;
                    takeHeadDims(mask);
                }
            }
        }
    }
}

/// The cells of one problem, without any backend yet.
std::vector<SweepCell> cellsOf(const SweepSpec& spec, AttentionProblem problem, DeviceKind device)
{
    std::vector<SweepCell> cells;
    const auto backends = backendsOf(spec, device);
    const auto add = [&](Pass pass, Launch launch, L2State l2)
    {
        SweepCell cell;
        for (const auto backend : backends)
        {
            cell.cases.push_back({problem, backend, pass, launch, l2});
        }
        cells.push_back(std::move(cell));
    };
    for (const auto gradients : spec.gradients)
    {
        for (const auto pass : spec.passes)
        {
            problem.needsGradients = gradients == Gradients::Always || pass != Pass::Forward;
            for (const auto launch : spec.launches)
            {
                for (const auto l2 : spec.l2States)
                {
                    add(pass, launch, l2);
                }
            }
        }
    }
    return cells;
}

std::int64_t sizeOf(const auto& list)
{
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(list.size()));
}

std::int64_t countCases(const SweepSpec& spec, DeviceKind device)
{
    const std::int64_t lengths =
        spec.groups.empty()
            ? saturatingProduct({sizeOf(spec.queryLengths), sizeOf(spec.kvLengths), sizeOf(spec.batches)})
            : sizeOf(spec.groups);
    return saturatingProduct({lengths, sizeOf(spec.heads), sizeOf(spec.kvHeads), sizeOf(spec.headDims),
                              sizeOf(spec.headDimsV), sizeOf(spec.dtypes), sizeOf(spec.masks), sizeOf(spec.dropouts),
                              sizeOf(spec.layouts), sizeOf(backendsOf(spec, device)), sizeOf(spec.passes),
                              sizeOf(spec.launches), sizeOf(spec.l2States), sizeOf(spec.gradients)});
}

/// Constant products that a size does not divide.
void checkProducts(const SweepSpec& spec, std::vector<std::string>& problems)
{
    for (const auto length : spec.tokens ? spec.queryLengths : std::vector<std::int64_t>())
    {
        if (*spec.tokens % length != 0)
        {
            problems.push_back(fmt::format("--tokens {} is no multiple of the sequence length {}, so there is no batch "
                                           "size for it. Change --tokens or --seq-len.",
                                           *spec.tokens, length));
        }
    }
    for (const auto headDim : spec.dModel ? spec.headDims : std::vector<std::int64_t>())
    {
        if (*spec.dModel % headDim != 0)
        {
            problems.push_back(fmt::format("--d-model {} is no multiple of head_dim {}, so there is no number of heads "
                                           "for it. Change --d-model or --head-dim.",
                                           *spec.dModel, headDim));
        }
    }
}

void checkDevice(const SweepSpec& spec, DeviceKind device, std::vector<std::string>& problems)
{
    if (device == DeviceKind::Cuda)
    {
        return;
    }
    if (std::find(spec.launches.begin(), spec.launches.end(), Launch::Graph) != spec.launches.end())
    {
        problems.emplace_back("--launch graph is a CUDA graph, and the device is the CPU. Leave it out, or choose a "
                              "GPU with --device cuda.");
    }
    if (std::find(spec.l2States.begin(), spec.l2States.end(), L2State::Cold) != spec.l2States.end())
    {
        problems.emplace_back("--l2 cold empties the cache of a GPU, and the device is the CPU. Leave it out, or "
                              "choose a GPU with --device cuda.");
    }
}

} // namespace

std::vector<std::string> problemsWith(const SweepSpec& spec, DeviceKind device)
{
    std::vector<std::string> problems;
    checkProducts(spec, problems);
    checkDevice(spec, device, problems);
    const auto count = countCases(spec, device);
    if (count > kMostCases)
    {
        problems.push_back(fmt::format("These lists make {} cases; use at most {}. Shorten a list, or run several "
                                       "sweeps.",
                                       count, kMostCases));
    }
    if (!problems.empty())
    {
        return problems;
    }
    eachProblem(spec, device,
                [&](const AttentionProblem& problem)
                {
                    for (const auto& text : headroom::problemsWith(problem))
                    {
                        if (std::find(problems.begin(), problems.end(), text) == problems.end())
                        {
                            problems.push_back(text);
                        }
                    }
                });
    return problems;
}

std::vector<SweepGroup> expand(const std::vector<SweepSpec>& specs, DeviceKind device)
{
    std::vector<SweepGroup> groups;
    std::map<std::string, std::size_t> places; // of a problem's JSON, which has an order
    std::unordered_set<std::string> seen;
    for (const auto& spec : specs)
    {
        eachProblem(spec, device,
                    [&](AttentionProblem problem)
                    {
                        problem.needsGradients = false;
                        const auto [place, isNew] = places.try_emplace(Json(problem).dump(), groups.size());
                        if (isNew)
                        {
                            groups.push_back({problem, {}});
                        }
                        SweepGroup& group = groups[place->second];
                        for (auto& cell : cellsOf(spec, problem, device))
                        {
                            std::erase_if(cell.cases,
                                          [&](const Case& value) { return !seen.insert(value.id()).second; });
                            if (!cell.cases.empty())
                            {
                                const auto& subject = std::get<AttentionProblem>(cell.cases.front().subject);
                                group.problem.needsGradients = group.problem.needsGradients || subject.needsGradients;
                                group.cells.push_back(std::move(cell));
                            }
                        }
                    });
    }
    return groups;
}

} // namespace headroom
