// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/attention_call.h"

#include "core/engine/attention/backend_guard.h"
#include "core/engine/tensor_types.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/autograd/autograd.h>

namespace headroom::engine
{
namespace
{

/// The log-sum-exp [B, H, S] of a direct operator; undefined where the backend has none or refuses the shape.
/// Each operator lays it out differently: memory-efficient pads the last dimension, cuDNN adds one.
at::Tensor directLogSumExp(Backend backend, const AttentionInputs& in)
{
    const c10::NoGradGuard noGradients;
    const bool cpu = in.query.is_cpu();
    const auto length = in.query.size(2);
    if (in.query.size(1) != in.key.size(1) || in.query.size(-1) % 8 != 0)
    {
        return {};
    }
    switch (backend)
    {
    case Backend::Flash:
        if (cpu)
        {
            return std::get<1>(at::_scaled_dot_product_flash_attention_for_cpu(in.query, in.key, in.value, 0.0,
                                                                               in.causal, in.mask, in.scale));
        }
        return in.mask ? at::Tensor()
                       : std::get<1>(at::_scaled_dot_product_flash_attention(in.query, in.key, in.value, 0.0, in.causal,
                                                                             false, in.scale));
    case Backend::MemoryEfficient:
        return cpu || in.mask
                   ? at::Tensor()
                   : std::get<1>(at::_scaled_dot_product_efficient_attention(in.query, in.key, in.value, std::nullopt,
                                                                             true, 0.0, in.causal, in.scale))
                         .narrow(-1, 0, length);
    case Backend::Cudnn:
        return cpu || in.mask
                   ? at::Tensor()
                   : std::get<1>(at::_scaled_dot_product_cudnn_attention(in.query, in.key, in.value, std::nullopt, true,
                                                                         0.0, in.causal, false, in.scale))
                         .reshape({in.query.size(0), in.query.size(1), length});
    default:
        return {};
    }
}

at::Tensor logSumExpOf(Backend backend, const AttentionInputs& inputs)
{
    try
    {
        if (backend == Backend::Naive)
        {
            const c10::NoGradGuard noGradients;
            return naiveLogSumExp(inputs);
        }
        return directLogSumExp(backend, inputs);
    }
    catch (const c10::Error&)
    {
        return {}; // the composite takes more shapes than the direct operators do
    }
}

/// The tensors of \a problem in its layout, each from make(shape).
template <typename Make> AttentionInputs laidOut(const AttentionProblem& problem, const Make& make)
{
    AttentionInputs inputs;
    inputs.causal = problem.causal;
    inputs.scale = problem.scale;
    inputs.dropout = problem.dropout;
    if (problem.layout == Layout::PackedQkv && problem.queryHeads == problem.kvHeads &&
        problem.queryLength == problem.kvLength && problem.headDimQk == problem.headDimV)
    {
        const at::Tensor packed = make({problem.batch, problem.queryLength, 3, problem.queryHeads, problem.headDimQk});
        inputs.query = packed.select(2, 0).transpose(1, 2);
        inputs.key = packed.select(2, 1).transpose(1, 2);
        inputs.value = packed.select(2, 2).transpose(1, 2);
        return inputs;
    }
    const auto one = [&](std::int64_t heads, std::int64_t length, std::int64_t dim) -> at::Tensor
    {
        return problem.layout == Layout::Bhsd ? make({problem.batch, heads, length, dim})
                                              : make({problem.batch, length, heads, dim}).transpose(1, 2);
    };
    inputs.query = one(problem.queryHeads, problem.queryLength, problem.headDimQk);
    inputs.key = one(problem.kvHeads, problem.kvLength, problem.headDimQk);
    inputs.value = one(problem.kvHeads, problem.kvLength, problem.headDimV);
    return inputs;
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

AttentionResults attendWithGradients(Backend backend, const AttentionInputs& inputs, const at::Tensor& outputGradient)
{
    if (backend == Backend::Fp64)
    {
        return referenceAttention(inputs, outputGradient);
    }
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
    const auto output = attend(backend, leaves);

    AttentionResults results;
    results.output = output.detach();
    results.logSumExp = logSumExpOf(backend, inputs);
    if (outputGradient.defined())
    {
        const auto given = torch::autograd::grad({output}, wanted, {outputGradient.to(output.scalar_type())});
        results.queryGradient = given[0];
        results.keyGradient = given[1];
        results.valueGradient = given[2];
        results.maskGradient = given.size() > 3 ? given[3] : at::Tensor();
    }
    return results;
}

AttentionProblem problemOf(const AttentionInputs& inputs, bool needsGradients)
{
    AttentionProblem problem;
    problem.batch = inputs.query.size(0);
    problem.queryHeads = inputs.query.size(1);
    problem.kvHeads = inputs.key.size(1);
    problem.queryLength = inputs.query.size(2);
    problem.kvLength = inputs.key.size(2);
    problem.headDimQk = inputs.query.size(3);
    problem.headDimV = inputs.value.size(3);
    problem.dtype = fromScalarType(inputs.query.scalar_type());
    problem.device = inputs.query.is_cuda() ? DeviceKind::Cuda : DeviceKind::Cpu;
    problem.causal = inputs.causal;
    problem.scale = inputs.scale;
    problem.dropout = inputs.dropout;
    problem.needsGradients = needsGradients;
    if (inputs.mask)
    {
        problem.mask = inputs.mask->scalar_type() == at::kBool ? MaskKind::Boolean : MaskKind::Additive;
        problem.maskNeedsGradient = inputs.mask->requires_grad();
    }
    if (inputs.query.stride(1) == inputs.query.size(3) && inputs.query.size(2) > 1)
    {
        const bool packed = inputs.query.stride(2) == 3 * inputs.query.size(1) * inputs.query.size(3);
        problem.layout = packed ? Layout::PackedQkv : Layout::Bshd;
    }
    return problem;
}

AttentionInputs makeInputs(const AttentionProblem& problem, const c10::Device& device, std::uint64_t seed)
{
    // Drawn on the CPU, so that the same seed gives the same numbers on every device.
    auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    auto inputs = laidOut(problem, [&](std::vector<std::int64_t> shape)
                          { return at::randn(shape, generator, at::kFloat).to(device, toScalarType(problem.dtype)); });
    if (problem.mask != MaskKind::None)
    {
        // Every row keeps at least its first key: an all-masked row is a case of its own.
        auto allowed = at::rand({problem.queryLength, problem.kvLength}, generator, at::kFloat).gt(0.25);
        allowed.select(1, 0).fill_(true);
        inputs.mask = problem.mask == MaskKind::Boolean
                          ? allowed.to(device)
                          : at::randn({problem.queryLength, problem.kvLength}, generator, at::kFloat)
                                .to(device, toScalarType(problem.dtype))
                                .requires_grad_(problem.maskNeedsGradient);
    }
    return inputs;
}

AttentionInputs makeShapes(const AttentionProblem& problem, const c10::Device& device)
{
    const auto options = at::TensorOptions().device(device).dtype(toScalarType(problem.dtype));
    auto inputs = laidOut(problem, [&](std::vector<std::int64_t> shape) { return at::empty(shape, options); });
    if (problem.mask != MaskKind::None)
    {
        const bool boolean = problem.mask == MaskKind::Boolean;
        inputs.mask = at::empty({problem.queryLength, problem.kvLength}, boolean ? options.dtype(at::kBool) : options);
        inputs.mask->requires_grad_(!boolean && problem.maskNeedsGradient);
    }
    return inputs;
}

} // namespace headroom::engine
