// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/dtype.h"
#include "core/attention/mask_pattern.h"
#include "core/encoding/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// How a mask is handed to attention, as `attn_mask`; what is in it is its MaskPattern. `is_causal` is a member of its
/// own.
enum class MaskKind
{
    None,
    Boolean, ///< true means "takes part"
    Additive ///< added to the scaled scores, in the query's data type
};

template <> struct EnumNames<MaskKind>
{
    static constexpr std::string_view kind = "mask";
    static constexpr std::array names{std::pair{MaskKind::None, std::string_view{"none"}},
                                      std::pair{MaskKind::Boolean, std::string_view{"boolean"}},
                                      std::pair{MaskKind::Additive, std::string_view{"additive"}}};
};

/// How query, key and value lie in memory; their logical shape is [B, H, S, D] in each case.
enum class Layout
{
    Bhsd,      ///< contiguous [B, H, S, D]
    Bshd,      ///< contiguous [B, S, H, D], seen through a transpose
    PackedQkv, ///< one tensor [B, S, 3, H, D], seen through select and transpose
    ExpandedKv ///< as Bhsd, but key and value are those of one head, expanded over the heads with stride 0
};

template <> struct EnumNames<Layout>
{
    static constexpr std::string_view kind = "layout";
    static constexpr std::array names{std::pair{Layout::Bhsd, std::string_view{"bhsd"}},
                                      std::pair{Layout::Bshd, std::string_view{"bshd"}},
                                      std::pair{Layout::PackedQkv, std::string_view{"packed-qkv"}},
                                      std::pair{Layout::ExpandedKv, std::string_view{"expanded-kv"}}};
};

/// One attention call: softmax(scale * Q K^T + mask) V with Q [B, Hq, Sq, Dqk], K [B, Hkv, Skv, Dqk],
/// V [B, Hkv, Skv, Dv] and the output [B, Hq, Sq, Dv].
///
/// Lengths count tokens, dims count elements. `scale` is 1/sqrt(Dqk) when not given. `causal` is the `is_causal` flag,
/// whose triangle starts at the top left (pytorch/pytorch#108108).
struct AttentionProblem
{
    std::int64_t batch = 1;
    std::int64_t queryHeads = 1;
    std::int64_t kvHeads = 1;
    std::int64_t queryLength = 1;
    std::int64_t kvLength = 1;
    std::int64_t headDimQk = 64;
    std::int64_t headDimV = 64;
    DType dtype = DType::Float32;
    DeviceKind device = DeviceKind::Cpu;
    MaskKind mask = MaskKind::None;
    MaskPattern maskPattern = MaskPattern::Random; ///< of the mask, where there is one
    std::int64_t maskSpan = 0;                     ///< 0: the pattern's own, see maskSpan()
    bool maskNeedsGradient = false;
    bool causal = false;
    double dropout = 0.0;
    std::optional<double> scale;
    Layout layout = Layout::Bhsd;
    bool needsGradients = true;

    bool operator==(const AttentionProblem&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(AttentionProblem, batch, queryHeads, kvHeads, queryLength, kvLength,
                                                headDimQk, headDimV, dtype, device, mask, maskPattern, maskSpan,
                                                maskNeedsGradient, causal, dropout, scale, layout, needsGradients)

/// What is wrong with the sizes of \a problem, a sentence each; empty when all is well.
std::vector<std::string> problemsWith(const AttentionProblem& problem);

/// The scale of \a problem, 1/sqrt(Dqk) when not given.
double effectiveScale(const AttentionProblem& problem);

/// A short text for titles and logs: "B4 H12 S128 D64 float32 causal".
std::string describe(const AttentionProblem& problem);

} // namespace headroom
