// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace headroom
{

/// What the samples of a case mean: the parts of a fold that need the device and its peaks beside the samples. Each
/// replaces what it computes and can be repeated.

/// Labels of the samples of \a row. \a shared says of each whether another process had a context on the device; an
/// outlier among those is OtherProcess. Shorter than the samples: the rest had none.
void labelCase(CaseReport& row, const Report& report, const std::vector<bool>& shared);

/// The median SM clock of the samples; nothing unless each of them has a reading.
std::optional<double> medianSmMhz(const CaseReport& row);

/// The median of t_i * f_i / f_max over the samples: their cycles, at the device's maximal SM clock. Two runs under a
/// power cap can be compared by it where the time is that of the multiprocessors; what waits for memory, whose clock is
/// another, comes out too fast. Nothing without a reading for each sample and the device's maximal clock.
std::optional<double> medianAtMaxClock(const CaseReport& row, const Report& report);

/// Roofline and clock-scaled median of all measured cases, by the report's peaks and the device's specification.
void placeUnderRoof(Report& report);

/// Energy and device state of the cases of \a jobId from the job's readings. What was used between the first and the
/// last reading is shared in proportion to the device time of each case's samples, so that gaps, launches and the
/// overwriting of the L2 are part of it. Absent when the counter or its time is, with less than 0.5 s of device time
/// between the readings (the counter steps by about 0.1 s), or when the device was busy with samples for less than half
/// of the time: what it used idle would be most of it.
void addDeviceState(Report& report, const std::string& jobId, std::span<const Telemetry> readings);

/// How many samples of \a row have \a label.
std::int64_t countLabel(const CaseReport& row, SampleLabel label);

} // namespace headroom
