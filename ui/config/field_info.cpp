// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/field_info.h"

#include "core/plan/preset.h"
#include "core/plan/sweep_plan.h"

#include <QCoreApplication>

#include <array>

namespace headroom::ui
{
namespace
{

constexpr auto kModel = ConfiguredSubject::Model;
constexpr auto kAttention = ConfiguredSubject::Attention;

#define HEADROOM_TEXT(text) QT_TRANSLATE_NOOP("FieldInfo", text)

constexpr std::array kFields{
    FieldInfo{Field::DModel, EditorKind::Number, kModel, false, HEADROOM_TEXT("d_model"),
              HEADROOM_TEXT("Width of the model; a multiple of the number of heads")},
    FieldInfo{Field::Layers, EditorKind::Number, kModel, false, HEADROOM_TEXT("Layers"),
              HEADROOM_TEXT("Encoder layers, each with one attention call; 0 is a model without attention")},
    FieldInfo{Field::Heads, EditorKind::Number, kModel, false, HEADROOM_TEXT("Heads"),
              HEADROOM_TEXT("Attention heads of a layer; head_dim is d_model divided by them")},
    FieldInfo{Field::Vocabulary, EditorKind::Number, kModel, false, HEADROOM_TEXT("Vocabulary"),
              HEADROOM_TEXT("Words of the embedding and of the output projection")},
    FieldInfo{Field::Batch, EditorKind::Number, kModel, false, HEADROOM_TEXT("Batch"),
              HEADROOM_TEXT("Sequences at a time")},
    FieldInfo{Field::Sequence, EditorKind::Number, kModel, false, HEADROOM_TEXT("Sequence"),
              HEADROOM_TEXT("Tokens in a sequence")},
    FieldInfo{Field::QueryLengths, EditorKind::Sizes, kAttention, false, HEADROOM_TEXT("Sequence"),
              HEADROOM_TEXT("Query length: one size, or a list: 512,1024 or 512..16k doubling or 512..4096:512")},
    FieldInfo{Field::Batches, EditorKind::Sizes, kAttention, false, HEADROOM_TEXT("Batch"),
              HEADROOM_TEXT("Sequences at a time: one size, or a list")},
    FieldInfo{Field::QueryHeads, EditorKind::Sizes, kAttention, false, HEADROOM_TEXT("Heads"),
              HEADROOM_TEXT("Heads of the query: one number, or a list")},
    FieldInfo{Field::KvHeads, EditorKind::Sizes, kAttention, false, HEADROOM_TEXT("KV heads"),
              HEADROOM_TEXT("Heads of key and value; fewer than those of the query is grouped-query attention")},
    FieldInfo{Field::HeadDims, EditorKind::Sizes, kAttention, false, HEADROOM_TEXT("head_dim"),
              HEADROOM_TEXT("Elements of a head of query and key: one size, or a list")},
    FieldInfo{Field::ModelDtype, EditorKind::Choice, kModel, false, HEADROOM_TEXT("Data type"),
              HEADROOM_TEXT("Of the weights; autocast keeps them in float32 and computes in bfloat16")},
    FieldInfo{Field::Dtypes, EditorKind::Words, kAttention, false, HEADROOM_TEXT("Data type"),
              HEADROOM_TEXT("Of query, key and value: one, or several with commas")},
    FieldInfo{Field::ModelMask, EditorKind::Choice, kModel, false, HEADROOM_TEXT("Mask"),
              HEADROOM_TEXT("Causal: each token sees only those before it")},
    FieldInfo{Field::Masks, EditorKind::Words, kAttention, false, HEADROOM_TEXT("Mask"),
              HEADROOM_TEXT("What each query sees; causal is the is_causal flag, the others are an attn_mask. Add "
                            "+additive for one of 0 and -infinity, +gradient for one that is learned")},
    FieldInfo{Field::Passes, EditorKind::Words, kAttention, false, HEADROOM_TEXT("Passes"),
              HEADROOM_TEXT("What is timed: forward is inference, backward alone, training-step both")},
    FieldInfo{Field::Device, EditorKind::Choice, std::nullopt, false, HEADROOM_TEXT("Device"),
              HEADROOM_TEXT("Where it runs")},
    FieldInfo{Field::Depth, EditorKind::Choice, std::nullopt, false, HEADROOM_TEXT("Depth"),
              HEADROOM_TEXT("How thoroughly to measure: quick answers within a minute on two cores, standard samples "
                            "until the error is at most 0.5 %, thorough for half a second a case at least, original as "
                            "the Python tool did")},
    FieldInfo{Field::Sweeps, EditorKind::Switch, kModel, false, HEADROOM_TEXT("Sweep sizes"),
              HEADROOM_TEXT("Also time it over batch sizes and sequence lengths: fills the scaling page")},
    FieldInfo{Field::FeedForward, EditorKind::Number, kModel, true, HEADROOM_TEXT("Feed-forward"),
              HEADROOM_TEXT("Width of the feed-forward layers; empty: 4 × d_model")},
    FieldInfo{Field::Positions, EditorKind::Number, kModel, true, HEADROOM_TEXT("Positions"),
              HEADROOM_TEXT("Longest sequence that the model has positions for; empty: 1024, or the sequence")},
    FieldInfo{Field::FullValidation, EditorKind::Switch, kModel, true, HEADROOM_TEXT("Every check"),
              HEADROOM_TEXT("Also gradients layer by layer, autocast, and whether repeated runs give the same bits")},
    FieldInfo{Field::Weights, EditorKind::File, kModel, true, HEADROOM_TEXT("Weights"),
              HEADROOM_TEXT("A safetensors file with the model's weights; empty: random ones from the seed")},
    FieldInfo{Field::Compiled, EditorKind::File, kModel, true, HEADROOM_TEXT("Compiled"),
              HEADROOM_TEXT("An AOTInductor package (.pt2) of the same weights, to be compared with the model")},
    FieldInfo{Field::KvLengths, EditorKind::Sizes, kAttention, true, HEADROOM_TEXT("Keys"),
              HEADROOM_TEXT("Key and value length; same: that of the query")},
    FieldInfo{Field::HeadDimsV, EditorKind::Sizes, kAttention, true, HEADROOM_TEXT("head_dim V"),
              HEADROOM_TEXT("Elements of a head of the value; same: that of query and key")},
    FieldInfo{Field::Dropouts, EditorKind::Words, kAttention, true, HEADROOM_TEXT("Dropout"),
              HEADROOM_TEXT("Share of the probabilities that is dropped; numbers are judged without")},
    FieldInfo{Field::Layouts, EditorKind::Words, kAttention, true, HEADROOM_TEXT("Layout"),
              HEADROOM_TEXT("How query, key and value lie in memory")},
    FieldInfo{Field::Backends, EditorKind::Words, kAttention, true, HEADROOM_TEXT("Backends"),
              HEADROOM_TEXT("Who computes it; empty: all that the device has. Math is what others are compared with")},
    FieldInfo{Field::Launches, EditorKind::Words, kAttention, true, HEADROOM_TEXT("Launch"),
              HEADROOM_TEXT("Eager, or replays of a captured CUDA graph")},
    FieldInfo{Field::L2States, EditorKind::Words, kAttention, true, HEADROOM_TEXT("L2 cache"),
              HEADROOM_TEXT("The GPU's cache before each sample: as the last one left it, or overwritten")},
    FieldInfo{Field::Checks, EditorKind::Words, kAttention, true, HEADROOM_TEXT("Checks"),
              HEADROOM_TEXT("Also look for: equal bits when repeated, equal bits alone and in a batch, the adversarial "
                            "ladder, the longest sequence that fits")},
};

#undef HEADROOM_TEXT

template <NamedEnum E> QList<FieldChoice> namesAsChoices()
{
    QList<FieldChoice> choices;
    for (const auto& [value, name] : EnumNames<E>::names)
    {
        const auto text = QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
        choices.append({text, text});
    }
    return choices;
}

QList<FieldChoice> plain(std::initializer_list<const char*> names)
{
    QList<FieldChoice> choices;
    for (const char* name : names)
    {
        choices.append({QString::fromLatin1(name), QString::fromLatin1(name)});
    }
    return choices;
}

QList<FieldChoice> modelDtypes()
{
    auto choices = namesAsChoices<DType>();
    choices.append({QString::fromUtf8(kAutocast.data()), QCoreApplication::translate("FieldInfo", "autocast")});
    return choices;
}

} // namespace

std::span<const FieldInfo> fieldInfos()
{
    return kFields;
}

QString labelOf(const FieldInfo& info)
{
    return QCoreApplication::translate("FieldInfo", info.label);
}

QString tipOf(const FieldInfo& info)
{
    return QCoreApplication::translate("FieldInfo", info.tip);
}

QList<FieldChoice> choicesOf(Field field)
{
    switch (field)
    {
    case Field::ModelDtype:
        return modelDtypes();
    case Field::ModelMask:
        return plain({"none", "causal"});
    case Field::Depth:
        return namesAsChoices<Preset>();
    case Field::Dtypes:
        return namesAsChoices<DType>();
    case Field::Masks:
        return plain({"none", "causal", "causal-top-left", "causal-bottom-right", "padding", "sliding-window", "alibi",
                      "random", "random-additive", "block-sparse", "document"});
    case Field::Layouts:
        return namesAsChoices<Layout>();
    case Field::Passes:
        return namesAsChoices<Pass>();
    case Field::Backends:
        return namesAsChoices<Backend>();
    case Field::Launches:
        return namesAsChoices<Launch>();
    case Field::L2States:
        return namesAsChoices<L2State>();
    case Field::Checks:
        return namesAsChoices<SweepCheck>();
    case Field::Dropouts:
        return plain({"0", "0.1"});
    default:
        return {};
    }
}

} // namespace headroom::ui
