// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/eligibility_rules.h"
#include "core/hardware/version_text.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace headroom::rules
{
namespace
{

constexpr int kOldestTensorCoreBfloat16 = 80; ///< compute capability of the first bfloat16 hardware
constexpr int kNewest = 121;                  ///< the newest that 2.11 lets any fused backend run on
constexpr int kOldestMemoryEfficient = 50;
constexpr std::int64_t kFlashHeadDimLimit = 256;

constexpr std::array kHalf{DType::Float16};
constexpr std::array kHalfOrBfloat16{DType::Float16, DType::BFloat16};
constexpr std::array kFloatOrHalf{DType::Float32, DType::Float16};
constexpr std::array kFloatHalfOrBfloat16{DType::Float32, DType::Float16, DType::BFloat16};

bool isSixteenBit(DType dtype)
{
    return dtype == DType::Float16 || dtype == DType::BFloat16;
}

std::int64_t roundUp(std::int64_t number, std::int64_t multiple)
{
    return std::max(multiple, (number + multiple - 1) / multiple * multiple);
}

/// check_dtypes_low_precision.
RuleCheck sixteenBitDtype(const AttentionProblem& problem, const DeviceFacts& device)
{
    return device.computeCapability >= kOldestTensorCoreBfloat16 ? dtypeAmong(problem, kHalfOrBfloat16)
                                                                 : dtypeAmong(problem, kHalf);
}

RuleCheck headDimAtMost(const AttentionProblem& problem, std::int64_t limit)
{
    return check("head-dim-limit", headDimText(problem), fmt::format("at most {}", limit),
                 problem.headDimQk <= limit && problem.headDimV <= limit,
                 fmt::format("use head_dim {} or less (more heads for the same d_model)", limit));
}

RuleCheck headDimMultiple(const AttentionProblem& problem, std::int64_t multiple)
{
    const std::int64_t qk = roundUp(problem.headDimQk, multiple);
    const std::int64_t v = roundUp(problem.headDimV, multiple);
    return check("head-dim-multiple", headDimText(problem), fmt::format("a multiple of {}", multiple),
                 qk == problem.headDimQk && v == problem.headDimV, padFix(problem, qk, v));
}

RuleCheck noMask(const AttentionProblem& problem)
{
    const bool none = problem.mask == MaskKind::None;
    return check("mask", fmt::format("{} mask", none ? "no" : toString(problem.mask)), "no mask", none,
                 problem.causal ? "leave the mask to is_causal"
                                : "use is_causal instead of a mask where the mask is causal");
}

/// check_flash_causal_non_square_seqlens: FlashAttention-2 aligns the triangle to the bottom right,
/// scaled_dot_product_attention to the top left (pytorch/pytorch#108108). The fixes below are exact for the latter.
RuleCheck causalLengthsEqual(const AttentionProblem& problem)
{
    const std::int64_t queries = problem.queryLength;
    const std::int64_t keys = problem.kvLength;
    const bool passed = !problem.causal || queries == keys;
    const std::string fix =
        queries < keys
            ? fmt::format("cut key and value to their first {} tokens: a top-left triangle never looks past them",
                          queries)
            : fmt::format("call twice: the first {} queries with is_causal, the other {} without", keys,
                          queries - keys);
    return check("causal-lengths",
                 fmt::format("query length {}, key/value length {}{}", queries, keys, problem.causal ? ", causal" : ""),
                 "equal lengths when causal", passed, fix);
}

/// check_requires_grad_and_head_dim_gt192_constraints_on_sm86_89_or_120: their shared memory is too small for the
/// backward kernels of (192, 224], and above that for the one with dropout.
RuleCheck flashTrainingHeadDim(const AttentionProblem& problem, const DeviceFacts& device)
{
    const int sm = device.computeCapability;
    const bool smallDevice = (sm >= 86 && sm <= 89) || (sm >= 120 && sm <= 121);
    const std::int64_t dim = problem.headDimQk;
    const bool dropout = problem.dropout > 0;
    const bool between = dim > 192 && dim <= 224;
    const bool refused = problem.needsGradients && smallDevice && (between || (dim > 224 && dropout));
    std::string fix = dropout ? "set dropout to 0" : "";
    if (between)
    {
        fix += (dropout ? " and " : "") + padFix(problem, 232, 232);
    }
    return check(
        "training-head-dim",
        fmt::format("{}{}{}", headDimText(problem), problem.needsGradients ? " with gradients" : "",
                    dropout ? " and dropout" : ""),
        "no gradients with head_dim 193 to 224, nor above with dropout, on compute capability 8.6 to 8.9 and 12.x",
        !refused, fix);
}

/// minimum_gemm_alignment of the CUTLASS kernels, in elements.
std::int64_t gemmAlignment(const AttentionProblem& problem, const DeviceFacts& device)
{
    const bool sixteenBit = isSixteenBit(problem.dtype);
    const bool tensorCores = device.computeCapability >= 80 || (device.computeCapability >= 70 && sixteenBit);
    const std::int64_t vector = sixteenBit ? 8 : 4; // 128 bits
    return tensorCores ? vector : 1;
}

RuleCheck kvHeadsEqual(const AttentionProblem& problem)
{
    return check("kv-heads-equal",
                 fmt::format("{} query heads, {} key/value heads", problem.queryHeads, problem.kvHeads),
                 "as many key/value heads as query heads", problem.queryHeads == problem.kvHeads,
                 fmt::format("repeat key and value to {} heads", problem.queryHeads));
}

std::string cudnnOf(const DeviceFacts& device)
{
    return device.cudnnVersion == 0 ? std::string("no cuDNN") : "cuDNN " + cudnnVersionText(device.cudnnVersion);
}

/// LibTorch 2.11 is built against cuDNN 9 and loads libcudnn.so.9; its rules for cuDNN 8 can never apply.
RuleCheck cudnnPresent(const DeviceFacts& device)
{
    return check("cudnn-version", cudnnOf(device), "9.0 or newer", device.cudnnVersion >= 90000, "install cuDNN 9");
}

/// The head_dim limit of check_cudnn_tensor_shapes: 256 on 9.0 since cuDNN 9.10; on 10.x (192, 128), the dims of
/// DeepSeek's attention, since 9.11; else 128.
std::int64_t cudnnHeadDimLimit(const AttentionProblem& problem, const DeviceFacts& device)
{
    const int sm = device.computeCapability;
    if (sm / 10 == 10 && device.cudnnVersion >= 91100 && problem.headDimQk == 192 && problem.headDimV == 128)
    {
        return 192;
    }
    return sm == 90 && device.cudnnVersion >= 91000 ? 256 : 128;
}

RuleCheck cudnnDropout(const AttentionProblem& problem, const DeviceFacts& device)
{
    const bool brokenVersion = device.cudnnVersion > 91100 && device.cudnnVersion < 91400;
    return check("dropout-cudnn-version", fmt::format("dropout {}, {}", problem.dropout, cudnnOf(device)),
                 "no dropout with cuDNN 9.11 to 9.13", !(problem.dropout > 0 && brokenVersion),
                 "set dropout to 0, or use cuDNN 9.14 or newer");
}

RuleCheck cudnnKvLength(const AttentionProblem& problem)
{
    return check("kv-length", fmt::format("key/value length {}", problem.kvLength), "not 1", problem.kvLength != 1,
                 "return value itself: attention to one key is that key's value");
}

RuleCheck cudnnQueryLength(const AttentionProblem& problem)
{
    return check(
        "query-length-dropout", fmt::format("query length {}, dropout {}", problem.queryLength, problem.dropout),
        "no dropout with query length 1", !(problem.queryLength == 1 && problem.dropout > 0), "set dropout to 0");
}

} // namespace

std::vector<RuleCheck> flashOnCuda(const AttentionProblem& problem, const DeviceFacts& device)
{
    std::vector<RuleCheck> checks{cudaDevice(problem, device)};
    if (!checks.front().passed)
    {
        return checks;
    }
    checks.push_back(computeCapability(device, kOldestTensorCoreBfloat16, kNewest));
    checks.push_back(sixteenBitDtype(problem, device));
    checks.push_back(noMask(problem));
    checks.push_back(headDimsEqual(problem));
    checks.push_back(headDimAtMost(problem, kFlashHeadDimLimit));
    checks.push_back(flashTrainingHeadDim(problem, device));
    checks.push_back(causalLengthsEqual(problem));
    checks.push_back(kvHeadsDivide(problem));
    checks.push_back(sequencesNotEmpty(problem));
    return checks;
}

std::vector<RuleCheck> memoryEfficientOnCuda(const AttentionProblem& problem, const DeviceFacts& device)
{
    std::vector<RuleCheck> checks{cudaDevice(problem, device)};
    if (!checks.front().passed)
    {
        return checks;
    }
    checks.push_back(computeCapability(device, kOldestMemoryEfficient, kNewest));
    checks.push_back(device.computeCapability >= kOldestTensorCoreBfloat16 ? dtypeAmong(problem, kFloatHalfOrBfloat16)
                                                                           : dtypeAmong(problem, kFloatOrHalf));
    checks.push_back(headDimMultiple(problem, gemmAlignment(problem, device)));
    checks.push_back(kvHeadsEqual(problem)); // grouped queries came after 2.11, with pytorch/pytorch#191085
    checks.push_back(sequencesNotEmpty(problem));
    return checks;
}

std::vector<RuleCheck> cudnnOnCuda(const AttentionProblem& problem, const DeviceFacts& device)
{
    std::vector<RuleCheck> checks{cudaDevice(problem, device)};
    if (!checks.front().passed)
    {
        return checks;
    }
    checks.push_back(cudnnPresent(device));
    checks.push_back(computeCapability(device, kOldestTensorCoreBfloat16, kNewest));
    checks.push_back(sixteenBitDtype(problem, device));
    checks.push_back(maskWithoutGradient(problem));
    checks.push_back(headDimAtMost(problem, cudnnHeadDimLimit(problem, device)));
    checks.push_back(headDimMultiple(problem, 8));
    checks.push_back(cudnnDropout(problem, device));
    checks.push_back(cudnnKvLength(problem));
    checks.push_back(cudnnQueryLength(problem));
    checks.push_back(kvHeadsDivide(problem));
    checks.push_back(sequencesNotEmpty(problem));
    return checks;
}

} // namespace headroom::rules
