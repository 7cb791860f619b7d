// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/attention_call.h"
#include "core/engine/attention/tensor_errors.h"
#include "core/validate/judgement.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom::engine
{

/// A backend whose first call makes the host plan for a tenth of a second (cuDNN): the device computes the reference
/// meanwhile.
struct PlanningBackend
{
    Backend backend = Backend::Cudnn;
    bool inference = false; ///< whether its call without gradients is planned as well
};

/// Judges the backends of one attention call. The fp64 reference and the naive yardstick are computed once, on the
/// inputs' device, and shared by all backends; the rounding noise that the floor allows for is computed when the first
/// backend fails without it. Used by one thread.
class AttentionJudge
{
public:
    /// \a outputGradient [B, Hq, Sq, Dv] may be undefined: outputs alone are then judged.
    AttentionJudge(AttentionInputs inputs, at::Tensor outputGradient, AccuracyPolicy policy,
                   std::optional<PlanningBackend> planning = {});

    /// Runs \a backend, forced, and judges O, LSE, dQ, dK, dV (and the mask's gradient where it has one); its outputs
    /// alone where it takes the call in inference only. A refusal or
    /// an out-of-memory of the backend is an Unverified judgement with LibTorch's words as its reason. \a times, when
    /// not null, receives how long the passes took; it stays as it is where the backend did not do both.
    Judgement judge(Backend backend, CallTimes* times = nullptr) const;

    /// Judges results that were made elsewhere.
    Judgement judge(Backend backend, const AttentionResults& results) const;

    const ReferenceResults& reference() const { return m_reference; }

private:
    /// A tensor of the results and what it is judged by.
    struct JudgedTensor
    {
        const char* name;
        at::Tensor AttentionResults::*member;
        TensorStandard standard;
    };

    /// What the planning backend gave, and how long its passes took.
    struct Planned
    {
        Backend backend;
        AttentionResults results;
        CallTimes times;
    };

    void callPlanning(const PlanningBackend& planning, DeviceSteps& meanwhile);
    void measureStandards();
    AttentionResults run(Backend backend, CallTimes* times) const;
    Judgement judgeByStandards(Backend backend, const AttentionResults& results) const;
    void measureNoise() const;

    AttentionInputs m_inputs;
    at::Tensor m_outputGradient;
    AccuracyPolicy m_policy;
    ReferenceResults m_reference;
    AttentionResults m_yardstick;
    std::optional<Planned> m_planned;
    mutable std::vector<JudgedTensor> m_tensors; ///< without noise until the first results fail
    mutable bool m_noiseMeasured = false;
};

/// The reason that an exception of LibTorch gives, without the C++ backtrace and TorchScript's own: see sentenceOf().
std::string firstSentence(const std::exception& error);

/// The first line of \a text that is not blank; of an error of TorchScript's interpreter the reason at its end. Never
/// empty.
std::string sentenceOf(std::string_view text);

/// Whether \a error says that memory ran out (c10::OutOfMemoryError, the CPU allocator, cuBLAS, cuDNN).
bool isOutOfMemory(const std::exception& error);

} // namespace headroom::engine
