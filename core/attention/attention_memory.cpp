// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/attention_memory.h"

#include "core/attention/flops.h"
#include "core/attention/saturating.h"

#include <algorithm>
#include <initializer_list>

namespace headroom
{
namespace
{

// The formulas were read off the order in which LibTorch 2.11 reports allocations and frees on the CPU for float32 and
// bfloat16, with and without masks, grouped heads and strided layouts. Each stage below is a moment at which much is
// alive; the peak is the largest of them. "Expanded" is with as many heads as the query.

/// A count of bytes that saturates, so that formulas can be written as such.
struct Bytes
{
    std::int64_t count = 0;
};

Bytes operator+(Bytes left, Bytes right)
{
    return {saturatingSum({left.count, right.count})};
}

Bytes operator*(std::int64_t factor, Bytes bytes)
{
    return {saturatingProduct({factor, bytes.count})};
}

Bytes onlyIf(bool condition, Bytes bytes)
{
    return condition ? bytes : Bytes{};
}

Bytes most(std::initializer_list<Bytes> stages)
{
    return std::max(stages, [](Bytes left, Bytes right) { return left.count < right.count; });
}

/// What a call has, and what of it a backend must copy first.
struct Call
{
    explicit Call(const AttentionProblem& given, std::int64_t elementBytes) : problem(given), element(elementBytes) {}

    Bytes of(std::int64_t heads, std::int64_t length, std::int64_t dim) const
    {
        return {saturatingProduct({problem.batch, heads, length, dim, element})};
    }
    Bytes query() const { return of(problem.queryHeads, problem.queryLength, problem.headDimQk); }
    Bytes output() const { return of(problem.queryHeads, problem.queryLength, problem.headDimV); }
    Bytes key() const { return of(problem.kvHeads, problem.kvLength, problem.headDimQk); }
    Bytes value() const { return of(problem.kvHeads, problem.kvLength, problem.headDimV); }
    Bytes expandedKey() const { return of(problem.queryHeads, problem.kvLength, problem.headDimQk); }
    Bytes expandedValue() const { return of(problem.queryHeads, problem.kvLength, problem.headDimV); }
    Bytes scores() const { return of(problem.queryHeads, problem.queryLength, problem.kvLength); }
    /// One byte for each score of one head and batch item, and for each score of all.
    Bytes square() const { return {saturatingProduct({problem.queryLength, problem.kvLength})}; }
    Bytes scoreFlags() const { return {scores().count == kTooLarge ? kTooLarge : scores().count / element}; }
    Bytes gradients() const { return query() + key() + value(); }

    const AttentionProblem& problem;
    std::int64_t element;
};

bool isGrouped(const AttentionProblem& problem)
{
    return problem.kvHeads != problem.queryHeads;
}

bool isStrided(const AttentionProblem& problem)
{
    return problem.layout == Layout::Bshd || problem.layout == Layout::PackedQkv;
}

bool isMasked(const AttentionProblem& problem)
{
    return problem.mask != MaskKind::None;
}

/// A boolean mask becomes one that is added, in the query's type, in all fused backends and in math.
Bytes convertedMask(const AttentionProblem& problem)
{
    return onlyIf(problem.mask == MaskKind::Boolean, bytesPerElement(problem.dtype) * Bytes{maskBytes(problem)});
}

/// Dropout keeps a noise of the scores' shape and the product with it.
Bytes droppedScores(const Call& call)
{
    return onlyIf(call.problem.dropout > 0, 2 * call.scores());
}

/// What a stage comes to without inputs: a forward pass, a forward pass that keeps, what is kept, and the backward pass
/// with what it was kept for: with Training what was saved goes as it is used up, with Backward all of it stays.
struct Stages
{
    Bytes inference;
    Bytes forward;
    Bytes saved; ///< output included
    Bytes trainingBackward;
    Bytes keptBackward;
};

/// Of the gradient of the soft-max, beside its result: the gradient of the weights, that of the scores, and on CUDA the
/// product of the first with the result (softmax_backward_cuda_out in ATen/native/cuda/SoftMax.cu).
std::int64_t softMaxGradients(const AttentionProblem& problem)
{
    return problem.device == DeviceKind::Cuda ? 3 : 2;
}

/// Scores in float32 (float64 for float64): 16-bit inputs are cast first.
Stages stagesOfMath(const AttentionProblem& problem)
{
    const Call own(problem, bytesPerElement(problem.dtype));
    const Call wide(problem, std::max<std::int64_t>(4, own.element));
    const bool cast = own.element < wide.element;
    const Bytes scores = wide.scores();
    // Query and key are multiplied by the root of the scale each, which makes copies of them.
    const Bytes scaled = wide.query() + wide.expandedKey();
    const Bytes copies = onlyIf(cast, wide.query() + wide.key() + wide.value()) +
                         onlyIf(isGrouped(problem), wide.expandedKey() + wide.expandedValue());
    const Bytes mask = convertedMask(problem) + onlyIf(problem.causal, wide.element * wide.square());
    const Bytes dropped = droppedScores(wide);
    // The soft-max looks for rows of nothing but minus infinity: a flag a score beside the scores and its result.
    const Bytes softmax = 2 * scores + wide.scoreFlags() + mask + dropped;
    const bool copiesValue = cast || isGrouped(problem) || isStrided(problem);
    Stages stages;
    stages.inference = most({copies + wide.query() + softmax, copies + scaled + scores + mask});
    stages.forward = copies + scaled + softmax + onlyIf(isStrided(problem), wide.query());
    const Bytes kept = scaled + scores + own.output() + dropped;
    stages.saved = kept + onlyIf(copiesValue, wide.expandedValue());
    const Bytes gradientOfScores = wide.expandedValue() + softMaxGradients(problem) * scores;
    const Bytes end = wide.expandedValue() + scores + wide.query() + wide.expandedKey();
    stages.trainingBackward = kept + most({gradientOfScores, end});
    // With everything kept the gradient of the scaled key is still there when that of the key comes.
    const Bytes unscaling = wide.expandedValue() + wide.query() + 2 * wide.expandedKey();
    stages.keptBackward = stages.saved + most({gradientOfScores, end, unscaling});
    return stages;
}

/// LibTorch asks oneDNN whether it may reorder matrices (could_pack in ATen/native/CPUBlas.cpp): of bfloat16 where the
/// processor has AMX. The memory of a call on the CPU is that on this machine.
bool reordersMatrices(const AttentionProblem& problem)
{
#if defined(__x86_64__)
    static const bool hasTiles = __builtin_cpu_supports("amx-bf16") != 0;
#else
    constexpr bool hasTiles = false;
#endif
    return hasTiles && problem.device == DeviceKind::Cpu && problem.dtype == DType::BFloat16;
}

/// Of a product in bfloat16: oneDNN takes half a MiB a thread with AMX, as measured (LibTorch 2.11). Some processors
/// use half of their threads only; the most is said.
Bytes productWorkspace(const AttentionProblem& problem, int threads)
{
    constexpr std::int64_t kBytes = std::int64_t{1} << 19;
    return onlyIf(reordersMatrices(problem), Bytes{saturatingProduct({std::max(threads, 1), kBytes})});
}

/// Everything in the call's own type; a mask needs a last look at the soft-max for rows that see no key.
Stages stagesOfNaive(const AttentionProblem& problem, int threads)
{
    const Call call(problem, bytesPerElement(problem.dtype));
    const bool copies = isGrouped(problem) || isStrided(problem);
    const Bytes scores = call.scores();
    const Bytes query = onlyIf(isStrided(problem), call.query());
    const Bytes key = onlyIf(copies, call.expandedKey());
    const Bytes value = onlyIf(copies, call.expandedValue());
    const Bytes flags =
        onlyIf(problem.causal, call.square()) + onlyIf(problem.mask == MaskKind::Boolean, Bytes{maskBytes(problem)});
    const Bytes dropped = droppedScores(call);
    const Bytes masked = onlyIf(isMasked(problem), scores);
    const Bytes workspace = productWorkspace(problem, threads);
    Stages stages;
    stages.inference =
        dropped + most({2 * scores + flags + onlyIf(problem.causal, call.square()),
                        2 * scores + value + call.output() + workspace, key + 2 * scores, 2 * scores + masked});
    const Bytes kept = scores + call.output() + query + key + flags + dropped + masked;
    stages.saved = kept + value;
    stages.forward = most({stages.saved + scores, stages.inference + query + key});
    const Bytes end = call.gradients() + scores;
    const Bytes gradientOfScores = call.value() + softMaxGradients(problem) * scores;
    stages.trainingBackward = kept + most({gradientOfScores, end + workspace});
    if (isMasked(problem)) // the masked soft-max is gone before the gradient of the scores comes
    {
        stages.trainingBackward = kept + most({call.value() + (softMaxGradients(problem) - 1) * scores, end});
    }
    stages.keptBackward = stages.saved + most({gradientOfScores, end + workspace});
    return stages;
}

/// Rows of a query that a thread of the CPU's flash kernel takes at once, and keys:
/// ATen/native/cpu/FlashAttentionKernel.cpp.
std::int64_t flashRows(const AttentionProblem& problem)
{
    return std::min<std::int64_t>(problem.queryLength, problem.queryLength >= 768   ? 256
                                                       : problem.queryLength >= 192 ? 64
                                                                                    : 32);
}

std::int64_t flashKeys(const AttentionProblem& problem)
{
    return std::min<std::int64_t>(512, problem.kvLength);
}

/// Forward: key and value in oneDNN's order, and a block of the key a thread. It does so where both are 64 long or more
/// and each thread has four times as much to multiply as there is to reorder (the same file).
Bytes reorderedKeys(const AttentionProblem& problem, int threads)
{
    constexpr std::int64_t kShortest = 64;
    constexpr double kLeastWork = 4;
    if (!reordersMatrices(problem) || problem.queryLength < kShortest || problem.kvLength < kShortest)
    {
        return {};
    }
    const std::int64_t rows = flashRows(problem);
    const std::int64_t slices = (problem.queryLength + rows - 1) / rows;
    const std::int64_t heads = saturatingProduct({problem.batch, problem.queryHeads, slices});
    const std::int64_t turns = heads / std::max(threads, 1) + (heads % std::max(threads, 1) != 0 ? 1 : 0);
    const auto keys =
        static_cast<double>(problem.causal ? std::min(problem.queryLength, problem.kvLength) : problem.kvLength);
    const double work = static_cast<double>(turns) * static_cast<double>(rows) * keys;
    const double toReorder = static_cast<double>(problem.batch) * static_cast<double>(problem.kvHeads) *
                             static_cast<double>(problem.kvLength);
    if (!(work >= kLeastWork * toReorder))
    {
        return {};
    }
    const Call call(problem, bytesPerElement(problem.dtype));
    return call.key() + call.value() +
           Bytes{saturatingProduct({std::max(threads, 1), flashKeys(problem), problem.headDimQk, call.element})};
}

/// Per thread of the CPU kernel: a block of scores with maxima, sums and the block's output in float32, the same block
/// in 16 bits for such inputs; backward two blocks of scores (ATen/native/cpu/FlashAttentionKernel.cpp).
Bytes flashBlocks(const AttentionProblem& problem, int threads, bool backward)
{
    const std::int64_t rows = flashRows(problem);
    const std::int64_t block = rows * flashKeys(problem);
    const std::int64_t wide = std::max<std::int64_t>(4, bytesPerElement(problem.dtype));
    const std::int64_t reduced = bytesPerElement(problem.dtype) == 2 ? 2 : 0;
    const std::int64_t bytes =
        backward ? 2 * block * (wide + reduced) : (block + 2 * rows + rows * problem.headDimV) * wide + block * reduced;
    return {saturatingProduct({std::max(threads, 1), bytes})};
}

/// Beyond the gradients themselves: FlashAttention-2 sums dQ in float32, row sums take a float32 each, and grouped
/// heads get a gradient of key and value a query head first (flash_api.cpp, mha_bwd). Memory-efficient attention and
/// cuDNN are taken to be alike.
Bytes backwardExtrasOnCuda(const AttentionProblem& problem, const Call& call)
{
    const Call wide(problem, 4);
    return wide.query() + Bytes{logSumExpBytes(problem)} +
           onlyIf(isGrouped(problem), call.expandedKey() + call.expandedValue());
}

Stages stagesOfFused(const AttentionProblem& problem, int threads)
{
    const Call call(problem, bytesPerElement(problem.dtype));
    const bool cpu = problem.device == DeviceKind::Cpu;
    const Bytes kept = call.output() + Bytes{logSumExpBytes(problem)} + convertedMask(problem);
    Stages stages;
    stages.inference = kept + onlyIf(cpu, flashBlocks(problem, threads, false) + reorderedKeys(problem, threads));
    stages.forward = stages.inference;
    stages.saved = kept;
    // On the CPU a call that is not laid out as [B, S, H, D] copies one tensor of the output's size.
    const Bytes extras = cpu ? onlyIf(!isStrided(problem), call.output()) + flashBlocks(problem, threads, true)
                             : backwardExtrasOnCuda(problem, call);
    stages.trainingBackward = kept + call.gradients() + extras;
    stages.keptBackward = stages.trainingBackward;
    return stages;
}

Stages stagesOf(const AttentionProblem& problem, Backend backend, int threads)
{
    switch (backend)
    {
    case Backend::Math:
        return stagesOfMath(problem);
    case Backend::Naive:
        return stagesOfNaive(problem, threads);
    case Backend::Default:
    case Backend::Flash:
    case Backend::MemoryEfficient:
    case Backend::Cudnn:
        return stagesOfFused(problem, threads);
    case Backend::Fp64:
        break;
    }
    return {};
}

/// Expanded key and value are those of one head.
Bytes inputsOf(const AttentionProblem& problem, const Call& call)
{
    const std::int64_t heads = problem.layout == Layout::ExpandedKv ? 1 : problem.kvHeads;
    return call.query() + call.of(heads, problem.kvLength, problem.headDimQk) +
           call.of(heads, problem.kvLength, problem.headDimV) + Bytes{maskBytes(problem)};
}

} // namespace

AttentionMemory predictMemory(const AttentionProblem& problem, Backend backend, AttentionUse use, int threads)
{
    const Call call(problem, bytesPerElement(problem.dtype));
    const bool training = use != AttentionUse::Inference;
    const Stages stages = stagesOf(problem, backend, threads);
    const Bytes inputs = inputsOf(problem, call) + onlyIf(training, call.output());
    const Bytes maskGradient = onlyIf(training && problem.maskNeedsGradient, Bytes{maskBytes(problem)});
    Bytes working = stages.inference;
    if (use == AttentionUse::Training)
    {
        working = most({stages.forward, stages.trainingBackward + maskGradient});
    }
    else if (use == AttentionUse::Backward)
    {
        working = stages.keptBackward + maskGradient;
    }
    AttentionMemory memory;
    memory.inputBytes = inputs.count;
    memory.outputBytes = call.output().count;
    memory.savedBytes = training ? stages.saved.count : 0;
    memory.peakBytes = (inputs + working).count;
    return memory;
}

} // namespace headroom
