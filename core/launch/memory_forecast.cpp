// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/memory_forecast.h"

#include "core/launch/device_choice.h"
#include "core/model/model_memory.h"
#include "core/report/format.h"
#include "core/report/queries.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace headroom
{
namespace
{

/// One pass of one model with one backend.
struct Need
{
    ModelInput input;
    Backend backend = Backend::Default;
    Pass pass = Pass::Forward;

    MemoryEstimate estimate() const { return estimateMemory(input, backend, pass != Pass::Forward); }
    std::int64_t bytes() const { return estimate().totalBytes(); }
};

bool isMain(const Job& job)
{
    return job.id == kForwardJob || job.id == kTrainingJob || kindOf(job) == "probe";
}

std::vector<Need> needsOf(const Job& job)
{
    std::vector<Need> needs;
    for (const Case& timed : casesOf(job))
    {
        if (const auto* input = std::get_if<ModelInput>(&timed.subject))
        {
            needs.push_back({*input, timed.backend, timed.pass});
        }
    }
    if (const auto* probe = std::get_if<ProbeJob>(&job.work))
    {
        if (const auto* input = std::get_if<ModelInput>(&probe->subject))
        {
            needs.push_back({*input, Backend::Flash, Pass::Forward}); // at least
        }
    }
    return needs;
}

/// What the most memory goes to, and the size to make smaller.
std::string largestPart(const MemoryEstimate& estimate)
{
    const std::array parts{
        std::pair{estimate.parameterBytes, "its parameters: use a smaller --d-model, --num-layers or --vocab-size"},
        std::pair{estimate.attentionBytes, "attention scores: use a smaller --seq-len or --batch-size"},
        std::pair{estimate.activationBytes, "activations: use a smaller --batch-size or --seq-len"},
        std::pair{estimate.logitsBytes, "the output over the vocabulary: use a smaller --batch-size or --seq-len"}};
    return std::max_element(parts.begin(), parts.end(),
                            [](const auto& left, const auto& right) { return left.first < right.first; })
        ->second;
}

/// "; --batch-size 2 would fit", found by halving; empty when none would.
std::string fittingBatch(Need need, std::int64_t free)
{
    while (need.input.batch > 1)
    {
        need.input.batch /= 2;
        if (need.bytes() <= free)
        {
            return fmt::format(" (--batch-size {} would fit)", need.input.batch);
        }
    }
    return {};
}

std::string passName(Pass pass)
{
    return pass == Pass::Forward ? "a forward pass" : "a training step";
}

std::string problemText(const Need& need, const DeviceFacts& device, std::int64_t free)
{
    const Format format;
    const std::string with =
        need.input.model.layers > 0 ? fmt::format(" with {} attention", toString(need.backend)) : "";
    return fmt::format("These sizes do not fit: {}{} needs about {}, and {} has {} free. Most of it is {}{}.",
                       passName(need.pass), with, format.bytes(static_cast<double>(need.bytes())),
                       describeDevice(device), format.bytes(static_cast<double>(free)), largestPart(need.estimate()),
                       fittingBatch(need, free));
}

std::string noteText(const Need& need, std::int64_t free)
{
    const Format format;
    return fmt::format("{} with {} is predicted to need {} of {} free; it may be left out as out of memory.",
                       need.pass == Pass::Forward ? "A forward pass" : "A training step", toString(need.backend),
                       format.bytes(static_cast<double>(need.bytes())), format.bytes(static_cast<double>(free)));
}

/// The need of a job that decides whether it can be done.
const Need& decidingNeed(const std::vector<Need>& needs, DeviceKind kind)
{
    if (kind == DeviceKind::Cpu)
    {
        return needs.front();
    }
    return *std::min_element(needs.begin(), needs.end(),
                             [](const Need& left, const Need& right) { return left.bytes() < right.bytes(); });
}

} // namespace

MemoryForecast forecastMemory(const Plan& plan, const DeviceFacts& device)
{
    MemoryForecast forecast;
    if (!device.freeMemoryBytes)
    {
        return forecast;
    }
    const std::int64_t free = *device.freeMemoryBytes;
    const Need* largest = nullptr;
    std::vector<std::vector<Need>> all;
    for (const Job& job : plan.jobs)
    {
        if (auto needs = needsOf(job); isMain(job) && !needs.empty())
        {
            all.push_back(std::move(needs));
        }
    }
    for (const auto& needs : all)
    {
        const Need& deciding = decidingNeed(needs, device.kind);
        if (deciding.bytes() > free && (largest == nullptr || deciding.bytes() > largest->bytes()))
        {
            largest = &deciding;
        }
        for (const Need& need : needs)
        {
            if (need.bytes() > free)
            {
                forecast.notes.push_back(noteText(need, free));
            }
        }
    }
    if (largest != nullptr)
    {
        forecast.problem = problemText(*largest, device, free);
        forecast.notes.clear();
    }
    return forecast;
}

} // namespace headroom
