// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/enum_text.h"
#include "core/encoding/json.h"
#include "core/model/model_inspection.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headroom
{

/// The sides of an A/B comparison: A is the baseline, B the candidate.
enum class Side
{
    A,
    B
};

template <> struct EnumNames<Side>
{
    static constexpr std::string_view kind = "side";
    static constexpr std::array names{std::pair{Side::A, std::string_view{"a"}},
                                      std::pair{Side::B, std::string_view{"b"}}};
};

/// "A" or "B", as texts for people have it.
constexpr std::string_view letter(Side side)
{
    return side == Side::A ? "A" : "B";
}

/// What is set for one side, beside its case.
struct SideSettings
{
    std::vector<std::string> settings;              ///< as they were asked for: "backend=math", "OMP_NUM_THREADS=1"
    std::string worker;                             ///< its worker's command line; empty: the one that is found
    std::map<std::string, std::string> environment; ///< variables that are set for its worker
    std::optional<InspectionRequest> modelFile;     ///< its model, where that is another one than the plan's

    bool operator==(const SideSettings&) const = default;

    /// It cannot share a process with the other side.
    bool needsOwnWorker() const { return !worker.empty() || !environment.empty() || modelFile.has_value(); }
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(SideSettings, settings, worker, environment, modelFile)

} // namespace headroom
