// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/attention_inputs.h"

#include "core/engine/cuda_support.h"
#include "core/engine/tensor_types.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#if HEADROOM_LIBTORCH_HAS_CUDA
#include <ATen/cuda/CUDAGeneratorImpl.h>
#endif

#include <cmath>
#include <limits>
#include <mutex>
#include <vector>

namespace headroom::engine
{
namespace
{

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();
constexpr std::uint64_t kMaskSeed = 0x6d61736b; ///< apart from the tensors', so that a mask does not move them

at::Generator generatorOn(const c10::Device& device, std::uint64_t seed)
{
#if HEADROOM_LIBTORCH_HAS_CUDA
    if (device.is_cuda())
    {
        auto generator = at::make_generator<at::CUDAGeneratorImpl>(device.index());
        const std::scoped_lock lock(generator.mutex());
        generator.set_current_seed(seed);
        return generator;
    }
#else
    static_cast<void>(device);
#endif
    return at::make_generator<at::CPUGeneratorImpl>(seed);
}

/// Whether query, key and value can be one tensor.
bool canBePacked(const AttentionProblem& problem)
{
    return problem.queryHeads == problem.kvHeads && problem.queryLength == problem.kvLength &&
           problem.headDimQk == problem.headDimV;
}

/// The tensors of \a problem in its layout, each from make(shape).
template <typename Make> AttentionInputs laidOut(const AttentionProblem& problem, const Make& make)
{
    AttentionInputs inputs;
    inputs.causal = problem.causal;
    inputs.scale = problem.scale;
    inputs.dropout = problem.dropout;
    if (problem.layout == Layout::PackedQkv && canBePacked(problem))
    {
        const at::Tensor packed = make({problem.batch, problem.queryLength, 3, problem.queryHeads, problem.headDimQk});
        inputs.query = packed.select(2, 0).transpose(1, 2);
        inputs.key = packed.select(2, 1).transpose(1, 2);
        inputs.value = packed.select(2, 2).transpose(1, 2);
        return inputs;
    }
    const bool headsFirst = problem.layout == Layout::Bhsd || problem.layout == Layout::ExpandedKv;
    const auto one = [&](std::int64_t heads, std::int64_t length, std::int64_t dim) -> at::Tensor
    {
        return headsFirst ? make({problem.batch, heads, length, dim})
                          : make({problem.batch, length, heads, dim}).transpose(1, 2);
    };
    const bool expanded = problem.layout == Layout::ExpandedKv;
    const auto ofKeys = [&](std::int64_t dim)
    {
        return expanded ? one(1, problem.kvLength, dim).expand({-1, problem.kvHeads, -1, -1})
                        : one(problem.kvHeads, problem.kvLength, dim);
    };
    inputs.query = one(problem.queryHeads, problem.queryLength, problem.headDimQk);
    inputs.key = ofKeys(problem.headDimQk);
    inputs.value = ofKeys(problem.headDimV);
    return inputs;
}

at::Tensor positions(std::int64_t first, std::int64_t count, const c10::Device& device)
{
    return at::arange(first, first + count, at::TensorOptions().dtype(at::kInt).device(device));
}

/// The elements that take part by the pattern, as core/attention/mask_pattern.h says of each.
at::Tensor allowedBy(const AttentionProblem& problem, const c10::Device& device)
{
    const auto key = positions(0, problem.kvLength, device);
    const auto query = positions(0, problem.queryLength, device).unsqueeze(1);
    const auto position = query.add(problem.kvLength - problem.queryLength);
    const auto span = maskSpan(problem);
    const auto block = [&](const at::Tensor& of) { return of.clamp_min(0).floor_divide(span); };
    switch (problem.maskPattern)
    {
    case MaskPattern::CausalTopLeft:
        return key.le(query);
    case MaskPattern::CausalBottomRight:
    case MaskPattern::Alibi:
        return key.le(position);
    case MaskPattern::SlidingWindow:
        return key.le(position).logical_and_(key.gt(position.sub(span)));
    case MaskPattern::Document:
        return block(key).eq(block(position));
    case MaskPattern::BlockSparse:
        return block(position).sub(block(key)).remainder_(4).eq(0).logical_or_(block(key).eq(0));
    case MaskPattern::Padding:
    {
        std::vector<std::int64_t> lengths;
        for (std::int64_t item = 0; item < problem.batch; ++item)
        {
            lengths.push_back(keysBeforePadding(problem, item));
        }
        const auto length = at::tensor(lengths, at::kLong).to(device).reshape({problem.batch, 1, 1, 1});
        return key.reshape({1, 1, 1, problem.kvLength}).lt(length);
    }
    case MaskPattern::Random:
        break;
    }
    return at::ones({problem.queryLength, problem.kvLength}, at::TensorOptions().dtype(at::kBool).device(device));
}

at::Tensor alibiBias(const AttentionProblem& problem, const c10::Device& device)
{
    std::vector<double> slopes;
    for (std::int64_t head = 0; head < problem.queryHeads; ++head)
    {
        slopes.push_back(alibiSlope(head, problem.queryHeads));
    }
    const auto slope = at::tensor(slopes, at::kFloat).to(device).reshape({problem.queryHeads, 1, 1});
    const auto key = positions(0, problem.kvLength, device);
    const auto position = positions(problem.kvLength - problem.queryLength, problem.queryLength, device).unsqueeze(1);
    return key.sub(position).to(at::kFloat).unsqueeze(0).mul(slope);
}

at::Tensor makeRandomMask(const AttentionProblem& problem, const c10::Device& device, std::uint64_t seed)
{
    auto generator = generatorOn(device, seed ^ kMaskSeed);
    const auto options = at::TensorOptions().dtype(at::kFloat).device(device);
    const std::vector<std::int64_t> shape{problem.queryLength, problem.kvLength};
    if (problem.mask == MaskKind::Additive)
    {
        return at::randn(shape, generator, options).to(toScalarType(problem.dtype));
    }
    // Every row keeps at least its first key: an all-masked row is a case of its own.
    auto allowed = at::rand(shape, generator, options).gt(0.25);
    allowed.select(1, 0).fill_(true);
    return allowed;
}

/// maskShape() without its leading dimensions of 1, as models hand a mask over.
std::vector<std::int64_t> shortMaskShape(const AttentionProblem& problem)
{
    const auto full = maskShape(problem);
    const bool twoDimensional = full[0] == 1 && full[1] == 1 && full[2] == problem.queryLength;
    return {full.begin() + (twoDimensional ? 2 : 0), full.end()};
}

} // namespace

double AttentionInputs::effectiveScale() const
{
    return scale.value_or(1.0 / std::sqrt(static_cast<double>(query.size(-1))));
}

std::optional<at::Tensor> makeMask(const AttentionProblem& problem, const c10::Device& device, std::uint64_t seed)
{
    if (problem.mask == MaskKind::None)
    {
        return std::nullopt;
    }
    at::Tensor mask;
    if (problem.maskPattern == MaskPattern::Random)
    {
        mask = makeRandomMask(problem, device, seed);
    }
    else if (problem.mask == MaskKind::Boolean)
    {
        mask = allowedBy(problem, device);
    }
    else
    {
        const auto allowed = allowedBy(problem, device);
        auto bias = problem.maskPattern == MaskPattern::Alibi
                        ? alibiBias(problem, device)
                        : at::zeros(allowed.sizes(), allowed.options().dtype(at::kFloat));
        mask = bias.masked_fill(allowed.logical_not(), kMinusInfinity).to(toScalarType(problem.dtype));
    }
    mask = mask.reshape(shortMaskShape(problem));
    return mask.requires_grad_(problem.maskNeedsGradient && problem.mask == MaskKind::Additive);
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
    if (inputs.key.stride(1) == 0 && inputs.key.size(1) > 1)
    {
        problem.layout = Layout::ExpandedKv;
    }
    else if (inputs.query.stride(1) == inputs.query.size(3) && inputs.query.size(2) > 1)
    {
        const bool packed = inputs.query.stride(2) == 3 * inputs.query.size(1) * inputs.query.size(3);
        problem.layout = packed ? Layout::PackedQkv : Layout::Bshd;
    }
    return problem;
}

AttentionInputs makeInputs(const AttentionProblem& problem, const c10::Device& device, std::uint64_t seed)
{
    auto generator = generatorOn(device, seed);
    const auto options = at::TensorOptions().dtype(at::kFloat).device(device);
    auto inputs = laidOut(problem, [&](const std::vector<std::int64_t>& shape)
                          { return at::randn(shape, generator, options).to(toScalarType(problem.dtype)); });
    inputs.mask = makeMask(problem, device, seed);
    return inputs;
}

AttentionInputs makeShapes(const AttentionProblem& problem, const c10::Device& device)
{
    const auto options = at::TensorOptions().device(device).dtype(toScalarType(problem.dtype));
    auto inputs = laidOut(problem, [&](const std::vector<std::int64_t>& shape) { return at::empty(shape, options); });
    if (problem.mask != MaskKind::None)
    {
        const bool boolean = problem.mask == MaskKind::Boolean;
        inputs.mask = at::empty(shortMaskShape(problem), boolean ? options.dtype(at::kBool) : options);
        inputs.mask->requires_grad_(!boolean && problem.maskNeedsGradient);
    }
    return inputs;
}

} // namespace headroom::engine
