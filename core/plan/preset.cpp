// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/preset.h"

namespace headroom
{
namespace
{

/// Sized for the default model at batch 1 (the command line's default with this preset) on two CPU cores: six rounds,
/// the fewest that give an interval, of each comparison within a minute, accuracy included. The warm-up is short: the
/// cases of a comparison keep the device warm for each other.
MeasurementPolicy quickPolicy()
{
    MeasurementPolicy policy;
    policy.minSamples = 6;
    policy.maxSamples = 200;
    policy.targetRelativeError = 0.01;
    policy.maxSecondsPerCase = 3.0;
    policy.warmupMinSeconds = 0.003;
    policy.warmupMaxSeconds = 0.008;
    policy.warmupWindow = 4;
    return policy;
}

/// Half a percent, or 15 s: the default model on two CPU cores is validated within five minutes.
MeasurementPolicy standardPolicy()
{
    MeasurementPolicy policy;
    policy.maxSecondsPerCase = 15.0;
    return policy;
}

MeasurementPolicy thoroughPolicy()
{
    MeasurementPolicy policy;
    policy.minSamples = 30;
    policy.maxSamples = 20000;
    policy.targetRelativeError = 0.0025;
    policy.minSeconds = 0.5;
    policy.maxSecondsPerCase = 60.0;
    policy.warmupMaxSeconds = 5.0;
    policy.deadlineCapSeconds = 3600.0;
    return policy;
}

MeasurementPolicy originalPolicy()
{
    MeasurementPolicy policy;
    policy.iterations = 50;
    policy.warmup = 10;
    return policy;
}

} // namespace

MeasurementPolicy measurementPolicyOf(Preset preset)
{
    switch (preset)
    {
    case Preset::Quick:
        return quickPolicy();
    case Preset::Standard:
        return standardPolicy();
    case Preset::Thorough:
        return thoroughPolicy();
    case Preset::Original:
        return originalPolicy();
    }
    return {};
}

AccuracyPolicy accuracyPolicyOf(Preset preset)
{
    AccuracyPolicy policy;
    // Every attention call is judged at the plan's batch in any case; the whole model costs the most.
    policy.wholeModelBatch = preset == Preset::Quick ? 1 : 0;
    return policy;
}

std::int64_t defaultBatchOf(Preset preset)
{
    return preset == Preset::Quick ? 1 : 4;
}

} // namespace headroom
