// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_problem.h"

#include <string>
#include <string_view>

namespace headroom
{

/// What of an attention call its mask makes up, as one word of the command line:
///
///     none, causal (the flag is_causal), causal-top-left, causal-bottom-right, padding, sliding-window[:W], alibi,
///     random, random-additive, block-sparse[:N], document[:N]
///
/// A mask is boolean. "+additive" behind it makes it one of 0 and -infinity that is added to the scores, "+gradient"
/// an additive one that is learned. ALiBi is always additive. W and N are the mask's span (mask_pattern.h).
struct SweepMask
{
    bool causal = false; ///< the flag; then there is no mask beside it
    MaskKind mask = MaskKind::None;
    MaskPattern pattern = MaskPattern::Random;
    std::int64_t span = 0; ///< 0: the pattern's own
    bool needsGradient = false;

    bool operator==(const SweepMask&) const = default;
};

/// \throws std::invalid_argument with a sentence's beginning that lists the words.
SweepMask parseSweepMask(std::string_view text);

/// The word that parseSweepMask() reads.
std::string toText(const SweepMask& mask);

SweepMask maskOf(const AttentionProblem& problem);
void setMask(AttentionProblem& problem, const SweepMask& mask);

/// All words, for a help text.
std::string_view sweepMaskWords();

} // namespace headroom
