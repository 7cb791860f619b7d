// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/attention_call.h"

#include "core/engine/attention/backend_guard.h"
#include "core/engine/device/synchronise.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <chrono>
#include <limits>
#include <optional>

#include <torch/csrc/autograd/autograd.h>

namespace headroom::engine
{
namespace
{

/// \a mask as the direct operators want it: additive, [B, Hq, Sq, Skv], with rows that begin at a multiple of 16
/// elements.
std::optional<at::Tensor> biasOf(const AttentionInputs& in)
{
    if (!in.mask)
    {
        return std::nullopt;
    }
    constexpr std::int64_t kAlignment = 16;
    const auto keys = in.key.size(2);
    const auto& mask = *in.mask;
    const auto bias = mask.scalar_type() == at::kBool
                          ? at::zeros(mask.sizes(), in.query.options())
                                .masked_fill_(mask.logical_not(), -std::numeric_limits<double>::infinity())
                          : mask.detach();
    auto shape = bias.sizes().vec();
    shape.back() = (keys + kAlignment - 1) / kAlignment * kAlignment;
    const auto padded = at::zeros(shape, bias.options());
    padded.narrow(-1, 0, keys).copy_(bias);
    return padded.narrow(-1, 0, keys).expand({in.query.size(0), in.query.size(1), in.query.size(2), keys});
}

/// The log-sum-exp [B, H, S] of a direct operator; undefined where the backend has none or does not take the shape,
/// which the composite pads or repeats. Each operator lays it out differently: memory-efficient pads the last
/// dimension, cuDNN adds one.
at::Tensor directLogSumExp(Backend backend, const AttentionInputs& in)
{
    const c10::NoGradGuard noGradients;
    const bool cpu = in.query.is_cpu();
    const bool grouped = in.query.size(1) != in.key.size(1);
    if (in.query.size(-1) % 8 != 0)
    {
        return {};
    }
    switch (backend)
    {
    case Backend::Flash:
        if (cpu)
        {
            return grouped ? at::Tensor()
                           : std::get<1>(at::_scaled_dot_product_flash_attention_for_cpu(
                                 in.query, in.key, in.value, 0.0, in.causal, in.mask, in.scale));
        }
        return in.mask ? at::Tensor()
                       : std::get<1>(at::_scaled_dot_product_flash_attention(in.query, in.key, in.value, 0.0, in.causal,
                                                                             false, in.scale));
    case Backend::MemoryEfficient:
        return cpu || grouped ? at::Tensor()
                              : std::get<1>(at::_scaled_dot_product_efficient_attention(
                                                in.query, in.key, in.value, biasOf(in), true, 0.0, in.causal, in.scale))
                                    .narrow(-1, 0, in.query.size(2));
    case Backend::Cudnn:
        return cpu ? at::Tensor()
                   : std::get<1>(at::_scaled_dot_product_cudnn_attention(in.query, in.key, in.value, biasOf(in), true,
                                                                         0.0, in.causal, false, in.scale))
                         .reshape({in.query.size(0), in.query.size(1), in.query.size(2)});
    default:
        return {};
    }
}

at::Tensor logSumExpOf(Backend backend, const AttentionInputs& inputs)
{
    try
    {
        return directLogSumExp(backend, inputs);
    }
    catch (const c10::Error&)
    {
        return {}; // the composite takes more shapes than the direct operators do
    }
}

at::Tensor leaf(const at::Tensor& tensor)
{
    return tensor.detach().requires_grad_(true);
}

} // namespace

at::Tensor attend(Backend backend, const AttentionInputs& inputs)
{
    switch (backend)
    {
    case Backend::Naive:
        return naiveAttention(inputs);
    case Backend::Fp64:
        return differentiableReference(inputs);
    default:
        break;
    }
    const BackendGuard forced(backend);
    return at::scaled_dot_product_attention(inputs.query, inputs.key, inputs.value, inputs.mask, inputs.dropout,
                                            inputs.causal, inputs.scale, inputs.query.size(1) != inputs.key.size(1));
}

PassRunner timedRunner(const c10::Device& device, CallTimes& times)
{
    return [device, &times](Pass pass, const std::function<void()>& work)
    {
        synchronise(device);
        const auto start = std::chrono::steady_clock::now();
        work();
        synchronise(device);
        const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - start;
        (pass == Pass::Backward ? times.backwardNs : times.forwardNs) = taken.count();
    };
}

AttentionResults attendOnce(Backend backend, const AttentionInputs& inputs, const at::Tensor& outputGradient,
                            const PassRunner& run)
{
    if (backend == Backend::Fp64)
    {
        return referenceAttention(inputs, outputGradient);
    }
    const auto carryOut = [&](Pass pass, const std::function<void()>& work) { run ? run(pass, work) : work(); };
    AttentionInputs leaves = inputs;
    leaves.query = leaf(inputs.query);
    leaves.key = leaf(inputs.key);
    leaves.value = leaf(inputs.value);
    std::vector<at::Tensor> wanted{leaves.query, leaves.key, leaves.value};
    if (inputs.mask && inputs.mask->requires_grad())
    {
        leaves.mask = leaf(*inputs.mask);
        wanted.push_back(*leaves.mask);
    }
    const c10::AutoGradMode gradients(true);
    AttentionResults results;
    at::Tensor output;
    carryOut(
        Pass::Forward, [&]
        { output = backend == Backend::Naive ? naiveAttention(leaves, &results.logSumExp) : attend(backend, leaves); });
    results.output = output.detach();
    if (outputGradient.defined())
    {
        torch::autograd::variable_list given;
        carryOut(Pass::Backward,
                 [&] { given = torch::autograd::grad({output}, wanted, {outputGradient.to(output.scalar_type())}); });
        results.queryGradient = given[0];
        results.keyGradient = given[1];
        results.valueGradient = given[2];
        results.maskGradient = given.size() > 3 ? given[3] : at::Tensor();
    }
    return results;
}

AttentionResults attendWithGradients(Backend backend, const AttentionInputs& inputs, const at::Tensor& outputGradient)
{
    return attendByPasses(backend, inputs, outputGradient, {});
}

AttentionResults attendByPasses(Backend backend, const AttentionInputs& inputs, const at::Tensor& outputGradient,
                                const PassRunner& run)
{
    auto results = attendOnce(backend, inputs, outputGradient, run);
    if (!results.logSumExp.defined())
    {
        results.logSumExp = logSumExpOf(backend, inputs);
    }
    return results;
}

} // namespace headroom::engine
