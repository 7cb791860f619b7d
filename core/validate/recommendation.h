// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/json.h"

#include <optional>
#include <string>
#include <vector>

namespace headroom
{

enum class Severity
{
    Good,    ///< keep it so
    Advice,  ///< would be better
    Problem, ///< wrong, or dangerous
};

template <> struct EnumNames<Severity>
{
    static constexpr std::string_view kind = "severity";
    static constexpr std::array names{std::pair{Severity::Good, std::string_view{"good"}},
                                      std::pair{Severity::Advice, std::string_view{"advice"}},
                                      std::pair{Severity::Problem, std::string_view{"problem"}}};
};

/// One recommendation: what, why with the evidence it stands on, what it would gain as measured, and how to do it.
struct Recommendation
{
    std::string rule; ///< stable name, e.g. "use-bfloat16"
    Severity severity = Severity::Advice;
    std::string title;
    std::string why;
    std::optional<double> gain;        ///< measured speed-up; absent when it was not measured
    std::string gainText;              ///< "1.32x (1.30 to 1.34) forward", or what to run to learn it
    std::vector<std::string> evidence; ///< ids of cases, paths of layers
    std::string cpp;
    std::string python;
    std::string undo{}; ///< a sentence; empty where nothing is changed, and in reports of before

    bool operator==(const Recommendation&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Recommendation, rule, severity, title, why, gain, gainText, evidence,
                                                cpp, python, undo)

} // namespace headroom
