// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audit/audit_rules.h"

#include <algorithm>

#include <fmt/format.h>

namespace headroom::audit
{
namespace
{

constexpr int kOldestBfloat16 = 80; ///< compute capability of the first tensor cores that take it

bool isKind(const ModelInspection& seen, std::string_view path, std::string_view kind)
{
    return std::ranges::any_of(seen.modules, [&](const ModelModule& module)
                               { return module.path == path && module.kind.find(kind) != std::string::npos; });
}

/// The module that makes the call, or the one that it is in, is an nn.MultiheadAttention.
bool isMultiheadAttention(const ModelInspection& seen, std::string_view path)
{
    constexpr std::string_view kKind = "MultiheadAttention";
    const auto dot = path.rfind('.');
    return isKind(seen, path, kKind) || isKind(seen, path.substr(0, dot == std::string_view::npos ? 0 : dot), kKind);
}

/// Why attention is written out within torch.nn: the weights are seen to be returned, or may be.
bool wantsWeights(const ModelInspection& seen, const WatchedCall& watched)
{
    return watched.needsWeights || isMultiheadAttention(seen, watched.call.path);
}

/// Of calls of \a form whose weights are wanted as well.
AuditFindings weightsOf(const Audited& audited, CallForm form)
{
    const bool byHand = form == CallForm::HandWritten;
    auto calls = callsWhere(
        audited, [&](const WatchedCall& watched)
        { return watched.form == form && (byHand ? wantsWeights(audited.seen, watched) : watched.needsWeights); });
    if (calls.empty())
    {
        return {};
    }
    auto finding = findingOf(audited, "need-weights", std::move(calls), CallChange::UseSdpa,
                             "computes the attention weights as well", "compute the attention weights as well");
    finding.why = fmt::format("{}: nn.MultiheadAttention with need_weights=True, its default, cannot use "
                              "scaled_dot_product_attention, and writes all scores to memory. Where the weights are "
                              "not used, need_weights=False gives the same output.",
                              placesOf(audited, finding.calls));
    finding.python = "output, _ = self.attention(query, key, value, need_weights=False)";
    finding.cpp = "auto [output, weights] = attention->forward(query, key, value, {}, /*need_weights=*/false);";
    return {finding};
}

bool hasNativeBfloat16(const DeviceFacts& device)
{
    return device.kind == DeviceKind::Cuda ? device.computeCapability >= kOldestBfloat16
                                           : device.instructionSet.find("AMX") != std::string::npos ||
                                                 device.instructionSet.find("BF16") != std::string::npos;
}

} // namespace

AuditFindings handWritten(const Audited& audited)
{
    auto calls = callsWhere(audited, [&](const WatchedCall& watched)
                            { return watched.form == CallForm::HandWritten && !wantsWeights(audited.seen, watched); });
    if (calls.empty())
    {
        return {};
    }
    auto finding = findingOf(audited, "hand-written", std::move(calls), CallChange::UseSdpa,
                             "is written as matrix product, softmax, matrix product",
                             "are written as matrix product, softmax, matrix product");
    finding.why = fmt::format("{}: the scores are written to memory, and no fused backend can run. "
                              "scaled_dot_product_attention computes the same. One cause is need_weights=True, the "
                              "default of nn.MultiheadAttention; another is attn_implementation=\"eager\".",
                              placesOf(audited, finding.calls));
    return {finding};
}

AuditFindings needWeights(const Audited& audited)
{
    AuditFindings findings = weightsOf(audited, CallForm::HandWritten);
    for (auto& finding : weightsOf(audited, CallForm::FastPath))
    {
        findings.push_back(std::move(finding));
    }
    return findings;
}

AuditFindings dropoutInEvaluation(const Audited& audited)
{
    auto calls = callsWhere(audited, [](const WatchedCall& watched)
                            { return isOperatorCall(watched) && watched.call.problem.dropout > 0; });
    if (calls.empty())
    {
        return {};
    }
    auto finding = findingOf(audited, "dropout-in-evaluation", std::move(calls), CallChange::NoDropout,
                             "drops attention weights in evaluation", "drop attention weights in evaluation");
    const auto& first = audited.seen.calls.at(static_cast<std::size_t>(finding.calls.front()));
    finding.changesResult = true;
    finding.why =
        fmt::format("{}: dropout {} is handed over although the model is in evaluation, so that its output is "
                    "another one each time; {}. scaled_dot_product_attention does not know whether a model "
                    "trains: it drops whatever dropout_p says.",
                    placesOf(audited, finding.calls), first.call.problem.dropout, ranIn(audited, finding.calls));
    return {finding};
}

AuditFindings float32OutsideAutocast(const Audited& audited)
{
    if (!hasNativeBfloat16(audited.device))
    {
        return {};
    }
    auto calls = callsWhere(audited, [](const WatchedCall& watched)
                            { return isOperatorCall(watched) && watched.call.problem.dtype == DType::Float32; });
    if (calls.empty())
    {
        return {};
    }
    auto finding = findingOf(audited, "float32-outside-autocast", std::move(calls), CallChange::CastToBFloat16,
                             "runs in float32", "run in float32");
    finding.why =
        fmt::format("{}: {}. {} A call in float32 inside an autocast region is one that was cast back, or "
                    "made outside of the region.",
                    placesOf(audited, finding.calls), ranIn(audited, finding.calls),
                    audited.device.kind == DeviceKind::Cuda ? "Flash and cudnn take float16 and bfloat16 alone on CUDA."
                                                            : "This processor multiplies bfloat16 in hardware.");
    return {finding};
}

AuditFindings fastPath(const Audited& audited)
{
    auto calls = callsWhere(audited,
                            [&](const WatchedCall& watched)
                            {
                                return watched.form == CallForm::FastPath && !watched.needsWeights &&
                                       !(watched.ran && isFused(*watched.ran)) &&
                                       anyFusedTakes(watched.call.problem, audited.device);
                            });
    if (calls.empty())
    {
        return {};
    }
    auto finding = findingOf(audited, "fast-path", std::move(calls), CallChange::UseSdpa,
                             "runs in the fast path of torch.nn, not in a fused backend",
                             "run in the fast path of torch.nn, not in a fused backend");
    finding.why = fmt::format("{}: in inference nn.TransformerEncoderLayer and nn.MultiheadAttention take a path of "
                              "their own with attention of their own; {}. A fused backend would take these calls. "
                              "What else the fast path fuses is lost with it switched off: time the whole model too.",
                              placesOf(audited, finding.calls), ranIn(audited, finding.calls));
    finding.python = "torch.backends.mha.set_fastpath_enabled(False)";
    finding.cpp = "// call at::scaled_dot_product_attention(query, key, value) in place of the layer";
    return {finding};
}

} // namespace headroom::audit
