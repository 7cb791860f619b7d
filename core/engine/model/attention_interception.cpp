// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/attention_interception.h"

#include "core/engine/model/operator_calls.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/library.h>

#include <mutex>
#include <string>
#include <vector>

namespace headroom::engine
{
namespace
{

// Above autograd and autocast, and used by nothing in LibTorch outside of its own tests.
constexpr auto kKey = c10::DispatchKey::TESTING_ONLY_GenericMode;

std::mutex listenerMutex;
AttentionListener* currentListener = nullptr;

void* tellBegan(std::string_view name)
{
    const std::lock_guard lock(listenerMutex);
    return currentListener != nullptr ? currentListener->began(name) : nullptr;
}

void tellEnded(void* handed)
{
    const std::lock_guard lock(listenerMutex);
    if (currentListener != nullptr)
    {
        currentListener->ended(handed);
    }
}

void intercepted(const c10::OperatorHandle& called, c10::DispatchKeySet keys, torch::jit::Stack* stack)
{
    const c10::impl::ExcludeDispatchKeyGuard within(kKey); // what attention itself calls is its own matter
    void* const handed = tellBegan(called.schema().name());
    called.redispatchBoxed(keys & c10::DispatchKeySet(c10::DispatchKeySet::FULL_AFTER, kKey), stack);
    tellEnded(handed);
}

/// Registered once and for good: without the key among a thread's included ones it is never looked at.
void registerOnce()
{
    static const std::vector<torch::Library> registered = []
    {
        std::vector<torch::Library> libraries;
        libraries.emplace_back(torch::Library::IMPL, "_", kKey, __FILE__, __LINE__);
        libraries.back().fallback(torch::CppFunction::makeFallthrough());
        libraries.emplace_back(torch::Library::IMPL, "aten", kKey, __FILE__, __LINE__);
        for (const auto& name : c10::Dispatcher::singleton().getAllOpNames())
        {
            if (isAttentionOperator(name.name) || (isBackendOperator(name.name) && isBackward(name.name)))
            {
                const std::string full = name.overload_name.empty() ? name.name : name.name + "." + name.overload_name;
                libraries.back().impl(full.c_str(), torch::CppFunction::makeFromBoxedFunction<&intercepted>());
            }
        }
        return libraries;
    }();
    static_cast<void>(registered);
}

} // namespace

struct AttentionInterception::Private
{
    c10::impl::IncludeDispatchKeyGuard included{kKey};
};

AttentionInterception::AttentionInterception(AttentionListener& listener)
{
    registerOnce();
    {
        const std::lock_guard lock(listenerMutex);
        currentListener = &listener;
    }
    m_private = std::make_unique<Private>();
}

AttentionInterception::~AttentionInterception()
{
    m_private.reset();
    const std::lock_guard lock(listenerMutex);
    currentListener = nullptr;
}

} // namespace headroom::engine
