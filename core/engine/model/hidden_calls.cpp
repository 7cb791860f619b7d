// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/hidden_calls.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace headroom::engine
{
namespace
{

/// Heads and batch apart, where a runtime computes on them as one dimension.
void splitAs(const AttentionProblem& written, SeenCall& call)
{
    auto& problem = call.problem;
    const bool joined = problem.batch * problem.queryHeads == written.batch * written.queryHeads &&
                        problem.batch * problem.kvHeads == written.batch * written.kvHeads;
    if (!joined || problem.batch == written.batch)
    {
        return;
    }
    problem.batch = written.batch;
    problem.queryHeads = written.queryHeads;
    problem.kvHeads = written.kvHeads;
    for (at::Tensor* tensor : {&call.inputs.query, &call.inputs.key, &call.inputs.value})
    {
        if (tensor->defined())
        {
            const auto heads = tensor->size(0) * tensor->size(1) / written.batch;
            *tensor = tensor->reshape({written.batch, heads, tensor->size(2), tensor->size(3)});
        }
    }
    auto& mask = call.inputs.mask;
    if (mask && mask->dim() == 4 && mask->size(0) == 1 && mask->size(1) == written.batch * written.queryHeads)
    {
        mask = mask->reshape({written.batch, written.queryHeads, mask->size(2), mask->size(3)});
        call.maskShape = mask->sizes().vec();
    }
}

} // namespace

std::ptrdiff_t writtenIn(const SeenPass& pass)
{
    return std::ranges::count(pass.calls, CallForm::HandWritten, &SeenCall::form);
}

void takeFused(SeenPass first, SeenPass& pass)
{
    if (writtenIn(first) <= writtenIn(pass))
    {
        return;
    }
    for (SeenCall& call : first.calls)
    {
        call.operatorsOfPass = call.form == CallForm::HandWritten ? OperatorSpan{} : call.operatorsOfPass;
    }
    pass.calls = std::move(first.calls);
    pass.matrices = first.matrices;
    pass.notes.emplace_back("TorchScript fuses operators of the attention that is written out by hand: its calls are "
                            "those of the first run, and have no times.");
}

void addWritten(const std::vector<ModelCall>& written, std::vector<SeenCall>& calls)
{
    std::vector<SeenCall*> shown;
    for (SeenCall& call : calls)
    {
        if (call.form == CallForm::HandWritten)
        {
            shown.push_back(&call);
        }
    }
    for (std::size_t place = 0; place < written.size(); ++place)
    {
        if (shown.size() == written.size())
        {
            splitAs(written[place].problem, *shown[place]);
        }
        else if (shown.empty())
        {
            SeenCall call;
            call.form = CallForm::HandWritten;
            call.problem = written[place].problem;
            calls.push_back(std::move(call));
        }
    }
}

void takeDispatched(const LoadedModel& model, const std::function<void(LoadedModel&)>& forward,
                    const c10::Device& device, SeenPass& pass)
{
    const auto written = std::ssize(model.writtenCalls());
    const auto dispatched = writtenIn(pass) < written ? model.dispatched() : nullptr;
    if (dispatched == nullptr)
    {
        return;
    }
    SeenPass all = watchPass([&] { forward(*dispatched); }, device);
    const auto others = [](const SeenPass& seen) { return std::ssize(seen.calls) - writtenIn(seen); };
    if (writtenIn(all) != written || others(all) != others(pass))
    {
        return;
    }
    auto other = pass.calls.begin();
    for (SeenCall& call : all.calls)
    {
        if (call.form == CallForm::HandWritten)
        {
            call.operatorsOfPass = {};
            call.allocatedBytes.reset();
            continue;
        }
        other = std::find_if(other, pass.calls.end(),
                             [](const SeenCall& seen) { return seen.form != CallForm::HandWritten; });
        call = std::move(*other++);
    }
    pass.calls = std::move(all.calls);
    pass.matrices = all.matrices;
    pass.notes.emplace_back("nativert runs operators of the attention that is written out by hand in kernels of its "
                            "own, which no watch sees: its calls are those of a pass with LibTorch's operators in "
                            "their place, and have no times.");
}

} // namespace headroom::engine
