// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/enum_text.h"

#include <array>
#include <string_view>
#include <utility>

namespace headroom::ui
{

/// What the form asks about: a model, or one attention call or lists of them.
enum class ConfiguredSubject
{
    Model,
    Attention
};

/// The fields of the form. Device and Depth belong to both subjects.
enum class Field
{
    ModelFile,
    DModel,
    Layers,
    Heads,
    FeedForward,
    Vocabulary,
    Positions,
    Batch,
    Sequence,
    ModelDtype,
    ModelMask,
    Weights,
    Compiled,
    Sweeps,
    FullValidation,
    SweepPreset,
    Batches,
    QueryHeads,
    KvHeads,
    QueryLengths,
    KvLengths,
    HeadDims,
    HeadDimsV,
    Dtypes,
    Masks,
    Dropouts,
    Layouts,
    Passes,
    Backends,
    Launches,
    L2States,
    Checks,
    Device,
    Depth
};

} // namespace headroom::ui

namespace headroom
{

template <> struct EnumNames<ui::ConfiguredSubject>
{
    static constexpr std::string_view kind = "subject";
    static constexpr std::array names{std::pair{ui::ConfiguredSubject::Model, std::string_view{"model"}},
                                      std::pair{ui::ConfiguredSubject::Attention, std::string_view{"attention"}}};
};

/// Of saved configurations, and of the fields' object names.
template <> struct EnumNames<ui::Field>
{
    static constexpr std::string_view kind = "field";
    static constexpr std::array names{
        std::pair{ui::Field::ModelFile, std::string_view{"model-file"}},
        std::pair{ui::Field::DModel, std::string_view{"d-model"}},
        std::pair{ui::Field::Layers, std::string_view{"layers"}},
        std::pair{ui::Field::Heads, std::string_view{"heads"}},
        std::pair{ui::Field::FeedForward, std::string_view{"feed-forward"}},
        std::pair{ui::Field::Vocabulary, std::string_view{"vocabulary"}},
        std::pair{ui::Field::Positions, std::string_view{"positions"}},
        std::pair{ui::Field::Batch, std::string_view{"batch"}},
        std::pair{ui::Field::Sequence, std::string_view{"sequence"}},
        std::pair{ui::Field::ModelDtype, std::string_view{"model-dtype"}},
        std::pair{ui::Field::ModelMask, std::string_view{"model-mask"}},
        std::pair{ui::Field::Weights, std::string_view{"weights"}},
        std::pair{ui::Field::Compiled, std::string_view{"compiled"}},
        std::pair{ui::Field::Sweeps, std::string_view{"sweeps"}},
        std::pair{ui::Field::FullValidation, std::string_view{"full-validation"}},
        std::pair{ui::Field::SweepPreset, std::string_view{"sweep-preset"}},
        std::pair{ui::Field::Batches, std::string_view{"batches"}},
        std::pair{ui::Field::QueryHeads, std::string_view{"query-heads"}},
        std::pair{ui::Field::KvHeads, std::string_view{"kv-heads"}},
        std::pair{ui::Field::QueryLengths, std::string_view{"query-lengths"}},
        std::pair{ui::Field::KvLengths, std::string_view{"kv-lengths"}},
        std::pair{ui::Field::HeadDims, std::string_view{"head-dims"}},
        std::pair{ui::Field::HeadDimsV, std::string_view{"head-dims-v"}},
        std::pair{ui::Field::Dtypes, std::string_view{"dtypes"}},
        std::pair{ui::Field::Masks, std::string_view{"masks"}},
        std::pair{ui::Field::Dropouts, std::string_view{"dropouts"}},
        std::pair{ui::Field::Layouts, std::string_view{"layouts"}},
        std::pair{ui::Field::Passes, std::string_view{"passes"}},
        std::pair{ui::Field::Backends, std::string_view{"backends"}},
        std::pair{ui::Field::Launches, std::string_view{"launches"}},
        std::pair{ui::Field::L2States, std::string_view{"l2-states"}},
        std::pair{ui::Field::Checks, std::string_view{"checks"}},
        std::pair{ui::Field::Device, std::string_view{"device"}},
        std::pair{ui::Field::Depth, std::string_view{"depth"}},
    };
};

} // namespace headroom
