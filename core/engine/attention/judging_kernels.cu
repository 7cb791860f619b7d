// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/judging_kernels.h"

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime_api.h>
#include <math_constants.h>

namespace headroom::engine
{
namespace
{

constexpr unsigned kThreads = 256;
constexpr unsigned kBlocks = 1024;
constexpr double kSmallestDenominator = 1e-6;

/// Combines a value of each thread of the block; the result is that of thread 0. Blocks of kThreads.
template <typename Value, typename Combine> __device__ Value combineBlock(Value value, Combine combine)
{
    __shared__ Value shared[kThreads];
    __syncthreads(); // an earlier use is over
    shared[threadIdx.x] = value;
    for (unsigned half = kThreads / 2; half > 0; half /= 2)
    {
        __syncthreads();
        if (threadIdx.x < half)
        {
            shared[threadIdx.x] = combine(shared[threadIdx.x], shared[threadIdx.x + half]);
        }
    }
    return shared[0];
}

/// The largest of some scores, and the sum of exp(score - largest).
struct Exponentials
{
    double largest;
    double sum;
};

__device__ Exponentials combine(const Exponentials& a, const Exponentials& b)
{
    const double largest = fmax(a.largest, b.largest);
    if (largest == -CUDART_INF)
    {
        return {largest, a.sum + b.sum}; // nothing, or NaN
    }
    return {largest, a.sum * exp(a.largest - largest) + b.sum * exp(b.largest - largest)};
}

/// A block a row.
__global__ void softMaxRows(double* scores, double* logSumExp, ScoreRows rows)
{
    const std::int64_t row = blockIdx.x;
    double* const score = scores + row * rows.keys;
    const std::int64_t last = rows.firstQuery + row % rows.matrixRows + 1;
    const std::int64_t seen = rows.causal && last < rows.keys ? last : rows.keys;

    Exponentials own{-CUDART_INF, 0.0};
    for (std::int64_t key = threadIdx.x; key < seen; key += kThreads)
    {
        const double value = score[key];
        if (value > own.largest)
        {
            own.sum = own.sum * exp(own.largest - value) + 1.0;
            own.largest = value;
        }
        else if (value > -CUDART_INF || isnan(value))
        {
            own.sum += exp(value - own.largest);
        }
    }
    __shared__ Exponentials all;
    const Exponentials combined =
        combineBlock(own, [](const Exponentials& a, const Exponentials& b) { return combine(a, b); });
    if (threadIdx.x == 0)
    {
        all = combined;
        logSumExp[row] = combined.largest + log(combined.sum);
    }
    __syncthreads();
    const bool empty = all.largest == -CUDART_INF && all.sum == 0.0;
    for (std::int64_t key = threadIdx.x; key < rows.keys; key += kThreads)
    {
        score[key] = key < seen && !empty ? exp(score[key] - all.largest) / all.sum : 0.0;
    }
}

__global__ void scoreGradients(double* gradients, const double* weights, const double* rowSums, std::int64_t keys)
{
    const std::int64_t row = blockIdx.x;
    const double sum = rowSums[row];
    for (std::int64_t key = threadIdx.x; key < keys; key += kThreads)
    {
        const std::int64_t at = row * keys + key;
        gradients[at] = (gradients[at] - sum) * weights[at];
    }
}

__device__ double widen(double value)
{
    return value;
}
__device__ double widen(float value)
{
    return static_cast<double>(value);
}
__device__ double widen(__half value)
{
    return static_cast<double>(__half2float(value));
}
__device__ double widen(__nv_bfloat16 value)
{
    return static_cast<double>(__bfloat162float(value));
}

__device__ float toFloat(float value)
{
    return value;
}
__device__ float toFloat(__half value)
{
    return __half2float(value);
}
__device__ float toFloat(__nv_bfloat16 value)
{
    return __bfloat162float(value);
}

template <typename Element> __device__ Element rounded(float value);
template <> __device__ float rounded<float>(float value)
{
    return value;
}
template <> __device__ __half rounded<__half>(float value)
{
    return __float2half(value);
}
template <> __device__ __nv_bfloat16 rounded<__nv_bfloat16>(float value)
{
    return __float2bfloat16(value);
}

/// \a value as it comes out of an operator whose result has this type.
template <typename Element> __device__ float passedOn(float value)
{
    return toFloat(rounded<Element>(value));
}

/// The value of all threads of the block, combined, for each of them.
template <typename Value, typename Combine> __device__ Value combineForAll(Value value, Combine combine)
{
    __shared__ Value all;
    const Value combined = combineBlock(value, combine);
    if (threadIdx.x == 0)
    {
        all = combined;
    }
    __syncthreads();
    return all;
}

/// Of exp(score - largest): as soft-max adds them up, and each rounded before, as at::logsumexp does.
struct RowSums
{
    float exact;
    float roundedOnes;
};

/// A block a row. NaN comes out where it went in; a row without a key gives NaN, as at::softmax does.
template <typename Element>
__global__ void roundedSoftMaxRows(Element* scores, Element* logSumExp, float scale, ScoreRows rows)
{
    const std::int64_t row = blockIdx.x;
    Element* const score = scores + row * rows.keys;
    const std::int64_t last = rows.firstQuery + row % rows.matrixRows + 1;
    const std::int64_t seen = rows.causal && last < rows.keys ? last : rows.keys;

    float own = -CUDART_INF_F;
    for (std::int64_t key = threadIdx.x; key < seen; key += kThreads)
    {
        const Element scaled = rounded<Element>(toFloat(score[key]) * scale);
        score[key] = scaled;
        own = isnan(own) ? own : fmaxf(own, toFloat(scaled));
        own = isnan(toFloat(scaled)) ? toFloat(scaled) : own;
    }
    const float largest =
        combineForAll(own, [](float a, float b) { return isnan(a) || isnan(b) ? CUDART_NAN_F : fmaxf(a, b); });
    RowSums sums{0.0F, 0.0F};
    for (std::int64_t key = threadIdx.x; key < seen; key += kThreads)
    {
        const float difference = toFloat(score[key]) - largest;
        sums.exact += expf(difference);
        sums.roundedOnes += passedOn<Element>(expf(passedOn<Element>(difference)));
    }
    sums = combineForAll(sums,
                         [](const RowSums& a, const RowSums& b) {
                             return RowSums{a.exact + b.exact, a.roundedOnes + b.roundedOnes};
                         });
    if (threadIdx.x == 0)
    {
        const float logarithm = passedOn<Element>(logf(passedOn<Element>(sums.roundedOnes)));
        logSumExp[row] = rounded<Element>(logarithm + largest);
    }
    for (std::int64_t key = threadIdx.x; key < rows.keys; key += kThreads)
    {
        score[key] = rounded<Element>(key < seen ? expf(toFloat(score[key]) - largest) / sums.exact : 0.0F);
    }
}

template <typename Element>
__global__ void roundedScoreGradients(Element* gradients, const Element* weights, float scale, std::int64_t keys)
{
    const std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * keys;
    float own = 0.0F;
    for (std::int64_t key = threadIdx.x; key < keys; key += kThreads)
    {
        own += passedOn<Element>(toFloat(gradients[first + key]) * toFloat(weights[first + key]));
    }
    const float sum = combineForAll(own, [](float a, float b) { return a + b; });
    for (std::int64_t key = threadIdx.x; key < keys; key += kThreads)
    {
        const float weight = toFloat(weights[first + key]);
        const float product = passedOn<Element>(toFloat(gradients[first + key]) * weight);
        gradients[first + key] = rounded<Element>(passedOn<Element>(product - weight * sum) * scale);
    }
}

__device__ ErrorSums add(const ErrorSums& a, const ErrorSums& b)
{
    ErrorSums sums;
    const bool second = b.largest > a.largest || (b.largest == a.largest && b.worst < a.worst);
    sums.largest = second ? b.largest : a.largest;
    sums.worst = second ? b.worst : a.worst;
    sums.sum = a.sum + b.sum;
    sums.squares = a.squares + b.squares;
    sums.largestRelative = fmax(a.largestRelative, b.largestRelative);
    sums.notFinite = a.notFinite + b.notFinite;
    sums.referenceLargest = fmax(a.referenceLargest, b.referenceLargest);
    sums.referenceSum = a.referenceSum + b.referenceSum;
    sums.referenceSquares = a.referenceSquares + b.referenceSquares;
    return sums;
}

/// Of one element.
__device__ void take(ErrorSums& sums, double value, double reference, std::int64_t at)
{
    const bool finite = isfinite(reference);
    const double size = finite ? fabs(reference) : 1.0;
    double error = 0;
    if (value != reference)
    {
        if (finite && isfinite(value))
        {
            error = fabs(value - reference);
        }
        else
        {
            ++sums.notFinite;
        }
    }
    if (error > sums.largest)
    {
        sums.largest = error;
        sums.worst = at;
    }
    sums.sum += error;
    sums.squares += error * error;
    sums.largestRelative = fmax(sums.largestRelative, error / fmax(size, kSmallestDenominator));
    if (finite)
    {
        sums.referenceLargest = fmax(sums.referenceLargest, size);
        sums.referenceSum += size;
        sums.referenceSquares += size * size;
    }
}

template <typename Element>
__global__ void errorSums(const Element* value, const double* reference, std::int64_t count, ErrorSums* partial)
{
    ErrorSums sums;
    const std::int64_t stride = static_cast<std::int64_t>(gridDim.x) * kThreads;
    const std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x;
    sums.worst = first < count ? first : 0;
    for (std::int64_t at = first; at < count; at += stride)
    {
        take(sums, widen(value[at]), reference[at], at);
    }
    sums = combineBlock(sums, [](const ErrorSums& a, const ErrorSums& b) { return add(a, b); });
    if (threadIdx.x == 0)
    {
        partial[blockIdx.x] = sums;
    }
}

/// One block adds up those of kBlocks.
__global__ void addErrorSums(ErrorSums* partial)
{
    ErrorSums sums = partial[threadIdx.x];
    for (unsigned at = threadIdx.x + kThreads; at < kBlocks; at += kThreads)
    {
        sums = add(sums, partial[at]);
    }
    sums = combineBlock(sums, [](const ErrorSums& a, const ErrorSums& b) { return add(a, b); });
    if (threadIdx.x == 0)
    {
        partial[0] = sums;
    }
}

template <typename Element>
void startSoftMaxRows(void* scores, void* logSumExp, float scale, const ScoreRows& rows, cudaStream_t stream)
{
    roundedSoftMaxRows<<<static_cast<unsigned>(rows.matrices * rows.matrixRows), kThreads, 0, stream>>>(
        static_cast<Element*>(scores), static_cast<Element*>(logSumExp), scale, rows);
}

template <typename Element>
void startScoreGradients(void* gradients, const void* weights, float scale, std::int64_t rows, std::int64_t keys,
                         cudaStream_t stream)
{
    roundedScoreGradients<<<static_cast<unsigned>(rows), kThreads, 0, stream>>>(
        static_cast<Element*>(gradients), static_cast<const Element*>(weights), scale, keys);
}

template <typename Element>
void startErrorSums(const void* value, const double* reference, std::int64_t count, ErrorSums* workspace,
                    cudaStream_t stream)
{
    errorSums<<<kBlocks, kThreads, 0, stream>>>(static_cast<const Element*>(value), reference, count, workspace);
}

} // namespace

int launchSoftMaxRows(double* scores, double* logSumExp, const ScoreRows& rows, void* stream)
{
    const auto blocks = static_cast<unsigned>(rows.matrices * rows.matrixRows);
    softMaxRows<<<blocks, kThreads, 0, static_cast<cudaStream_t>(stream)>>>(scores, logSumExp, rows);
    return static_cast<int>(cudaGetLastError());
}

int launchScoreGradients(double* scoreGradients_, const double* weights, const double* rowSums, std::int64_t rows,
                         std::int64_t keys, void* stream)
{
    scoreGradients<<<static_cast<unsigned>(rows), kThreads, 0, static_cast<cudaStream_t>(stream)>>>(
        scoreGradients_, weights, rowSums, keys);
    return static_cast<int>(cudaGetLastError());
}

int launchRoundedSoftMaxRows(void* scores, void* logSumExp, ElementType type, float scale, const ScoreRows& rows,
                             void* stream)
{
    const auto queue = static_cast<cudaStream_t>(stream);
    switch (type)
    {
    case ElementType::Float64:
        return static_cast<int>(cudaErrorInvalidValue);
    case ElementType::Float32:
        startSoftMaxRows<float>(scores, logSumExp, scale, rows, queue);
        break;
    case ElementType::Float16:
        startSoftMaxRows<__half>(scores, logSumExp, scale, rows, queue);
        break;
    case ElementType::BFloat16:
        startSoftMaxRows<__nv_bfloat16>(scores, logSumExp, scale, rows, queue);
        break;
    }
    return static_cast<int>(cudaGetLastError());
}

int launchRoundedScoreGradients(void* scoreGradients, const void* weights, ElementType type, float scale,
                                std::int64_t rows, std::int64_t keys, void* stream)
{
    const auto queue = static_cast<cudaStream_t>(stream);
    switch (type)
    {
    case ElementType::Float64:
        return static_cast<int>(cudaErrorInvalidValue);
    case ElementType::Float32:
        startScoreGradients<float>(scoreGradients, weights, scale, rows, keys, queue);
        break;
    case ElementType::Float16:
        startScoreGradients<__half>(scoreGradients, weights, scale, rows, keys, queue);
        break;
    case ElementType::BFloat16:
        startScoreGradients<__nv_bfloat16>(scoreGradients, weights, scale, rows, keys, queue);
        break;
    }
    return static_cast<int>(cudaGetLastError());
}

std::int64_t errorSumsWorkspace()
{
    return kBlocks;
}

int launchErrorSums(const void* value, ElementType type, const double* reference, std::int64_t count,
                    ErrorSums* workspace, void* stream)
{
    const auto queue = static_cast<cudaStream_t>(stream);
    switch (type)
    {
    case ElementType::Float64:
        startErrorSums<double>(value, reference, count, workspace, queue);
        break;
    case ElementType::Float32:
        startErrorSums<float>(value, reference, count, workspace, queue);
        break;
    case ElementType::Float16:
        startErrorSums<__half>(value, reference, count, workspace, queue);
        break;
    case ElementType::BFloat16:
        startErrorSums<__nv_bfloat16>(value, reference, count, workspace, queue);
        break;
    }
    addErrorSums<<<1, kThreads, 0, queue>>>(workspace);
    return static_cast<int>(cudaGetLastError());
}

} // namespace headroom::engine
