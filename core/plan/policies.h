// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// What an option is called and means, said once for JSON, the command line and the form. The member name in JSON is
/// \ref name; the flag is \ref flag (empty: not on the command line).
struct OptionInfo
{
    std::string_view name;
    std::string_view flag;
    std::string_view unit;
    std::string_view help;
};

/// How long and how often to measure.
struct MeasurementPolicy
{
    std::optional<std::int64_t> iterations; ///< exactly so many samples when given
    std::optional<std::int64_t> warmup;     ///< exactly so many warm-up runs when given
    std::int64_t minSamples = 10;
    std::int64_t maxSamples = 2000;
    double targetRelativeError = 0.005;
    double minSeconds = 0.0;
    double maxSecondsPerCase = 8.0;
    double warmupMinSeconds = 0.025;
    double warmupMaxSeconds = 2.0;
    std::int64_t warmupWindow = 10;
    double minimumEffect = 0.01;
    double confidence = 0.95;
    double deadlineCapSeconds = 900.0;
    bool untilVerdict = false;

    bool operator==(const MeasurementPolicy&) const = default;

    /// Calls visitor(OptionInfo, member) for each option, in the order of the help text.
    template <typename Self, typename Visitor> static void visitOptions(Self& self, Visitor&& visitor)
    {
        visitor(OptionInfo{"iterations", "--num-iterations", "", "samples of each case, exactly (default: adaptive)"},
                self.iterations);
        visitor(OptionInfo{"warmup", "--num-warmup", "", "warm-up runs of each case, exactly (default: adaptive)"},
                self.warmup);
        visitor(OptionInfo{"minSamples", "--min-samples", "", "fewest samples of a case"}, self.minSamples);
        visitor(OptionInfo{"maxSamples", "--max-samples", "", "most samples of a case"}, self.maxSamples);
        visitor(OptionInfo{"targetRelativeError", "--target-error", "",
                           "stop when the standard error of the mean is this share of it"},
                self.targetRelativeError);
        visitor(OptionInfo{"minSeconds", "--min-case-seconds", "s", "least time spent sampling a case"},
                self.minSeconds);
        visitor(OptionInfo{"maxSecondsPerCase", "--max-case-seconds", "s", "most time spent sampling a case"},
                self.maxSecondsPerCase);
        visitor(OptionInfo{"warmupMinSeconds", "", "s", "least warm-up"}, self.warmupMinSeconds);
        visitor(OptionInfo{"warmupMaxSeconds", "", "s", "most warm-up"}, self.warmupMaxSeconds);
        visitor(OptionInfo{"warmupWindow", "", "", "warm-up runs in a row that agree within 1 %"}, self.warmupWindow);
        visitor(OptionInfo{"minimumEffect", "", "", "smallest difference that counts as one"}, self.minimumEffect);
        visitor(OptionInfo{"confidence", "", "", "of all intervals"}, self.confidence);
        visitor(OptionInfo{"deadlineCapSeconds", "--job-deadline", "s",
                           "a job that takes longer is ended (ten times its estimate, at most this)"},
                self.deadlineCapSeconds);
        visitor(OptionInfo{"untilVerdict", "", "",
                           "sample until each comparison has its verdict, by an interval that is valid at every look"},
                self.untilVerdict);
    }
};

void to_json(Json& json, const MeasurementPolicy& policy);
void from_json(const Json& json, MeasurementPolicy& policy);

/// What is wrong with the numbers of \a policy, a sentence each; empty when all is well.
std::vector<std::string> problemsWith(const MeasurementPolicy& policy);

/// When an error is small enough. Source of the rule: flash-attention, hopper/test_flash_attn.py (error at most twice
/// that of the same-precision reference plus a rounding floor), with a rule for the mean beside it and a floor of our
/// own that goes with the size of the tensor.
struct AccuracyPolicy
{
    double maxErrorRatio = 2.0;
    double meanErrorRatio = 1.5;
    double noiseDeviations = 4.0;     ///< of a tensor's rounding noise, in the floor
    double float32Tolerance = 1e-5;   ///< absolute, for outputs in float32, as the original tool's
    std::int64_t wholeModelBatch = 0; ///< batch of the whole-model comparison; 0: the plan's own
    bool gradientsPerLayer = false;   ///< whole-model gradients parameter by parameter

    bool operator==(const AccuracyPolicy&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(AccuracyPolicy, maxErrorRatio, meanErrorRatio, noiseDeviations,
                                                float32Tolerance, wholeModelBatch, gradientsPerLayer)

} // namespace headroom
