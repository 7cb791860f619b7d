// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/defect_checks.h"

#include "core/engine/attention/defect_cases.h"
#include "core/engine/device/memory_meter.h"
#include "core/engine/device/synchronise.h"
#include "core/plan/defects.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace headroom::engine
{
namespace
{

constexpr double kGibibyte = 1024.0 * 1024.0 * 1024.0;

using DefectCheck = void (*)(DefectScene&);

/// B31 and B32 cannot be reached through LibTorch and have no function.
constexpr std::array kChecks{
    std::pair{std::string_view{"B1"}, &checkB1},   std::pair{std::string_view{"B2"}, &checkB2},
    std::pair{std::string_view{"B3"}, &checkB3},   std::pair{std::string_view{"B4"}, &checkB4},
    std::pair{std::string_view{"B5"}, &checkB5},   std::pair{std::string_view{"B6"}, &checkB6},
    std::pair{std::string_view{"B7"}, &checkB7},   std::pair{std::string_view{"B8"}, &checkB8},
    std::pair{std::string_view{"B9"}, &checkB9},   std::pair{std::string_view{"B10"}, &checkB10},
    std::pair{std::string_view{"B11"}, &checkB11}, std::pair{std::string_view{"B12"}, &checkB12},
    std::pair{std::string_view{"B13"}, &checkB13}, std::pair{std::string_view{"B14"}, &checkB14},
    std::pair{std::string_view{"B15"}, &checkB15}, std::pair{std::string_view{"B16"}, &checkB16},
    std::pair{std::string_view{"B17"}, &checkB17}, std::pair{std::string_view{"B18"}, &checkB18},
    std::pair{std::string_view{"B19"}, &checkB19}, std::pair{std::string_view{"B20"}, &checkB20},
    std::pair{std::string_view{"B21"}, &checkB21}, std::pair{std::string_view{"B22"}, &checkB22},
    std::pair{std::string_view{"B23"}, &checkB23}, std::pair{std::string_view{"B24"}, &checkB24},
    std::pair{std::string_view{"B25"}, &checkB25}, std::pair{std::string_view{"B26"}, &checkB26},
    std::pair{std::string_view{"B27"}, &checkB27}, std::pair{std::string_view{"B28"}, &checkB28},
    std::pair{std::string_view{"B29"}, &checkB29}, std::pair{std::string_view{"B30"}, &checkB30},
};

DefectCheck checkOf(std::string_view id)
{
    const auto found =
        std::find_if(kChecks.begin(), kChecks.end(), [&](const auto& entry) { return entry.first == id; });
    return found == kChecks.end() ? nullptr : found->second;
}

CheckResult answer(CheckStatus status, const std::string& summary)
{
    CheckResult result;
    result.check = CheckKind::Defect;
    result.status = status;
    result.summary = summary;
    return result;
}

CheckResult look(const Defect& defect, const CheckSetting& setting, const EventDataSink& sink)
{
    if (const auto why = whyNotApplicable(defect, setting.facts); !why.empty())
    {
        return answer(CheckStatus::NotApplicable, why);
    }
    const auto available = availableBytes(setting.device);
    if (available < defect.memoryBytes)
    {
        return answer(CheckStatus::CouldNotTell,
                      fmt::format("about {:.0f} GiB of free memory are needed and {:.1f} GiB are there",
                                  static_cast<double>(defect.memoryBytes) / kGibibyte,
                                  static_cast<double>(available) / kGibibyte));
    }
    DefectScene scene{setting, sink};
    try
    {
        checkOf(defect.id)(scene);
        synchronise(setting.device);
    }
    catch (const c10::Error& error)
    {
        synchronise(setting.device); // a lost context ends the job, which then says what it means
        scene.found.open("it ended with: " + firstSentence(error));
    }
    return scene.found.result();
}

} // namespace

void checkDefect(const std::string& id, const CheckSetting& setting, const EventDataSink& sink)
{
    const auto* defect = findDefect(id);
    if (defect == nullptr || (defect->unreachable.empty() && checkOf(id) == nullptr))
    {
        throw EngineError(Cause::Unsupported, fmt::format("this build knows no check of a defect '{}'", id));
    }
    auto result = look(*defect, setting, sink);
    result.item = id;
    result.backend = defect->backends.size() == 1 ? defect->backends.front() : Backend::Default;
    sink(Judged{std::nullopt, std::move(result)});
}

} // namespace headroom::engine
