// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audit/audit_rules.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom::audit
{
namespace
{

bool hasMask(const WatchedCall& watched)
{
    return isOperatorCall(watched) && watched.call.problem.mask != MaskKind::None;
}

/// is_causal's triangle starts at the top left (pytorch/pytorch#108108): with as many keys as queries any triangle is
/// that one.
bool isTheTriangle(const WatchedCall& watched)
{
    const auto& problem = watched.call.problem;
    return hasMask(watched) && watched.content == MaskContent::Causal && problem.queryLength == problem.kvLength;
}

/// "an additive mask of [1, 1, 128, 128]"
std::string maskText(const WatchedCall& watched)
{
    const auto kind = watched.call.problem.mask == MaskKind::Boolean ? "a boolean mask" : "an additive mask";
    return watched.maskShape.empty() ? kind : fmt::format("{} of [{}]", kind, fmt::join(watched.maskShape, ", "));
}

const WatchedCall& firstOf(const Audited& audited, const AuditFinding& finding)
{
    return audited.seen.calls.at(static_cast<std::size_t>(finding.calls.front()));
}

/// What a mask costs on this device.
std::string priceOf(const WatchedCall& watched)
{
    return watched.call.problem.device == DeviceKind::Cuda
               ? "Flash takes no mask on CUDA, and the others read it for every score and skip nothing of it"
               : "The mask is read for every score, and the half that it hides is computed all the same";
}

/// A mask that has a rule of its own.
bool isExplained(const WatchedCall& watched)
{
    return isTheTriangle(watched) || watched.content == MaskContent::AllTrue ||
           watched.content == MaskContent::Inverted;
}

bool onlyTheMaskRefusesFlash(const WatchedCall& watched, const DeviceFacts& device)
{
    return watched.call.problem.device == DeviceKind::Cuda &&
           refusalsOf(Backend::Flash, watched.call.problem, device) == std::vector<std::string>{"mask"};
}

bool canBeCut(const WatchedCall& watched)
{
    return watched.content == MaskContent::Padding && watched.unpaddedKeys > 0 &&
           watched.unpaddedKeys < watched.call.problem.kvLength;
}

/// What would help where no change of the call alone does.
std::string helpFor(const WatchedCall& watched)
{
    switch (watched.content)
    {
    case MaskContent::Padding:
    case MaskContent::CausalPadding:
        return "The rows end at different keys: packing them into one sequence (nested tensors, or a varlen kernel of "
               "flash) leaves the padding out";
    case MaskContent::Window:
        return "A window is no mask to flash's own interface (window_size), which scaled_dot_product_attention does "
               "not reach; FlexAttention does";
    case MaskContent::Causal:
        return "With more keys than queries is_causal is another triangle (pytorch/pytorch#108108): "
               "torch.nn.attention.bias.causal_lower_right says which one is meant";
    default:
        return "Where the mask is needed, cudnn and memory-efficient attention take it; where it is a triangle, "
               "is_causal takes its place";
    }
}

} // namespace

AuditFindings maskIsCausal(const Audited& audited)
{
    auto calls = callsWhere(audited, isTheTriangle);
    if (calls.empty())
    {
        return {};
    }
    auto finding = findingOf(audited, "mask-is-causal", std::move(calls), CallChange::UseIsCausal,
                             "hands over a causal triangle as a mask", "hand over a causal triangle as a mask");
    const auto& first = firstOf(audited, finding);
    finding.why =
        fmt::format("{}: {} hides what is_causal hides and nothing else; {}. {}. Queries and keys are equally many, so "
                    "that the triangle of is_causal, which starts at the top left (pytorch/pytorch#108108), is this "
                    "one.",
                    placesOf(audited, finding.calls), maskText(first), ranIn(audited, finding.calls), priceOf(first));
    return {finding};
}

AuditFindings maskHidesNothing(const Audited& audited)
{
    auto calls = callsWhere(audited, [](const WatchedCall& watched)
                            { return hasMask(watched) && watched.content == MaskContent::AllTrue; });
    if (calls.empty())
    {
        return {};
    }
    auto finding = findingOf(audited, "mask-hides-nothing", std::move(calls), CallChange::DropMask,
                             "hands over a mask that hides nothing", "hand over a mask that hides nothing");
    const auto& first = firstOf(audited, finding);
    finding.why =
        fmt::format("{}: {} lets every query see every key of this input; {}. {}. An input with padding "
                    "needs a mask: leave it out where a batch has none.",
                    placesOf(audited, finding.calls), maskText(first), ranIn(audited, finding.calls),
                    first.call.problem.device == DeviceKind::Cuda ? priceOf(first) : "It is read for every score");
    return {finding};
}

AuditFindings maskDisablesFlash(const Audited& audited)
{
    AuditFindings findings;
    for (const bool cut : {true, false})
    {
        auto calls = callsWhere(audited,
                                [&](const WatchedCall& watched)
                                {
                                    return hasMask(watched) && !isExplained(watched) && canBeCut(watched) == cut &&
                                           onlyTheMaskRefusesFlash(watched, audited.device);
                                });
        if (calls.empty())
        {
            continue;
        }
        auto finding =
            findingOf(audited, "mask-disables-flash", std::move(calls), cut ? CallChange::CutPadding : CallChange::None,
                      "would run in flash but for its mask", "would run in flash but for their mask");
        const auto& first = firstOf(audited, finding);
        finding.why =
            fmt::format("{}: {} ({}) is all that flash refuses them for; {}. {}.", placesOf(audited, finding.calls),
                        maskText(first), toString(first.content), ranIn(audited, finding.calls),
                        cut ? fmt::format("Of {} keys the last {} are padding in every row, and can be cut off",
                                          first.call.problem.kvLength, first.call.problem.kvLength - first.unpaddedKeys)
                            : helpFor(first));
        findings.push_back(std::move(finding));
    }
    return findings;
}

AuditFindings maskInverted(const Audited& audited)
{
    auto calls = callsWhere(audited, [](const WatchedCall& watched)
                            { return hasMask(watched) && watched.content == MaskContent::Inverted; });
    if (calls.empty())
    {
        return {};
    }
    auto finding = findingOf(audited, "mask-inverted", std::move(calls), CallChange::None,
                             "seems to have true and false of its mask exchanged",
                             "seem to have true and false of their mask exchanged");
    finding.why = fmt::format("{}: only the padding is seen, and every other key is hidden. In "
                              "scaled_dot_product_attention true means that a key takes part; in key_padding_mask of "
                              "nn.MultiheadAttention it means that a key is left out. The output is wrong if so.",
                              placesOf(audited, finding.calls));
    finding.python = "out = F.scaled_dot_product_attention(query, key, value, attn_mask=~mask)";
    finding.cpp = "auto out = at::scaled_dot_product_attention(query, key, value, mask.logical_not());";
    return {finding};
}

} // namespace headroom::audit
