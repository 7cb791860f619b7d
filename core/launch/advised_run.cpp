// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/advised_run.h"

#include "core/advice/advise.h"
#include "core/launch/peak_store.h"
#include "core/launch/set_up_error.h"
#include "core/report/fold.h"
#include "core/report/format.h"

#include <fmt/format.h>

namespace headroom
{

Circumstances describeMachine(Supervisor& supervisor)
{
    try
    {
        return supervisor.describe({DeviceKind::Cpu, 0});
    }
    catch (const EngineError& error)
    {
        std::string sentence = capitalised(error.what());
        sentence += sentence.ends_with('.') ? "" : ".";
        throw SetUpError(sentence + " `headroom-cli doctor` says what is missing and what to type.");
    }
}

Outcome runWithAdvice(Supervisor& supervisor, const Plan& plan, Journal& journal, const EventSink& sink)
{
    return supervisor.run(plan, journal, sink,
                          [](std::span<const Event> events) { return advise(foldEvents(events)); });
}

std::optional<std::string> keepMeasuredPeaks(const Report& report)
{
    PeakStore store(PeakStore::defaultFile());
    return keepPeaks(report, store);
}

const Plan& planOf(const std::vector<Event>& events, const std::filesystem::path& journal)
{
    const auto* started = events.empty() ? nullptr : std::get_if<RunStarted>(&events.front().data);
    if (started == nullptr)
    {
        throw SetUpError(
            fmt::format("{} does not begin with a run's plan, so there is nothing to go on with.", journal.string()));
    }
    return started->plan;
}

std::optional<std::string> otherMachineNote(const Report& before, const Circumstances& now, const DeviceFacts& device)
{
    if (!before.circumstances || before.circumstances->selectedDevice() == nullptr)
    {
        return std::nullopt;
    }
    const Circumstances& then = *before.circumstances;
    const std::string was = then.selectedDevice()->name;
    if (was == device.name && then.libtorchVersion == now.libtorchVersion)
    {
        return std::nullopt;
    }
    return fmt::format(
        "The run began on {} with LibTorch {} and goes on on {} with {}: compare no figures across the two.", was,
        then.libtorchVersion, device.name, now.libtorchVersion);
}

} // namespace headroom
