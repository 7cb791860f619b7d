// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_memory.h"
#include "core/attention/attention_problem.h"
#include "core/attention/backend.h"
#include "core/audit/call_change.h"
#include "core/model/model_spec.h"
#include "core/plan/side.h"

#include <optional>
#include <string>
#include <variant>

namespace headroom
{

/// What is measured: one attention call, or a model with an input. In JSON {"attention": {...}} or {"model": {...}}.
using Subject = std::variant<AttentionProblem, ModelInput>;

Json subjectToJson(const Subject& subject);
Subject subjectFromJson(const Json& json);
std::string describe(const Subject& subject);

/// Forward is inference (no gradients recorded). Backward is the backward pass alone. TrainingStep is forward, loss and
/// backward with the gradients cleared before, without an optimizer.
enum class Pass
{
    Forward,
    Backward,
    TrainingStep
};

template <> struct EnumNames<Pass>
{
    static constexpr std::string_view kind = "pass";
    static constexpr std::array names{std::pair{Pass::Forward, std::string_view{"forward"}},
                                      std::pair{Pass::Backward, std::string_view{"backward"}},
                                      std::pair{Pass::TrainingStep, std::string_view{"training-step"}}};
};

/// What a pass keeps of an attention call.
constexpr AttentionUse useOf(Pass pass)
{
    return pass == Pass::Forward    ? AttentionUse::Inference
           : pass == Pass::Backward ? AttentionUse::Backward
                                    : AttentionUse::Training;
}

enum class Launch
{
    Eager,
    Graph ///< replay of a captured CUDA graph
};

template <> struct EnumNames<Launch>
{
    static constexpr std::string_view kind = "launch mode";
    static constexpr std::array names{std::pair{Launch::Eager, std::string_view{"eager"}},
                                      std::pair{Launch::Graph, std::string_view{"graph"}}};
};

/// State of the level-2 cache before each sample. The CPU knows Warm alone.
enum class L2State
{
    Warm, ///< as the previous sample left it
    Cold  ///< overwritten with more than twice its size, outside the timed region
};

template <> struct EnumNames<L2State>
{
    static constexpr std::string_view kind = "L2 state";
    static constexpr std::array names{std::pair{L2State::Warm, std::string_view{"warm"}},
                                      std::pair{L2State::Cold, std::string_view{"cold"}}};
};

/// One thing that can be timed.
struct Case
{
    Subject subject;
    Backend backend = Backend::Default;
    Pass pass = Pass::Forward;
    Launch launch = Launch::Eager;
    L2State l2 = L2State::Warm;
    std::optional<CapturedCall> captured{}; ///< run on the tensors of this call of the plan's model; the subject is the
                                            ///< problem that it poses, change included
    std::optional<Side> side{}; ///< of an A/B comparison, which may compare a case with itself under other settings

    bool operator==(const Case&) const = default;

    /// 16 hexadecimal digits: FNV-1a of the canonical JSON (keys sorted, no device ordinal, no seed), so that the cases
    /// of two machines meet.
    std::string id() const;
};

void to_json(Json& json, const Case& value);
void from_json(const Json& json, Case& value);

/// A short text: "flash training-step B4 S128 float32".
std::string describe(const Case& value);

/// describe(), with "A: " or "B: " before a case of a side: in a list of cases nothing else may tell the two apart.
std::string describeWithSide(const Case& value);

} // namespace headroom
