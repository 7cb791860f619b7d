// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/case.h"
#include "core/plan/left_out.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace headroom
{

/// The parts of a validation, in their order.
enum class Stage
{
    Compatibility,
    Accuracy,
    Performance,
    Recommendations
};

template <> struct EnumNames<Stage>
{
    static constexpr std::string_view kind = "stage";
    static constexpr std::array names{std::pair{Stage::Compatibility, std::string_view{"compatibility"}},
                                      std::pair{Stage::Accuracy, std::string_view{"accuracy"}},
                                      std::pair{Stage::Performance, std::string_view{"performance"}},
                                      std::pair{Stage::Recommendations, std::string_view{"recommendations"}}};
};

enum class ProbeKind
{
    Layers,   ///< the attention layers of the subject; for each, what the rules and LibTorch say of every backend, and
              ///< which one runs by default, proven
    Frontier, ///< the longest sequence that each backend has memory for
    Peaks     ///< the rates that the device reaches in a matrix product and a copy
};

template <> struct EnumNames<ProbeKind>
{
    static constexpr std::string_view kind = "probe";
    static constexpr std::array names{std::pair{ProbeKind::Layers, std::string_view{"layers"}},
                                      std::pair{ProbeKind::Frontier, std::string_view{"frontier"}},
                                      std::pair{ProbeKind::Peaks, std::string_view{"peaks"}}};
};

/// Find something out that is no verdict and no time of a case.
struct ProbeJob
{
    Subject subject;
    ProbeKind probe = ProbeKind::Layers;
    std::vector<Backend> backends{}; ///< whose frontier; the other kinds look at all
    Pass pass = Pass::Forward;       ///< of the frontier
    bool operator==(const ProbeJob&) const = default;
};

/// Accuracy of the subject with every backend that takes it: outputs and gradients against the fp64 reference. A
/// backend whose rules refuse the subject with gradients, but not without, is judged by its outputs alone.
struct JudgeJob
{
    Subject subject;
    std::vector<Backend> backends;
    std::optional<CapturedCall> captured{}; ///< as in Case
    std::optional<Side> side{};             ///< whose worker judges; nothing: there is one, and it speaks for both
    bool operator==(const JudgeJob&) const = default;
};

/// Time one case.
struct MeasureJob
{
    Case measured;
    bool operator==(const MeasureJob&) const = default;
};

/// Time several cases of one subject interleaved, each once a round in random order. The first is the baseline.
struct CompareJob
{
    std::vector<Case> cases;
    std::vector<LeftOutCase> leftOut{};

    bool operator==(const CompareJob&) const = default;
};

enum class CheckKind
{
    Autocast,        ///< the model under mixed precision: which backend runs, is the output right
    Compiled,        ///< an AOTInductor package of the same weights gives the same output
    Determinism,     ///< repeated runs are equal to the bit
    BatchInvariance, ///< a sequence gives the same bits alone and in a batch
    Ladder,          ///< one step of the adversarial ladder, made of the subject
    Defect           ///< one known defect of LibTorch: is it present here?
};

template <> struct EnumNames<CheckKind>
{
    static constexpr std::string_view kind = "check";
    static constexpr std::array names{std::pair{CheckKind::Autocast, std::string_view{"autocast"}},
                                      std::pair{CheckKind::Compiled, std::string_view{"compiled"}},
                                      std::pair{CheckKind::Determinism, std::string_view{"determinism"}},
                                      std::pair{CheckKind::BatchInvariance, std::string_view{"batch-invariance"}},
                                      std::pair{CheckKind::Ladder, std::string_view{"ladder"}},
                                      std::pair{CheckKind::Defect, std::string_view{"defect"}}};
};

/// A property of the subject that holds or does not. The subject is the one of the run; an autocast check switches
/// autocast on by itself.
struct CheckJob
{
    CheckKind check = CheckKind::Determinism;
    Subject subject;
    std::vector<Backend> backends;
    std::string item{}; ///< which step of the ladder, which defect; empty for the other checks
    bool operator==(const CheckJob&) const = default;
};

using JobWork = std::variant<ProbeJob, JudgeJob, MeasureJob, CompareJob, CheckJob>;

/// What a plan is made of. The id is unique in its plan.
struct Job
{
    std::string id;
    Stage stage = Stage::Compatibility;
    std::string title; ///< for people: "forward, batch 4, sequence 128"
    double estimateSeconds = 0;
    JobWork work;
    bool isolated = false; ///< may break its process: it runs in a worker of its own

    bool operator==(const Job&) const = default;
};

/// {id, stage, title, estimateSeconds, isolated, kind, work}.
void to_json(Json& json, const Job& job);
void from_json(const Json& json, Job& job);

/// The cases that a job times; none for the other kinds.
std::vector<Case> casesOf(const Job& job);

/// "probe", "judge", "measure", "compare" or "check".
std::string_view kindOf(const Job& job);

} // namespace headroom
