// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/enum_text.h"

#include <array>
#include <cstdint>

namespace headroom
{

struct AttentionProblem;

/// What an attn_mask lets through. Key positions are taken with the last query at the last key ("bottom right"), as
/// with a key/value cache, save for CausalTopLeft: query q stands at key q + kvLength - queryLength.
enum class MaskPattern
{
    Random,            ///< boolean: three elements of four, and the first key of each row; additive: normal numbers
    CausalTopLeft,     ///< key <= query, what is_causal means
    CausalBottomRight, ///< key <= the query's position; rows before the first key are fully masked
    Padding,           ///< item b of the batch ends in padding: Skv - (b + 1) Skv / (2 B) keys are left of it
    SlidingWindow,     ///< the query's position and the span - 1 keys before it (Mistral, Longformer)
    Alibi,             ///< causal bottom right, and -m_h times the distance (Press et al., 2022, section 3); additive
    BlockSparse,       ///< blocks of span keys: the first one, the query's own, and every fourth diagonal (BigBird)
    Document           ///< packed documents of span tokens: a token sees its own document alone
};

template <> struct EnumNames<MaskPattern>
{
    static constexpr std::string_view kind = "mask pattern";
    static constexpr std::array names{
        std::pair{MaskPattern::Random, std::string_view{"random"}},
        std::pair{MaskPattern::CausalTopLeft, std::string_view{"causal-top-left"}},
        std::pair{MaskPattern::CausalBottomRight, std::string_view{"causal-bottom-right"}},
        std::pair{MaskPattern::Padding, std::string_view{"padding"}},
        std::pair{MaskPattern::SlidingWindow, std::string_view{"sliding-window"}},
        std::pair{MaskPattern::Alibi, std::string_view{"alibi"}},
        std::pair{MaskPattern::BlockSparse, std::string_view{"block-sparse"}},
        std::pair{MaskPattern::Document, std::string_view{"document"}},
    };
};

/// The width of the window, the side of a block or the length of a document, where a problem names none: a quarter of
/// the keys, and at most 1024 (window), 64 (block) or 4096 (document); at least 1.
std::int64_t maskSpan(const AttentionProblem& problem);

/// The keys that a padded item \a batchItem has, from 1 to kvLength.
std::int64_t keysBeforePadding(const AttentionProblem& problem, std::int64_t batchItem);

/// The slope m_h of ALiBi for \a head of \a heads: 2^(-8 (h + 1) / heads).
double alibiSlope(std::int64_t head, std::int64_t heads);

/// Whether \a key takes part in the row of \a query, by the pattern of the problem's mask. Random answers true: which
/// elements it takes is the generator's matter.
bool takesPart(const AttentionProblem& problem, std::int64_t batchItem, std::int64_t query, std::int64_t key);

/// How many keys take part in that row; for Random, of which no kernel can skip any, all of them.
std::int64_t keysOfRow(const AttentionProblem& problem, std::int64_t batchItem, std::int64_t query);

/// The shape in which the mask is handed over, broadcast over what is 1: [B or 1, Hq or 1, Sq or 1, Skv].
std::array<std::int64_t, 4> maskShape(const AttentionProblem& problem);

} // namespace headroom
