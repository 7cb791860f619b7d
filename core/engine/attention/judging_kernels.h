// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

// Headroom's own CUDA kernels for judging: the steps of the float64 reference, of the yardstick and of comparing that
// move whole score matrices and results through memory, each in one pass where LibTorch's operators take three to six.
// Plain functions, so that nothing else needs nvcc; streams are cudaStream_t, handed through as void*. All functions
// return a cudaError_t as an int, and are defined where HEADROOM_HAS_CUDA_KERNELS is 1.

namespace headroom::engine
{

/// Rows of scores of several matrices of \a matrixRows rows each, one behind the other, every row \a keys long. With a
/// causal triangle row i of each matrix is query \a firstQuery + i and sees the keys up to its own place.
struct ScoreRows
{
    std::int64_t matrices = 0;
    std::int64_t matrixRows = 0;
    std::int64_t keys = 0;
    std::int64_t firstQuery = 0;
    bool causal = false;
};

/// Soft-max of each row in place (zeros above the triangle, whatever stands there, and for a row without any key whose
/// score is above -infinity), and the natural logarithm of its sum of exponentials, -infinity for such a row.
int launchSoftMaxRows(double* scores, double* logSumExp, const ScoreRows& rows, void* stream);

/// dS = P (dP - D) in place of dP, with one D a row.
int launchScoreGradients(double* scoreGradients, const double* weights, const double* rowSums, std::int64_t rows,
                         std::int64_t keys, void* stream);

enum class ElementType
{
    Float64,
    Float32,
    Float16,
    BFloat16
};

/// The steps of naive attention between its matrix products, in place of \a scores, each rounded to \a type as
/// LibTorch's operators round it: times \a scale, the triangle, then soft-max, inside in float32. \a logSumExp [rows],
/// of the same type, from the masked scores as at::logsumexp takes it. Float32, Float16 and BFloat16.
int launchRoundedSoftMaxRows(void* scores, void* logSumExp, ElementType type, float scale, const ScoreRows& rows,
                             void* stream);

/// Back through soft-max and scale, in place of dP: dS = scale (dP P - P rowsum(dP P)), each step rounded to \a type as
/// LibTorch's operators round it.
int launchRoundedScoreGradients(void* scoreGradients, const void* weights, ElementType type, float scale,
                                std::int64_t rows, std::int64_t keys, void* stream);

/// What measureErrors() and measureStandard() (tensor_errors.h) need of two tensors. Sums are added up in an order that
/// depends on the count alone, so that two runs give the same bits.
struct ErrorSums
{
    double largest = 0; ///< of |value - reference|
    double sum = 0;
    double squares = 0;
    double largestRelative = 0;  ///< of the error over max(|reference|, 1e-6)
    std::int64_t worst = 0;      ///< the first element with the largest error
    std::int64_t notFinite = 0;  ///< elements where either is not finite and they differ; left out above
    double referenceLargest = 0; ///< of |reference|, where it is finite; so the next two
    double referenceSum = 0;
    double referenceSquares = 0;
};

/// How many ErrorSums launchErrorSums() needs as its work space.
std::int64_t errorSumsWorkspace();

/// Compares \a count elements of \a value with \a reference and stores the result in workspace[0] (device memory).
int launchErrorSums(const void* value, ElementType type, const double* reference, std::int64_t count,
                    ErrorSums* workspace, void* stream);

} // namespace headroom::engine
