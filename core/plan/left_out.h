// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/case.h"

#include <string>

namespace headroom
{

/// Why a case of a plan is not run.
enum class LeftOut
{
    NotEligible, ///< the backend's rules refuse it
    TooLarge,    ///< it is predicted not to fit into memory
    NotWanted    ///< the plan's own limit, such as the longest sequence of math
};

template <> struct EnumNames<LeftOut>
{
    static constexpr std::string_view kind = "reason to leave a case out";
    static constexpr std::array names{std::pair{LeftOut::NotEligible, std::string_view{"not-eligible"}},
                                      std::pair{LeftOut::TooLarge, std::string_view{"too-large"}},
                                      std::pair{LeftOut::NotWanted, std::string_view{"not-wanted"}}};
};

/// A case that was asked for and is a row of the report, but is not run: the plan knew why not.
struct LeftOutCase
{
    Case left;
    LeftOut why = LeftOut::NotEligible;
    std::string reason; ///< for people: the rules that refuse it

    bool operator==(const LeftOutCase&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(LeftOutCase, left, why, reason)

} // namespace headroom
