// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/pass_times.h"

#include "core/engine/device/device_moments.h"
#include "core/engine/device/torch_device.h"
#include "core/engine/model/attention_interception.h"
#include "core/engine/model/operator_calls.h"

#include <ATen/record_function.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

namespace headroom::engine
{
namespace
{

constexpr std::size_t kBackwardRoom = 256; ///< moments that are ready for backward operators

/// The moments that something began and ended at.
struct Interval
{
    std::size_t from = 0;
    std::size_t to = 0; ///< 0 (which is the pass's own beginning): not yet
};

/// What both ways of listening note.
class Timing
{
public:
    Timing(const c10::Device& device, std::span<const OperatorSpan> spans)
        : m_device(device), m_spans(spans), m_times(spans.size()), m_moments(device, 2 * spans.size() + kBackwardRoom)
    {
    }

    void begin() { m_begin = m_moments.mark(); }
    void end() { m_end = m_moments.mark(); }

    /// The span that is expected next, or null.
    const OperatorSpan* next() const { return m_next < m_spans.size() ? &m_spans[m_next] : nullptr; }
    Interval* nextBegins();
    Interval* backwardBegins(std::string_view name);
    void ends(Interval& interval) { interval.to = m_moments.mark(); }
    /// The next span's interval; from here on the one behind it is expected.
    Interval* passNext() { return &m_times[m_next++]; }

    PassTimes finish();

private:
    struct Backward
    {
        std::string name;
        Interval interval;
    };

    c10::Device m_device;
    std::span<const OperatorSpan> m_spans;
    std::vector<Interval> m_times;
    std::deque<Backward> m_backward;
    DeviceMoments m_moments;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
    std::size_t m_next = 0;
};

Interval* Timing::nextBegins()
{
    m_times[m_next].from = m_moments.mark();
    return &m_times[m_next];
}

Interval* Timing::backwardBegins(std::string_view name)
{
    m_backward.push_back({std::string(name), {m_moments.mark(), 0}});
    return &m_backward.back().interval;
}

PassTimes Timing::finish()
{
    synchronise(m_device);
    const auto nsOf = [&](const Interval& interval) {
        return interval.to > interval.from ? std::optional(m_moments.nsBetween(interval.from, interval.to))
                                           : std::nullopt;
    };
    PassTimes passed;
    passed.ns = m_moments.nsBetween(m_begin, m_end);
    for (const Interval& times : m_times)
    {
        passed.spans.push_back(nsOf(times));
    }
    for (const auto& [name, interval] : m_backward)
    {
        passed.backward.push_back({name, nsOf(interval).value_or(0)});
    }
    return passed;
}

/// Listens to attention's own operators.
class ByInterception : public AttentionListener
{
public:
    explicit ByInterception(Timing& timing) : m_timing(timing) {}

    void* began(std::string_view name) override
    {
        if (isBackward(name))
        {
            return m_timing.backwardBegins(name);
        }
        ++m_calls;
        const OperatorSpan* const next = m_timing.next();
        if (next == nullptr || next->attention != m_calls)
        {
            return nullptr;
        }
        m_timing.nextBegins();
        return m_timing.passNext();
    }

    void ended(void* interval) override
    {
        if (interval != nullptr)
        {
            m_timing.ends(*static_cast<Interval*>(interval));
        }
    }

private:
    Timing& m_timing;
    std::size_t m_calls = 0;
};

/// A span whose end is to come when the operator returns that this was made for.
struct Ending : at::ObserverContext
{
    Interval* interval = nullptr;
    bool closesCall = false;
};

/// Listens to all operators, by name, and numbers them.
class ByNumbers
{
public:
    explicit ByNumbers(Timing& timing) : m_timing(timing) {}

    std::unique_ptr<at::ObserverContext> enter(std::string_view name, bool nested);
    void exit(const Ending& ending);

private:
    Timing& m_timing;
    std::size_t m_operators = 0;
    bool m_inAttention = false; ///< what an operator of attention calls is its own matter
};

std::unique_ptr<at::ObserverContext> ByNumbers::enter(std::string_view name, bool nested)
{
    if (isBackendOperator(name) && isBackward(name))
    {
        auto ending = std::make_unique<Ending>();
        ending->interval = m_timing.backwardBegins(name);
        return ending;
    }
    const bool attention = isAttentionOperator(name);
    if (m_inAttention || (nested && !attention))
    {
        return nullptr;
    }
    const auto number = ++m_operators;
    const OperatorSpan* const next = m_timing.next();
    if (next == nullptr || number < next->first)
    {
        return nullptr;
    }
    if (number == next->first)
    {
        m_timing.nextBegins();
        m_inAttention = attention;
    }
    if (number < next->last)
    {
        return nullptr;
    }
    auto ending = std::make_unique<Ending>();
    ending->interval = m_timing.passNext();
    ending->closesCall = m_inAttention;
    return ending;
}

void ByNumbers::exit(const Ending& ending)
{
    m_timing.ends(*ending.interval);
    m_inAttention = m_inAttention && !ending.closesCall;
}

// RecordFunction's callbacks are plain function pointers, and a CUDA backward pass runs on a thread of autograd's.
std::mutex numbersMutex;
ByNumbers* currentNumbers = nullptr;
thread_local int depth = 0;

std::unique_ptr<at::ObserverContext> onEnter(const at::RecordFunction& function)
{
    const std::string_view name = function.name();
    const bool nested = depth > 0;
    ++depth;
    const bool backward = isBackendOperator(name) && isBackward(name);
    if (nested && !backward && !isAttentionOperator(name))
    {
        return nullptr; // most of what is dispatched is
    }
    const std::lock_guard lock(numbersMutex);
    return currentNumbers == nullptr ? nullptr : currentNumbers->enter(name, nested);
}

void onExit(const at::RecordFunction&, at::ObserverContext* context)
{
    --depth;
    if (context == nullptr)
    {
        return;
    }
    const std::lock_guard lock(numbersMutex);
    if (currentNumbers != nullptr)
    {
        currentNumbers->exit(*static_cast<Ending*>(context));
    }
}

/// The callbacks while it lives.
class Recording
{
public:
    explicit Recording(ByNumbers& numbers)
    {
        depth = 0;
        {
            const std::lock_guard lock(numbersMutex);
            currentNumbers = &numbers;
        }
        m_handle =
            at::addGlobalCallback(at::RecordFunctionCallback(&onEnter, &onExit).scopes({at::RecordScope::FUNCTION}));
    }
    ~Recording()
    {
        at::removeCallback(m_handle);
        const std::lock_guard lock(numbersMutex);
        currentNumbers = nullptr;
    }
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;

private:
    at::CallbackHandle m_handle{};
};

} // namespace

PassTimes timePass(const std::function<void()>& pass, const c10::Device& device, std::span<const OperatorSpan> spans)
{
    Timing timing(device, spans);
    const auto run = [&]
    {
        synchronise(device);
        timing.begin();
        pass();
        timing.end();
    };
    if (std::ranges::all_of(spans, [](const OperatorSpan& span) { return span.attention > 0; }))
    {
        ByInterception listener(timing);
        const AttentionInterception interception(listener);
        run();
    }
    else
    {
        ByNumbers numbers(timing);
        const Recording recording(numbers);
        run();
    }
    return timing.finish();
}

} // namespace headroom::engine
