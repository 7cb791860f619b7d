// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances.h"
#include "core/plan/plan.h"
#include "core/run/outcome.h"
#include "core/validate/recommendation.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace headroom
{

struct RunStarted
{
    Plan plan;
    std::string headroomVersion;
    std::string gitHash;
    bool operator==(const RunStarted&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RunStarted, plan, headroomVersion, gitHash)

struct CircumstancesSeen
{
    Circumstances circumstances;
    bool operator==(const CircumstancesSeen&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CircumstancesSeen, circumstances)

struct StageStarted
{
    Stage stage = Stage::Compatibility;
    bool operator==(const StageStarted&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(StageStarted, stage)

struct RecommendationMade
{
    Recommendation recommendation;
    bool operator==(const RecommendationMade&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RecommendationMade, recommendation)

enum class LogLevel
{
    Info,
    Warning,
    Error
};

template <> struct EnumNames<LogLevel>
{
    static constexpr std::string_view kind = "log level";
    static constexpr std::array names{std::pair{LogLevel::Info, std::string_view{"info"}},
                                      std::pair{LogLevel::Warning, std::string_view{"warning"}},
                                      std::pair{LogLevel::Error, std::string_view{"error"}}};
};

struct LogLine
{
    LogLevel level = LogLevel::Info;
    std::string text;
    bool operator==(const LogLine&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(LogLine, level, text)

struct RunFinished
{
    Outcome outcome = Outcome::Passed;
    std::string reason;
    bool operator==(const RunFinished&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RunFinished, outcome, reason)

} // namespace headroom
