// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_problem.h"
#include "core/encoding/json.h"
#include "core/plan/model_preset.h"
#include "core/plan/sweep_preset.h"
#include "ui/config/field.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace headroom::ui
{

/// What stands in the form, as it was typed: a text for each field, so that a half-typed number survives undo, saving
/// and a restart. Numbers and lists are written as the command line writes them; an empty field takes what the sweep
/// preset says, or the usual. interpretation.h says what it means.
struct Configuration
{
    ConfiguredSubject subject = ConfiguredSubject::Model;
    std::map<Field, std::string> texts;
    std::optional<double> scale; ///< of an attention call that was given one (a padded head_dim); no field shows it

    Configuration(); ///< the default model, and the command line's default sweep

    const std::string& text(Field field) const;
    void setText(Field field, std::string text) { texts[field] = std::move(text); }

    bool operator==(const Configuration&) const = default;
};

/// {"subject", "fields": {name: text}}. Unknown fields are ignored, missing ones keep their defaults.
void to_json(Json& json, const Configuration& configuration);
void from_json(const Json& json, Configuration& configuration);

/// The sizes of \a preset in place of those in \a configuration; batch, data type, device and depth stay.
Configuration withModelPreset(Configuration configuration, const ModelPreset& preset);

/// The sizes of \a model in place of those in \a configuration, and nothing else.
Configuration withSizes(Configuration configuration, const ModelSpec& model);

/// The lists of \a preset, where its specs agree on one; a field on which they do not is left empty.
Configuration withSweepPreset(Configuration configuration, const SweepPreset& preset);

/// The form that asks about \a problem: the model of \a configuration with what \a problem changes of its attention
/// calls, where a model can have such calls, else the one attention call.
Configuration withProblem(Configuration configuration, const AttentionProblem& problem);

/// The texts of the data type and mask of a model: "float32", "autocast"; "none", "causal".
inline constexpr std::string_view kAutocast = "autocast";
inline constexpr std::string_view kSameText = "same";

} // namespace headroom::ui
