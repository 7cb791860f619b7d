// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audit/change_code.h"

#include <algorithm>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr std::string_view kPythonCall = "F.scaled_dot_product_attention";
constexpr std::string_view kCppCall = "at::scaled_dot_product_attention";

/// The call in both languages with its further arguments.
ChangeCode call(std::string_view python, std::string_view cpp)
{
    return {fmt::format("out = {}(query, key, value{})", kPythonCall, python),
            fmt::format("auto out = {}(query, key, value{});", kCppCall, cpp)};
}

ChangeCode cutPadding(const WatchedCall& watched)
{
    const auto keys = watched.unpaddedKeys;
    const bool maskGoes = changedProblem(watched, CallChange::CutPadding).mask == MaskKind::None;
    return {fmt::format("keys = {}  # the longest row of the batch: attention_mask.sum(-1).max()\n"
                        "out = {}(query, key[:, :, :keys], value[:, :, :keys]{})",
                        keys, kPythonCall, maskGoes ? "" : ", attn_mask=mask[..., :keys]"),
            fmt::format("const int64_t keys = {}; // the longest row of the batch\n"
                        "auto out = {}(query, key.narrow(2, 0, keys), value.narrow(2, 0, keys){});",
                        keys, kCppCall, maskGoes ? "" : ", mask.narrow(-1, 0, keys)")};
}

ChangeCode padHeadDim(const WatchedCall& watched)
{
    const auto& problem = watched.call.problem;
    const auto padded = changedProblem(watched, CallChange::PadHeadDim);
    const auto qk = padded.headDimQk - problem.headDimQk;
    const auto v = padded.headDimV - problem.headDimV;
    const double scale = effectiveScale(problem);
    return {fmt::format("out = {}(F.pad(query, (0, {})), F.pad(key, (0, {})), F.pad(value, (0, {})),\n"
                        "    is_causal={}, scale={})[..., :{}]",
                        kPythonCall, qk, qk, v, problem.causal ? "True" : "False", scale, problem.headDimV),
            fmt::format("auto out = {}(at::pad(query, {{0, {}}}), at::pad(key, {{0, {}}}), at::pad(value, {{0, {}}}),\n"
                        "    {{}}, 0.0, {}, {});\nout = out.narrow(-1, 0, {});",
                        kCppCall, qk, qk, v, problem.causal, scale, problem.headDimV)};
}

ChangeCode repeatKvHeads(const WatchedCall& watched)
{
    const auto& problem = watched.call.problem;
    const auto times = problem.queryHeads / std::max<std::int64_t>(1, problem.kvHeads);
    return {fmt::format("key = key.repeat_interleave({}, dim=1)\nvalue = value.repeat_interleave({}, dim=1)\n"
                        "out = {}(query, key, value)",
                        times, times, kPythonCall),
            fmt::format("auto out = {}(query, key.repeat_interleave({}, 1), value.repeat_interleave({}, 1));", kCppCall,
                        times, times)};
}

} // namespace

ChangeCode codeOf(CallChange change, const WatchedCall& watched)
{
    switch (change)
    {
    case CallChange::None:
        break;
    case CallChange::UseIsCausal:
        return call(", is_causal=True", ", {}, 0.0, true");
    case CallChange::DropMask:
        return call("", "");
    case CallChange::CutPadding:
        return cutPadding(watched);
    case CallChange::CastToBFloat16:
        return {fmt::format("with torch.autocast(\"{}\", dtype=torch.bfloat16):\n    output = model(inputs)",
                            toString(watched.call.problem.device)),
                fmt::format("at::autocast::set_autocast_dtype(at::{0}, at::kBFloat16);\n"
                            "at::autocast::set_autocast_enabled(at::{0}, true);",
                            watched.call.problem.device == DeviceKind::Cuda ? "kCUDA" : "kCPU")};
    case CallChange::RepeatKvHeads:
        return repeatKvHeads(watched);
    case CallChange::GroupKvHeads:
        return call(", enable_gqa=True", ", {}, 0.0, false, {}, /*enable_gqa=*/true");
    case CallChange::NoDropout:
        return call(", dropout_p=self.dropout if self.training else 0.0", ", {}, is_training() ? dropout : 0.0");
    case CallChange::PadHeadDim:
        return padHeadDim(watched);
    case CallChange::MakeContiguous:
        return {fmt::format("out = {}(query.contiguous(), key.contiguous(), value.contiguous())", kPythonCall),
                fmt::format("auto out = {}(query.contiguous(), key.contiguous(), value.contiguous());", kCppCall)};
    case CallChange::UseSdpa:
        return call(watched.call.problem.causal ? ", is_causal=True" : "",
                    watched.call.problem.causal ? ", {}, 0.0, true" : "");
    }
    return {};
}

} // namespace headroom
