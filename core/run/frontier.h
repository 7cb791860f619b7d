// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/case.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// How one length of a frontier's search was settled.
enum class TryOutcome
{
    Ran,            ///< it ran, and its peak was measured
    OutOfMemory,    ///< it was run, and memory ran out
    PredictedToFit, ///< not run, since it would take too long or may not be risked: the prediction says that it fits
    PredictedNotToFit,
    Refused ///< something else than memory refused it
};

template <> struct EnumNames<TryOutcome>
{
    static constexpr std::string_view kind = "outcome of a try";
    static constexpr std::array names{
        std::pair{TryOutcome::Ran, std::string_view{"ran"}},
        std::pair{TryOutcome::OutOfMemory, std::string_view{"out-of-memory"}},
        std::pair{TryOutcome::PredictedToFit, std::string_view{"predicted-to-fit"}},
        std::pair{TryOutcome::PredictedNotToFit, std::string_view{"predicted-not-to-fit"}},
        std::pair{TryOutcome::Refused, std::string_view{"refused"}},
    };
};

struct FrontierTry
{
    std::int64_t queryLength = 0;
    std::int64_t kvLength = 0;
    TryOutcome outcome = TryOutcome::PredictedToFit;
    double predictedBytes = 0;           ///< core/attention/attention_memory.h
    std::optional<double> measuredBytes; ///< the peak of the run
    double seconds = 0;                  ///< of the run; 0 without one
    std::string reason{};                ///< of a refusal

    bool operator==(const FrontierTry&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(FrontierTry, queryLength, kvLength, outcome, predictedBytes,
                                                measuredBytes, seconds, reason)

/// Where one backend runs out of memory on one attention call.
struct FrontierResult
{
    AttentionProblem problem; ///< at the lengths that were asked for
    Backend backend = Backend::Default;
    Pass pass = Pass::Forward;
    double availableBytes = 0;               ///< before the search
    std::optional<std::int64_t> longest;     ///< the longest query length that fits
    std::optional<std::int64_t> shortestNot; ///< the shortest one that does not
    bool predicted = false;                  ///< one of the two rests on the prediction alone
    std::string reason{};                    ///< a sentence: why the search ended, where it found no end
    std::vector<FrontierTry> tries{};        ///< in their order

    bool operator==(const FrontierResult&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(FrontierResult, problem, backend, pass, availableBytes, longest,
                                                shortestNot, predicted, reason, tries)

/// What bounds a search.
struct FrontierLimits
{
    int mostTries = 12;
    double mostSeconds = 10;             ///< of all runs of one backend
    double mostSecondsOfRun = 10;        ///< a run that is expected to take longer is predicted instead
    double guessedFlopsPerSecond = 1e10; ///< until a run has shown it
    int threads = 1;                     ///< LibTorch's on the CPU, for the prediction
    bool runBeyondMemory = true;         ///< CUDA: run what the prediction refuses, and let the allocator say no
};

/// Runs \a problem once and says how that went: Ran, OutOfMemory or Refused.
using FrontierRun = std::function<FrontierTry(const AttentionProblem& problem)>;

/// The longest sequence that \a backend has \a availableBytes for. Query and key lengths are scaled together. The
/// lengths asked for are run first, which gives a rate to foresee the time of others by; then a power of two times
/// them, where the prediction sees the end; doubled or halved until one fits and its double does not; then halved in
/// between, to an eighth. What would take too long is settled by the prediction and says so. Ends early at a refusal
/// that is not memory, and at the limits.
FrontierResult searchFrontier(const AttentionProblem& problem, Backend backend, Pass pass, double availableBytes,
                              const FrontierLimits& limits, const FrontierRun& run);

} // namespace headroom
