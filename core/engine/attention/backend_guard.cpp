// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/backend_guard.h"

#include <ATen/Context.h>

namespace headroom::engine
{
namespace
{

std::recursive_mutex& switchesMutex()
{
    static std::recursive_mutex mutex;
    return mutex;
}

std::array<bool, 5> readSwitches()
{
    const auto& context = at::globalContext();
    return {context.userEnabledFlashSDP(), context.userEnabledMemEfficientSDP(), context.userEnabledCuDNNSDP(),
            context.userEnabledMathSDP(), context.userEnabledOverrideableSDP()};
}

void writeSwitches(const std::array<bool, 5>& switches)
{
    auto& context = at::globalContext();
    context.setSDPUseFlash(switches[0]);
    context.setSDPUseMemEfficient(switches[1]);
    context.setSDPUseCuDNN(switches[2]);
    context.setSDPUseMath(switches[3]);
    context.setSDPUseOverrideable(switches[4]);
}

} // namespace

std::optional<at::SDPBackend> toSdpBackend(Backend backend)
{
    switch (backend)
    {
    case Backend::Flash:
        return at::SDPBackend::flash_attention;
    case Backend::MemoryEfficient:
        return at::SDPBackend::efficient_attention;
    case Backend::Cudnn:
        return at::SDPBackend::cudnn_attention;
    case Backend::Math:
        return at::SDPBackend::math;
    case Backend::Default:
    case Backend::Naive:
    case Backend::Fp64:
        break;
    }
    return std::nullopt;
}

std::optional<Backend> fromSdpBackend(at::SDPBackend backend)
{
    switch (backend)
    {
    case at::SDPBackend::flash_attention:
        return Backend::Flash;
    case at::SDPBackend::efficient_attention:
        return Backend::MemoryEfficient;
    case at::SDPBackend::cudnn_attention:
        return Backend::Cudnn;
    case at::SDPBackend::math:
        return Backend::Math;
    default:
        return std::nullopt;
    }
}

BackendGuard::BackendGuard(Backend backend) : m_lock(switchesMutex()), m_previous(readSwitches())
{
    const bool all = !toSdpBackend(backend).has_value();
    writeSwitches({all || backend == Backend::Flash, all || backend == Backend::MemoryEfficient,
                   all || backend == Backend::Cudnn, all || backend == Backend::Math, false});
}

BackendGuard::~BackendGuard()
{
    writeSwitches(m_previous);
}

} // namespace headroom::engine
