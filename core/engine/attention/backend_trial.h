// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/attention_judge.h"
#include "core/hardware/device_facts.h"
#include "core/run/evidence.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace headroom::engine
{

/// What all checks of single calls share.
struct CheckSetting
{
    c10::Device device{c10::DeviceType::CPU};
    DeviceFacts facts;
    std::uint64_t seed = 0;
    AccuracyPolicy policy;
};

/// Who computes an attention call; attendWithGradients(), save in tests that plant a wrong attention.
using AttentionRun = std::function<AttentionResults(Backend, const AttentionInputs&, const at::Tensor& outputGradient)>;

enum class TrialEnd
{
    Done,
    InferenceOnly, ///< the backend takes the call without gradients alone: outputs are there
    Refused,       ///< by LibTorch's selector, or there is no such kernel
    OutOfMemory,
    Threw ///< the backend was chosen and then failed
};

/// One call of one backend, and what came of it.
struct BackendTrial
{
    TrialEnd end = TrialEnd::Refused;
    AttentionResults results;
    std::string words; ///< LibTorch's, where it did not end well
};

/// Runs \a backend, forced, forward and, where \a outputGradient is defined, backward; then waits for the device, so
/// that what goes wrong there is this call's. \throws c10::AcceleratorError when the context is lost.
BackendTrial tryBackend(Backend backend, const AttentionInputs& inputs, const at::Tensor& outputGradient,
                        const AttentionRun& run = attendWithGradients);

/// A gradient [B, Hq, Sq, Dv] to come back, normal numbers in the problem's data type.
at::Tensor makeOutputGradient(const AttentionProblem& problem, const c10::Device& device, std::uint64_t seed);

/// "dQ: largest error 1.2e-07, allowed 3.4e-07, at [0, 1, 2, 3] (0.1 instead of 0.2)", a line a tensor; what is wrong
/// with it in words where it is.
std::vector<std::string> linesOf(const Judgement& judgement);

/// Whether any tensor is wrong or not finite.
bool isWrong(const Judgement& judgement);

/// Whether two tensors hold the same bits, NaN and the sign of zero included.
bool bitEqual(const at::Tensor& first, const at::Tensor& second);

/// The tensors of \a results that are there, with their names: O, LSE, dQ, dK, dV, dMask.
std::vector<std::pair<const char*, at::Tensor>> namedTensors(const AttentionResults& results);

} // namespace headroom::engine
