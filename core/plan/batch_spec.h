// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/sweep_mask.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// Requests of one size, as an inference server batches them.
struct BatchGroup
{
    std::int64_t count = 1;       ///< of requests: the batch size
    std::int64_t queryLength = 1; ///< new tokens of each
    std::int64_t kvLength = 1;    ///< all tokens of each: those in the cache and the new ones

    bool operator==(const BatchGroup&) const = default;
};

/// Reads the shorthand of vLLM's attention benchmarks (vllm-project/vllm, benchmarks/attention_benchmarks, README.md
/// and batch_spec.py): groups joined by "_", each "[COUNT]qQUERY[sTOTAL]", sizes with k (1024) or m (1024 · 1024).
///
///     q2k             one prefill: 2048 new tokens, nothing cached
///     8q1s4k          8 decodes: one new token each, 4096 keys, the new token's own among them
///     2q2k_32q1s1k    a mixed batch
///
/// As there, the number behind s is the whole sequence and not only what was cached before. A group is a problem of its
/// own: scaled_dot_product_attention takes one length a call, whereas vLLM runs the groups in one varlen call.
/// \throws std::invalid_argument with a sentence's beginning.
std::vector<BatchGroup> parseBatchSpec(std::string_view text);

/// "8q1s4096".
std::string toText(const BatchGroup& group);

/// The mask that serving such requests takes: none for one new token, which sees all keys; is_causal where nothing was
/// cached; causal from the bottom right where new tokens follow cached ones.
SweepMask servingMask(const BatchGroup& group);

} // namespace headroom
