// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/launch/advised_run.h"
#include "core/launch/output_files.h"
#include "core/launch/worker_lookup.h"
#include "core/hardware/circumstances.h"
#include "core/plan/plan.h"
#include "core/run/supervisor.h"

namespace headroom::cli
{

/// What a run says beside its files.
struct Speech
{
    bool json = false;  ///< the report as JSON on standard output, instead of the summary
    bool quiet = false; ///< neither progress nor summary
};

/// Runs \a plan, or what \a journal leaves of it, with progress on standard error; writes the reports into \a files and
/// the summary to standard output. The first Ctrl-C cancels: the journal is kept and the report says how far it came.
/// Returns the exit status. \throws SetUpError, having written no report, when the run could not start.
int runToReport(Supervisor& supervisor, const Plan& plan, Journal& journal, const OutputFiles& files, Speech speech);

struct OutputOptions;

/// runToReport() of a plan that begins: makes the folder and the journal of \a files, where \a output says so in place
/// of an earlier run's, and keeps the journal in the history. When it cannot start, nothing of it stays.
int runNewPlan(Supervisor& supervisor, const Plan& plan, const OutputFiles& files, const OutputOptions& output);

/// Writes the reports of a finished run, unless \a files has no place for them (a run that is in the history alone),
/// and says it. \throws std::runtime_error when they cannot be written.
int finishReport(const Report& report, const OutputFiles& files, Speech speech);

} // namespace headroom::cli
