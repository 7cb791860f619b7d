// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/launch_recorder.h"

#include "core/engine/cuda_support.h"

#include <algorithm>
#include <mutex>

#if HEADROOM_LIBTORCH_HAS_CUDA && __has_include(<cupti_callbacks.h>)
#define HEADROOM_HAS_CUPTI 1
#include <cuda.h>
#include <cupti_result.h>

#include <cupti_callbacks.h>
#include <cupti_driver_cbid.h>

#include <cxxabi.h>
#include <dlfcn.h>

#include <array>
#include <cstdlib>
#else
#define HEADROOM_HAS_CUPTI 0
#endif

namespace headroom::engine
{

struct LaunchRecorder::Private
{
    std::mutex mutex;
    std::vector<std::string> mangled;
#if HEADROOM_HAS_CUPTI
    CUpti_SubscriberHandle subscriber = nullptr;
#endif
    bool subscribed = false;

    void add(const char* name)
    {
        const std::lock_guard lock(mutex);
        if (std::find(mangled.begin(), mangled.end(), name) == mangled.end())
        {
            mangled.emplace_back(name);
        }
    }
};

#if HEADROOM_HAS_CUPTI
namespace
{

constexpr std::array kLaunches{
    CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel,
    CUPTI_DRIVER_TRACE_CBID_cuLaunchKernel_ptsz,
    CUPTI_DRIVER_TRACE_CBID_cuLaunchKernelEx,
    CUPTI_DRIVER_TRACE_CBID_cuLaunchKernelEx_ptsz,
    CUPTI_DRIVER_TRACE_CBID_cuLaunchCooperativeKernel,
    CUPTI_DRIVER_TRACE_CBID_cuLaunchCooperativeKernel_ptsz,
};

/// CUPTI comes with LibTorch's wheel, which loads it: found at run time, so that a machine without it can run the rest.
struct Cupti
{
    decltype(&cuptiSubscribe) subscribe = nullptr;
    decltype(&cuptiUnsubscribe) unsubscribe = nullptr;
    decltype(&cuptiEnableCallback) enableCallback = nullptr;

    Cupti()
    {
        if (void* library = dlopen("libcupti.so.13", RTLD_NOW | RTLD_LOCAL))
        {
            subscribe = reinterpret_cast<decltype(subscribe)>(dlsym(library, "cuptiSubscribe"));
            unsubscribe = reinterpret_cast<decltype(unsubscribe)>(dlsym(library, "cuptiUnsubscribe"));
            enableCallback = reinterpret_cast<decltype(enableCallback)>(dlsym(library, "cuptiEnableCallback"));
        }
    }
    bool complete() const { return subscribe && unsubscribe && enableCallback; }
};

const Cupti& cupti()
{
    static const Cupti loaded;
    return loaded;
}

void CUPTIAPI onLaunch(void* recorder, CUpti_CallbackDomain /*domain*/, CUpti_CallbackId /*id*/, const void* data)
{
    const auto* call = static_cast<const CUpti_CallbackData*>(data);
    if (call->callbackSite == CUPTI_API_ENTER && call->symbolName)
    {
        static_cast<LaunchRecorder::Private*>(recorder)->add(call->symbolName);
    }
}

std::string demangled(const std::string& name)
{
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> text(abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status),
                                                           &std::free);
    return status == 0 && text ? std::string(text.get()) : name;
}

} // namespace

LaunchRecorder::LaunchRecorder() : m_private(std::make_unique<Private>())
{
    const auto& library = cupti();
    if (!library.complete() || library.subscribe(&m_private->subscriber, &onLaunch, m_private.get()) != CUPTI_SUCCESS)
    {
        return;
    }
    m_private->subscribed = true;
    for (const auto launch : kLaunches)
    {
        library.enableCallback(1, m_private->subscriber, CUPTI_CB_DOMAIN_DRIVER_API, launch);
    }
}

LaunchRecorder::~LaunchRecorder()
{
    if (m_private->subscribed)
    {
        cupti().unsubscribe(m_private->subscriber);
    }
}

std::vector<std::string> LaunchRecorder::kernels() const
{
    const std::lock_guard lock(m_private->mutex);
    std::vector<std::string> names;
    std::transform(m_private->mangled.begin(), m_private->mangled.end(), std::back_inserter(names), &demangled);
    return names;
}

#else

LaunchRecorder::LaunchRecorder() : m_private(std::make_unique<Private>()) {}

LaunchRecorder::~LaunchRecorder() = default;

std::vector<std::string> LaunchRecorder::kernels() const
{
    return {};
}

#endif

void LaunchRecorder::forget()
{
    const std::lock_guard lock(m_private->mutex);
    m_private->mangled.clear();
}

bool LaunchRecorder::available() const
{
    return m_private->subscribed;
}

} // namespace headroom::engine
