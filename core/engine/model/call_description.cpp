// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/call_description.h"

#include "core/engine/model/mask_reading.h"
#include "core/run/evidence.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace headroom::engine
{
namespace
{

/// Which keys are no padding, as the inputs say; nothing where they do not.
std::optional<at::Tensor> realKeysOf(const ModelTensors& inputs, std::int64_t keyLength)
{
    for (const auto& [name, tensor] : inputs)
    {
        const bool isMask = name.ends_with("attention_mask") && tensor.dim() == 2 && tensor.size(1) == keyLength;
        if (isMask)
        {
            return tensor.ne(0);
        }
    }
    return std::nullopt;
}

/// What a mask that was read is, for plans: FLOPs count by its pattern.
void notePattern(AttentionProblem& problem, const MaskReading& reading)
{
    switch (reading.content)
    {
    case MaskContent::Causal:
        problem.maskPattern = MaskPattern::CausalTopLeft;
        break;
    case MaskContent::Window:
        problem.maskPattern = MaskPattern::SlidingWindow;
        problem.maskSpan = reading.window;
        break;
    default:
        break; // Random: no key is taken to be skipped
    }
}

/// Who attends to whom, by lengths, triangle and place.
CallRole roleOf(const SeenCall& seen, const MaskReading& reading, const std::string& path)
{
    const bool named = path.find("EncDec") != std::string::npos || path.find("encoder_attn") != std::string::npos ||
                       path.find("cross") != std::string::npos;
    const auto& problem = seen.problem;
    const bool triangle = problem.causal || reading.content == MaskContent::Causal ||
                          reading.content == MaskContent::CausalPadding || reading.content == MaskContent::Window;
    if (named || (problem.queryLength != problem.kvLength && !triangle && seen.form != CallForm::FastPath))
    {
        return CallRole::Cross;
    }
    return triangle ? CallRole::CausalSelf : CallRole::Self;
}

/// Masks are shared by layers: each is looked at once.
class MaskReader
{
public:
    explicit MaskReader(const ModelTensors& inputs) : m_inputs(inputs) {}

    MaskReading read(const SeenCall& seen)
    {
        const auto& problem = seen.problem;
        const void* memory = seen.inputs.mask ? seen.inputs.mask->const_data_ptr() : nullptr;
        for (const Known& known : m_known)
        {
            if (known.memory == memory && known.shape == seen.maskShape && known.causal == problem.causal &&
                known.queries == problem.queryLength && known.keys == problem.kvLength)
            {
                return known.reading;
            }
        }
        m_known.push_back({memory, seen.maskShape, problem.causal, problem.queryLength, problem.kvLength,
                           readMask(seen.inputs.mask, problem.causal, problem.queryLength, problem.kvLength,
                                    realKeysOf(m_inputs, problem.kvLength))});
        return m_known.back().reading;
    }

private:
    struct Known
    {
        const void* memory;
        std::vector<std::int64_t> shape;
        bool causal;
        std::int64_t queries;
        std::int64_t keys;
        MaskReading reading;
    };
    const ModelTensors& m_inputs;
    std::vector<Known> m_known;
};

/// An additive mask hides a triangle and adds a bias, as T5's does: still causal.
bool hidesTheFuture(const SeenCall& seen)
{
    return seen.inputs.mask && seen.problem.queryLength == seen.problem.kvLength && seen.problem.queryLength > 1 &&
           seen.inputs.mask->dim() >= 2 && seen.inputs.mask->size(-2) == seen.problem.queryLength &&
           seen.inputs.mask->scalar_type() != at::kBool &&
           seen.inputs.mask->select(-2, 0).slice(-1, 1).le(kAsGoodAsHidden).all().item<bool>();
}

class Describer
{
public:
    explicit Describer(const WatchedModel& watched) : m_watched(watched), m_masks(watched.inputs) {}

    std::vector<WatchedCall> calls()
    {
        std::vector<WatchedCall> all;
        std::map<CallForm, std::size_t> counted;
        for (const SeenCall& seen : m_watched.calls)
        {
            all.push_back(describe(seen, counted[seen.form]++));
            all.back().captured = m_watched.isCaptured(all.size() - 1);
        }
        return all;
    }

private:
    std::string pathOf(const SeenCall& seen, std::size_t numberOfForm) const
    {
        const auto paths = m_watched.model->callPaths(seen.form);
        const auto ofForm =
            std::ranges::count_if(m_watched.calls, [&](const SeenCall& other) { return other.form == seen.form; });
        if (static_cast<std::size_t>(ofForm) == paths.size())
        {
            return paths[numberOfForm];
        }
        return m_watched.model->pathOf(seen.hierarchy);
    }

    WatchedCall describe(const SeenCall& seen, std::size_t numberOfForm)
    {
        WatchedCall call;
        const auto reading = m_masks.read(seen);
        call.call.path = pathOf(seen, numberOfForm);
        call.call.problem = seen.problem;
        notePattern(call.call.problem, reading);
        call.call.role = roleOf(seen, reading, call.call.path);
        if (call.call.role == CallRole::Self && reading.content == MaskContent::Bias && hidesTheFuture(seen))
        {
            call.call.role = CallRole::CausalSelf;
        }
        call.call.showsOperator = seen.form == CallForm::Sdpa || seen.form == CallForm::Direct;
        call.form = seen.form;
        call.content = reading.content;
        call.maskShape = seen.maskShape;
        call.masked = reading.masked;
        call.unpaddedKeys = reading.unpaddedKeys;
        call.distinctKvHeads = headsOf(seen);
        call.needsWeights = seen.needsWeights;
        call.innermostContiguous = seen.innermostContiguous;
        call.operators = seen.operators;
        call.kernels = seen.kernels;
        call.ran = seen.form == CallForm::HandWritten ? std::nullopt : backendFromNames(seen.operators, seen.kernels);
        call.ns = seen.ns;
        call.allocatedBytes = seen.allocatedBytes;
        return call;
    }

    std::int64_t headsOf(const SeenCall& seen)
    {
        if (seen.hasTensors())
        {
            m_heads.emplace_back(seen.problem, distinctHeads(seen.inputs.key, seen.inputs.value));
            return m_heads.back().second;
        }
        const auto alike = std::ranges::find_if(m_heads, [&](const auto& one) { return one.first == seen.problem; });
        return alike == m_heads.end() ? 0 : alike->second;
    }

    const WatchedModel& m_watched;
    MaskReader m_masks;
    std::vector<std::pair<AttentionProblem, std::int64_t>> m_heads; ///< of the calls that kept their tensors
};

} // namespace

std::vector<WatchedCall> describedCalls(const WatchedModel& watched)
{
    return Describer(watched).calls();
}

} // namespace headroom::engine
