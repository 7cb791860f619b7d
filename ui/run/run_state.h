// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/job.h"
#include "core/run/event.h"

#include <QString>

#include <cstddef>
#include <optional>

namespace headroom::ui
{

enum class RunPhase
{
    Idle,
    Starting,
    Running,
    Paused,
    Cancelling
};

/// How far the run in flight is, ten times a second at most.
struct RunState
{
    RunPhase phase = RunPhase::Idle;
    QString title;                          ///< of the run
    std::optional<Stage> stage;             ///< of the job in flight
    std::size_t done = 0;                   ///< jobs
    std::size_t total = 0;                  ///< jobs
    std::optional<double> remainingSeconds; ///< by the estimates, corrected by what was seen
    bool overdue = false;                   ///< the estimate is used up, and the run goes on
    QString inFlight;                       ///< "Training step · flash · S 8 192", with how far its sampling is
    double ageSeconds = 0;                  ///< of the job in flight
    std::optional<Telemetry> telemetry;     ///< the latest
    std::size_t queued = 0;                 ///< runs that wait
};

/// "about 12 s left", "less than a second left", "longer than estimated, about 40 s left"; empty while nothing can be
/// said.
QString remainingText(const RunState& state);

} // namespace headroom::ui

Q_DECLARE_METATYPE(headroom::ui::RunState)
