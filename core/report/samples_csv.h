// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <string>

namespace headroom
{

/// The sample ledger of \a report as RFC 4180 CSV: every sample that was taken, none left out, with its clock and its
/// label. Columns: run, job, case, backend, pass, launch, l2, clock, index, round, ns, sm_mhz, label. The clock is
/// "device", "wall", or "first-call" for the one call that is no sample; what is not known is empty.
std::string writeSamplesCsv(const Report& report);

} // namespace headroom
