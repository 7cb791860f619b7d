// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/kernel_observer.h"

#include "core/engine/cuda_support.h"
#include "core/engine/attention/launch_recorder.h"

#include <ATen/record_function.h>

#if HEADROOM_LIBTORCH_HAS_CUDA
#include <c10/cuda/CUDAFunctions.h>
#endif

#include <algorithm>
#include <iterator>
#include <memory>
#include <mutex>
#include <string_view>

namespace headroom::engine
{
namespace
{

void addOnce(std::vector<std::string>& names, std::string name)
{
    if (std::find(names.begin(), names.end(), name) == names.end())
    {
        names.push_back(std::move(name));
    }
}

// RecordFunction's callbacks are plain function pointers, and a CUDA backward pass runs on a thread of autograd's: the
// state is shared and locked. One observation at a time.
std::mutex observationMutex;
Observation* currentObservation = nullptr;

bool namesAttentionOperator(std::string_view name)
{
    for (const std::string_view part :
         {"_scaled_dot_product_", "_native_multi_head_attention", "_transformer_encoder_layer_fwd", "headroom::"})
    {
        if (name.find(part) != std::string_view::npos)
        {
            return true;
        }
    }
    return false;
}

std::unique_ptr<at::ObserverContext> onOperator(const at::RecordFunction& function)
{
    const std::string_view name = function.name();
    if (namesAttentionOperator(name))
    {
        const std::lock_guard lock(observationMutex);
        if (currentObservation)
        {
            addOnce(currentObservation->operators, std::string(name));
            const bool forward = name.find("backward") == std::string_view::npos &&
                                 name.find("fused_attention_overrideable") == std::string_view::npos;
            currentObservation->attentionCalls += forward ? 1 : 0;
        }
    }
    return nullptr;
}

class OperatorRecording
{
public:
    explicit OperatorRecording(Observation& observation)
    {
        {
            const std::lock_guard lock(observationMutex);
            currentObservation = &observation;
        }
        m_handle = at::addGlobalCallback(
            at::RecordFunctionCallback(&onOperator).scopes({at::RecordScope::FUNCTION, at::RecordScope::USER_SCOPE}));
    }
    ~OperatorRecording()
    {
        at::removeCallback(m_handle);
        const std::lock_guard lock(observationMutex);
        currentObservation = nullptr;
    }
    OperatorRecording(const OperatorRecording&) = delete;
    OperatorRecording& operator=(const OperatorRecording&) = delete;

private:
    at::CallbackHandle m_handle{};
};

bool namesAttentionKernel(std::string_view name)
{
    for (const std::string_view part :
         {"flash_fwd", "flash_bwd", "fmha_cutlass", "cudnn_generated_fort_native_sdpa", "sdpa", "softmax", "SoftMax"})
    {
        if (name.find(part) != std::string_view::npos)
        {
            return true;
        }
    }
    return false;
}

/// Launches are heard of on the host: once the work is done, none is missing.
void recordKernels(const std::function<void()>& work, Observation& observation)
{
    const LaunchRecorder recorder;
    work();
#if HEADROOM_LIBTORCH_HAS_CUDA
    c10::cuda::device_synchronize();
#endif
    const auto all = recorder.kernels();
    std::copy_if(all.begin(), all.end(), std::back_inserter(observation.kernels), &namesAttentionKernel);
}

} // namespace

void addTo(Observation& seen, const Observation& more)
{
    for (const auto names : {&Observation::operators, &Observation::kernels})
    {
        for (const auto& name : more.*names)
        {
            addOnce(seen.*names, name);
        }
    }
    seen.attentionCalls += more.attentionCalls;
}

Observation observe(const std::function<void()>& work, bool onCuda)
{
    Observation observation;
    const OperatorRecording recording(observation);
    if (onCuda)
    {
        recordKernels(work, observation);
        return observation;
    }
    work();
    return observation;
}

} // namespace headroom::engine
