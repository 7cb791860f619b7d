// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/eligibility.h"
#include "core/plan/job.h"

#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// What LibTorch itself says of a backend, beside what Headroom's rules say.
struct BackendAnswer
{
    Eligibility rules;
    std::optional<bool> libtorchAccepts;      ///< nothing when LibTorch has no way to ask
    std::vector<std::string> libtorchReasons; ///< its own refusal texts

    bool operator==(const BackendAnswer&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(BackendAnswer, rules, libtorchAccepts, libtorchReasons)

/// One attention layer that was found, and who would take its call.
struct LayerEvidence
{
    std::string path;
    AttentionProblem problem;
    std::vector<BackendAnswer> answers;
    Backend predictedDefault = Backend::Math;
    std::optional<Backend> libtorchDefault; ///< what at::_fused_sdp_choice answers

    bool operator==(const LayerEvidence&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(LayerEvidence, path, problem, answers, predictedDefault,
                                                libtorchDefault)

/// What was seen to run. Operator names come from RecordFunction, kernel names from CUPTI, of each launch
/// (CUDA only).
struct RunEvidence
{
    std::string caseId;
    Pass pass = Pass::Forward;
    Backend requested = Backend::Default;
    std::optional<Backend> ran; ///< nothing when no attention ran
    std::int64_t attentionCalls = 0;
    std::vector<std::string> operators;
    std::vector<std::string> kernels;
    bool asPredicted = true;

    bool operator==(const RunEvidence&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RunEvidence, caseId, pass, requested, ran, attentionCalls, operators,
                                                kernels, asPredicted)

/// The backend that a list of operator and kernel names proves, or nothing when it names none or several.
std::optional<Backend> backendFromNames(const std::vector<std::string>& operators,
                                        const std::vector<std::string>& kernels);

enum class CheckStatus
{
    Passed,
    Failed,
    NotApplicable,
    CouldNotTell
};

template <> struct EnumNames<CheckStatus>
{
    static constexpr std::string_view kind = "check status";
    static constexpr std::array names{std::pair{CheckStatus::Passed, std::string_view{"passed"}},
                                      std::pair{CheckStatus::Failed, std::string_view{"failed"}},
                                      std::pair{CheckStatus::NotApplicable, std::string_view{"not-applicable"}},
                                      std::pair{CheckStatus::CouldNotTell, std::string_view{"could-not-tell"}}};
};

/// The answer of a check.
struct CheckResult
{
    CheckKind check = CheckKind::Determinism;
    Backend backend = Backend::Default;
    CheckStatus status = CheckStatus::CouldNotTell;
    std::string summary; ///< a sentence
    std::vector<std::string> details;
    std::string item{};    ///< which step of the ladder, which defect; empty for the other checks
    std::string subject{}; ///< the call that was checked, described; empty for a model and for a defect

    bool operator==(const CheckResult&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CheckResult, check, backend, status, summary, details, item, subject)

} // namespace headroom
