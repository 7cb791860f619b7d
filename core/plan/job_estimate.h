// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/device_facts.h"
#include "core/plan/job.h"
#include "core/plan/policies.h"

namespace headroom
{

/// A rough guess of how long one run of \a value takes on \a device, in seconds: its FLOPs at an assumed rate (60
/// GFLOP/s a CPU core in float32, half of it in other types; on CUDA 100 TFLOP/s in 16 bits, 20 in float32, 10 in
/// float64), five times slower for attention that writes its scores, and never under what its launches cost. Good to a
/// factor of about three: enough for a deadline of ten times the estimate and for the remaining time, for nothing else.
double estimateRunSeconds(const Case& value, const DeviceFacts& device);

/// The whole job by the policies: set-up, warm-up, samples, the runs that observe and those that measure memory.
double estimateSeconds(const JobWork& work, const MeasurementPolicy& measurement, const AccuracyPolicy& accuracy,
                       const DeviceFacts& device);

/// When \a job counts as hung: ten times its estimate, at least 30 s and half as much again as the policy grants its
/// cases (a noisy case may use all of that), at most the policy's cap.
double deadlineSeconds(const Job& job, const MeasurementPolicy& policy);

} // namespace headroom
