// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/attention_watch.h"

#include "core/engine/attention/launch_recorder.h"
#include "core/engine/device/memory_meter.h"
#include "core/engine/device/torch_device.h"
#include "core/engine/model/einsum_form.h"
#include "core/engine/model/operator_calls.h"
#include "core/engine/model/written_attention.h"

#include <ATen/ATen.h>
#include <ATen/record_function.h>
#include <torch/csrc/jit/runtime/interpreter.h>

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <memory>
#include <mutex>
#include <set>
#include <string_view>
#include <utility>

namespace headroom::engine
{
namespace
{

/// \a values without the first \a below: TorchScript hands over its whole stack, with what lies below an operator's
/// own.
template <typename Values> std::vector<c10::IValue> above(std::size_t below, const Values& values)
{
    return std::vector<c10::IValue>(values.begin() + static_cast<std::ptrdiff_t>(std::min(below, values.size())),
                                    values.end());
}

/// What an operator that is on is known by until it returns.
struct Running : at::ObserverContext
{
    Arguments arguments;             ///< of an operator that is not nested in another one
    std::optional<std::size_t> call; ///< of SeenPass::calls, which this operator is the outermost of
    std::size_t number = 0;
    bool counted = false; ///< it raised the depth
    bool attention = false;
    bool wholeStack = false; ///< how many of the arguments are its own is known when it returns one result
};

/// Tensors of calls that are alike are kept once.
struct Alike
{
    AttentionProblem problem;
    std::vector<std::int64_t> strides;
    std::vector<std::int64_t> mask;
    bool operator==(const Alike&) const = default;
};

class Watch
{
public:
    explicit Watch(const c10::Device& device) : m_device(device), m_track(device)
    {
        if (device.is_cuda())
        {
            m_kernels = std::make_unique<LaunchRecorder>();
        }
    }

    std::unique_ptr<at::ObserverContext> enter(const at::RecordFunction& function);
    void exit(const at::RecordFunction& function, Running& running);
    SeenPass finish();
    void fail(const std::string& why) { m_problem = why; }

private:
    void beginCall(Running& running, CallForm form, AttentionProblem problem, const AttentionInputs& inputs);
    void keepTensors(SeenCall& seen, const AttentionInputs& inputs);
    void endCall(Running& running);
    void noteWritten(WrittenAttention::Found found, std::size_t last);
    void projectFused();
    void countEinsum(const Arguments& arguments, const at::Tensor& result);
    void countMatrices(std::string_view name, const Running& running, const at::Tensor& result);

    c10::Device m_device;
    AllocationTrack m_track;
    std::unique_ptr<LaunchRecorder> m_kernels;
    SeenPass m_seen;
    std::vector<std::pair<std::string, Arguments>> m_fused; ///< what fused operators were handed, call by call
    std::vector<Alike> m_kept;
    WrittenAttention m_written;
    std::size_t m_operators = 0;
    std::size_t m_attention = 0;       ///< outermost operators of attention so far
    std::size_t m_attentionDepth = 0;  ///< how many of them are on, one within another
    std::optional<std::size_t> m_open; ///< the call that is on
    std::string m_problem;
};

/// The innermost modules that TorchScript is in, without the method names that it adds.
std::string currentHierarchy()
{
    std::string hierarchy;
    for (const auto& step : torch::jit::currentModuleHierarchy())
    {
        hierarchy += (hierarchy.empty() ? "" : ".") + step;
    }
    return hierarchy;
}

bool innermostContiguous(const AttentionInputs& inputs)
{
    for (const auto* tensor : {&inputs.query, &inputs.key, &inputs.value})
    {
        if (tensor->size(-1) > 1 && tensor->stride(-1) != 1)
        {
            return false;
        }
    }
    return true;
}

void Watch::keepTensors(SeenCall& seen, const AttentionInputs& inputs)
{
    Alike alike{seen.problem, {}, seen.maskShape};
    for (const auto* tensor : {&inputs.query, &inputs.key, &inputs.value})
    {
        alike.strides.insert(alike.strides.end(), tensor->strides().begin(), tensor->strides().end());
    }
    seen.inputs = inputs;
    if (std::find(m_kept.begin(), m_kept.end(), alike) != m_kept.end())
    {
        seen.inputs.query = seen.inputs.key = seen.inputs.value = at::Tensor();
        return;
    }
    m_kept.push_back(std::move(alike));
}

void Watch::beginCall(Running& running, CallForm form, AttentionProblem problem, const AttentionInputs& inputs)
{
    SeenCall seen;
    seen.form = form;
    seen.problem = std::move(problem);
    seen.hierarchy = currentHierarchy();
    if (inputs.query.defined())
    {
        seen.innermostContiguous = innermostContiguous(inputs);
        seen.maskShape = inputs.mask ? inputs.mask->sizes().vec() : std::vector<std::int64_t>();
        keepTensors(seen, inputs);
    }
    running.call = m_seen.calls.size();
    if (m_kernels)
    {
        m_kernels->forget();
    }
    m_seen.calls.push_back(std::move(seen));
    m_seen.calls.back().operatorsOfPass = {running.number, running.number, m_attention};
    m_open = running.call;
    m_track.mark();
}

void Watch::endCall(Running& running)
{
    SeenCall& seen = m_seen.calls[*running.call];
    seen.allocatedBytes = m_track.mostSinceMark();
    if (m_kernels)
    {
        seen.kernels = m_kernels->kernels();
    }
    m_open.reset();
}

thread_local int depth = 0;

std::unique_ptr<at::ObserverContext> Watch::enter(const at::RecordFunction& function)
{
    auto running = std::make_unique<Running>();
    const std::string_view name = function.name();
    const bool fused = name == kFusedLayer || name == kFusedHeads;
    if (m_open)
    {
        auto& operators = m_seen.calls[*m_open].operators;
        if ((isBackendOperator(name) || fused) && std::ranges::count(operators, name) == 0)
        {
            operators.emplace_back(name);
        }
        return running;
    }
    const bool nested = depth > 0;
    running->counted = true;
    ++depth;
    const bool attention = isAttentionOperator(name);
    if (nested && !attention)
    {
        return running;
    }
    const auto inputs = function.inputs();
    const auto own = function.num_inputs() > 0 ? function.num_inputs() : argumentsOf(name);
    running->arguments = above(own > 0 && inputs.size() > own ? inputs.size() - own : 0, inputs);
    running->wholeStack = own == 0;
    running->number = ++m_operators;
    running->attention = attention;
    if (attention && m_attentionDepth++ == 0)
    {
        ++m_attention;
    }
    if (fused)
    {
        if (const auto problem = fusedProblem(name, running->arguments))
        {
            beginCall(*running, CallForm::FastPath, *problem, {});
            m_seen.calls.back().operators.emplace_back(name);
            m_seen.calls.back().needsWeights = asksForWeights(name, running->arguments);
            m_fused.emplace_back(name, running->arguments);
        }
    }
    else if (attention)
    {
        if (const auto asked = inputsOf(name, running->arguments))
        {
            beginCall(*running, name == kSdpa ? CallForm::Sdpa : CallForm::Direct, problemOf(*asked, false), *asked);
            if (name != kSdpa)
            {
                m_seen.calls.back().operators.emplace_back(name);
            }
        }
    }
    return running;
}

/// All letters' sizes, for each operand but the first.
void Watch::countEinsum(const Arguments& arguments, const at::Tensor& result)
{
    if (arguments.size() < 2 || !arguments[0].isString() || !arguments[1].isTensorList())
    {
        return;
    }
    const auto operands = arguments[1].toTensorVector();
    std::vector<std::vector<std::int64_t>> shapes;
    for (const at::Tensor& operand : operands)
    {
        shapes.push_back(operand.sizes().vec());
        auto& elements = operand.dim() <= 2 ? m_seen.matrices.weights : m_seen.matrices.activations;
        elements += operand.numel();
    }
    m_seen.matrices.activations += result.numel();
    if (const auto form = readEinsum(arguments[0].toStringRef(), shapes))
    {
        double flops = 2.0 * static_cast<double>(shapes.size() - 1);
        for (const auto& [letter, size] : form->sizes)
        {
            flops *= static_cast<double>(size);
        }
        m_seen.matrices.flops += flops;
    }
}

void Watch::countMatrices(std::string_view name, const Running& running, const at::Tensor& result)
{
    if (name == "aten::einsum")
    {
        countEinsum(running.arguments, result);
        return;
    }
    const bool added = name == "aten::addmm" || name == "aten::baddbmm"; // the first argument is what is added
    const bool product =
        added || name == "aten::linear" || name == "aten::matmul" || name == "aten::mm" || name == "aten::bmm";
    const bool convolution = name == "aten::conv2d" || name == "aten::conv1d" || name == "aten::convolution" ||
                             name == "aten::_convolution" || name == "aten::conv3d";
    const std::size_t first = added ? 1 : 0;
    const auto left = tensorAt(running.arguments, first);
    const auto right = tensorAt(running.arguments, first + 1);
    if ((!product && !convolution) || !left || !right || left->dim() == 0 || right->dim() == 0)
    {
        return;
    }
    const auto depthOf = convolution ? right->numel() / std::max<std::int64_t>(1, right->size(0)) : left->size(-1);
    m_seen.matrices.flops += 2.0 * static_cast<double>(result.numel()) * static_cast<double>(depthOf);
    const bool weight = convolution || right->dim() <= 2;
    m_seen.matrices.weights += weight ? right->numel() : 0;
    m_seen.matrices.activations += left->numel() + result.numel() + (weight ? 0 : right->numel());
}

void Watch::noteWritten(WrittenAttention::Found found, std::size_t last)
{
    SeenCall seen;
    seen.form = CallForm::HandWritten;
    seen.problem = problemOf(found.inputs, false);
    seen.maskShape = found.inputs.mask ? found.inputs.mask->sizes().vec() : std::vector<std::int64_t>();
    seen.innermostContiguous = true; // matrix products take any strides
    seen.operators = found.operators;
    seen.hierarchy = currentHierarchy();
    keepTensors(seen, found.inputs);
    seen.operatorsOfPass = {found.firstOperator, last, 0};
    m_seen.matrices.flops = std::max(0.0, m_seen.matrices.flops - found.flops);
    m_seen.calls.push_back(std::move(seen));
}

void Watch::exit(const at::RecordFunction& function, Running& running)
{
    depth -= running.counted ? 1 : 0;
    m_attentionDepth -= running.attention ? 1 : 0;
    if (running.call)
    {
        endCall(running);
    }
    if (running.number == 0)
    {
        return;
    }
    const auto outputs = function.outputs();
    const auto own = function.num_outputs() > 0 ? function.num_outputs() : std::size_t{1};
    const auto below = outputs.size() > own ? outputs.size() - own : 0;
    const auto results = above(below, outputs);
    if (running.wholeStack)
    {
        running.arguments = above(below, running.arguments);
    }
    const std::string_view name = function.name();
    if (!running.call && !results.empty() && results[0].isTensor() && results[0].toTensor().defined())
    {
        countMatrices(name, running, results[0].toTensor());
    }
    if (auto found = m_written.see(running.number, running.call ? std::string_view("attention") : name,
                                   running.arguments, results))
    {
        noteWritten(std::move(*found), running.number);
    }
}

/// Once the pass is over, since this computes.
void Watch::projectFused()
{
    auto fused = m_fused.begin();
    for (SeenCall& seen : m_seen.calls)
    {
        if (seen.form != CallForm::FastPath)
        {
            continue;
        }
        if (const auto inputs = fusedInputs(fused->first, fused->second))
        {
            seen.maskShape = inputs->mask ? inputs->mask->sizes().vec() : std::vector<std::int64_t>();
            keepTensors(seen, *inputs);
        }
        ++fused;
    }
    m_fused.clear();
}

SeenPass Watch::finish()
{
    synchronise(m_device);
    m_seen.peakBytes = m_track.most();
    try
    {
        projectFused();
    }
    catch (const std::exception& error)
    {
        m_problem = error.what();
    }
    if (!m_problem.empty())
    {
        m_seen.notes.push_back("Not all of the pass could be watched: " + m_problem);
    }
    return std::move(m_seen);
}

// RecordFunction's callbacks are plain function pointers, and a CUDA backward pass runs on a thread of autograd's: the
// state is shared and locked. An exception must not leave a callback: LibTorch would drop the operator with a warning.
std::mutex watchMutex;
Watch* currentWatch = nullptr;
thread_local bool looking = false; ///< what the watch itself asks of LibTorch is not the model's

class Looking
{
public:
    Looking() { looking = true; }
    ~Looking() { looking = false; }
    Looking(const Looking&) = delete;
    Looking& operator=(const Looking&) = delete;
};

std::unique_ptr<at::ObserverContext> onEnter(const at::RecordFunction& function)
{
    // What is nested in another operator is passed over, but for attention: most of what is dispatched is.
    if (looking || (depth > 0 && !isAttentionOperator(function.name())))
    {
        return nullptr;
    }
    const std::lock_guard lock(watchMutex);
    if (currentWatch == nullptr)
    {
        return nullptr;
    }
    const Looking now;
    try
    {
        return currentWatch->enter(function);
    }
    catch (const std::exception& error)
    {
        currentWatch->fail(error.what());
        return nullptr;
    }
}

void onExit(const at::RecordFunction& function, at::ObserverContext* context)
{
    if (context == nullptr || looking)
    {
        return;
    }
    const std::lock_guard lock(watchMutex);
    if (currentWatch == nullptr)
    {
        return;
    }
    const Looking now;
    try
    {
        currentWatch->exit(function, *static_cast<Running*>(context));
    }
    catch (const std::exception& error)
    {
        currentWatch->fail(error.what());
    }
}

/// The callbacks while it lives.
class Watching
{
public:
    explicit Watching(Watch& watch)
    {
        depth = 0;
        {
            const std::lock_guard lock(watchMutex);
            currentWatch = &watch;
        }
        m_handle = at::addGlobalCallback(at::RecordFunctionCallback(&onEnter, &onExit)
                                             .needsInputs(true)
                                             .needsOutputs(true)
                                             .scopes({at::RecordScope::FUNCTION}));
    }
    ~Watching()
    {
        at::removeCallback(m_handle);
        const std::lock_guard lock(watchMutex);
        currentWatch = nullptr;
    }
    Watching(const Watching&) = delete;
    Watching& operator=(const Watching&) = delete;

private:
    at::CallbackHandle m_handle{};
};

} // namespace

SeenPass watchPass(const std::function<void()>& pass, const c10::Device& device)
{
    Watch watch(device);
    {
        const Watching watching(watch);
        pass();
    }
    return watch.finish();
}

} // namespace headroom::engine
