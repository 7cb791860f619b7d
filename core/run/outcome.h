// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/enum_text.h"

#include <array>
#include <string_view>
#include <utility>

namespace headroom
{

/// How a job, a case or a run ended. A failed job is a row, never the end of a run.
enum class Outcome
{
    Passed,
    Failed,
    Skipped,
    Cancelled
};

template <> struct EnumNames<Outcome>
{
    static constexpr std::string_view kind = "outcome";
    static constexpr std::array names{std::pair{Outcome::Passed, std::string_view{"passed"}},
                                      std::pair{Outcome::Failed, std::string_view{"failed"}},
                                      std::pair{Outcome::Skipped, std::string_view{"skipped"}},
                                      std::pair{Outcome::Cancelled, std::string_view{"cancelled"}}};
};

/// Why a job or case did not pass, for programs; the sentence for people stands beside it.
enum class Cause
{
    None,
    NotEligible,
    OutOfMemory,
    WorkerDied,
    Deadline,
    DeviceLost, ///< sticky CUDA error: the worker must be replaced
    Unsupported,
    Budget, ///< the run's time was spent
    Error
};

template <> struct EnumNames<Cause>
{
    static constexpr std::string_view kind = "cause";
    static constexpr std::array names{
        std::pair{Cause::None, std::string_view{"none"}},
        std::pair{Cause::NotEligible, std::string_view{"not-eligible"}},
        std::pair{Cause::OutOfMemory, std::string_view{"out-of-memory"}},
        std::pair{Cause::WorkerDied, std::string_view{"worker-died"}},
        std::pair{Cause::Deadline, std::string_view{"deadline"}},
        std::pair{Cause::DeviceLost, std::string_view{"device-lost"}},
        std::pair{Cause::Unsupported, std::string_view{"unsupported"}},
        std::pair{Cause::Budget, std::string_view{"budget"}},
        std::pair{Cause::Error, std::string_view{"error"}},
    };
};

} // namespace headroom
