// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of the battery that are about sizes at which an index or a launch no longer fits. Their tensors are large,
// and are compared with each other: a reference would not fit.
#include "core/engine/attention/defect_cases.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <fmt/format.h>

#include <limits>

namespace headroom::engine
{
namespace
{

constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();

/// Normal numbers [B, H, S, D] in bfloat16, drawn on the device.
at::Tensor normal(const DefectScene& scene, at::IntArrayRef shape)
{
    return at::randn(shape, at::TensorOptions().device(scene.setting.device).dtype(at::kBFloat16));
}

AttentionInputs normalCall(const DefectScene& scene, std::int64_t batch, std::int64_t heads, std::int64_t length,
                           std::int64_t headDim)
{
    AttentionInputs inputs;
    for (at::Tensor* tensor : {&inputs.query, &inputs.key, &inputs.value})
    {
        *tensor = normal(scene, {batch, heads, length, headDim});
    }
    return inputs;
}

} // namespace

/// A mask of more than 2^32 elements: rows past that many against flash with is_causal, and rows before as a control.
void checkB4(DefectScene& scene)
{
    const c10::NoGradGuard noGradients;
    constexpr std::int64_t kLength = 66048; // a multiple of 8, so that no padded copy of the mask is made
    constexpr std::int64_t kLastRight = (std::int64_t{1} << 32) / kLength;
    auto inputs = normalCall(scene, 1, 1, kLength, 64);
    inputs.causal = true;
    const auto truth = tryBackend(Backend::Flash, inputs, {});
    inputs.causal = false;
    inputs.mask = at::full({kLength, kLength}, kMinusInfinity, inputs.query.options()).triu_(1);
    const auto trial = tryBackend(Backend::MemoryEfficient, inputs, {});
    for (const auto* each : {&truth, &trial})
    {
        if (each->end != TrialEnd::Done)
        {
            scene.found.open((each == &truth ? "flash: " : "memory-efficient: ") + each->words);
            return;
        }
    }
    const auto rows = [&](std::int64_t first, std::int64_t count)
    { return distanceOf(trial.results.output.narrow(2, first, count), truth.results.output.narrow(2, first, count)); };
    const double before = rows(kLastRight - 1024, 1024);
    const double past = rows(kLastRight + 1, kLength - kLastRight - 1);
    const auto seen =
        fmt::format("rows past {} are {:.1e} from flash, rows before it {:.1e}", kLastRight, past, before);
    past <= 4 * before + 0.01 ? scene.found.absent(seen) : scene.found.present(seen);
}

void checkB5(DefectScene& scene)
{
    constexpr std::int64_t kLength = 49999;
    auto inputs = normalCall(scene, 1, 8, kLength, 64);
    inputs.mask = at::ones({kLength, kLength}, inputs.query.options().dtype(at::kBool)).tril_();
    runCase(scene, fmt::format("length {} with a mask, backward", kLength), inputs, normal(scene, inputs.query.sizes()),
            Backend::MemoryEfficient);
}

/// An ALiBi bias of 32 heads at 8192, as stride 0 over the rows and in full: the same output.
void checkB6(DefectScene& scene)
{
    const c10::NoGradGuard noGradients;
    constexpr std::int64_t kHeads = 32;
    constexpr std::int64_t kLength = 8192;
    auto inputs = normalCall(scene, 1, kHeads, kLength, 64);
    const auto options = inputs.query.options();
    const auto slope = at::exp2(at::arange(1, kHeads + 1, options.dtype(at::kFloat)).mul_(-8.0 / kHeads));
    const auto distance = at::arange(kLength, options.dtype(at::kFloat)).sub_(kLength - 1);
    const auto bias = (slope.view({kHeads, 1, 1}) * distance).to(at::kBFloat16).view({1, kHeads, 1, kLength});
    inputs.mask = bias.expand({1, kHeads, kLength, kLength});
    const auto expanded = tryBackend(Backend::MemoryEfficient, inputs, {});
    inputs.mask = inputs.mask->contiguous();
    const auto dense = tryBackend(Backend::MemoryEfficient, inputs, {});
    if (dense.end != TrialEnd::Done)
    {
        scene.found.open("with the bias in full: " + dense.words);
        return;
    }
    if (expanded.end != TrialEnd::Done)
    {
        scene.found.present("the expanded bias is not taken: " + expanded.words);
        return;
    }
    const double far = distanceOf(expanded.results.output, dense.results.output);
    const auto seen = fmt::format("with the bias expanded and in full the outputs are {:.1e} apart", far);
    far < 0.02 ? scene.found.absent(seen) : scene.found.present(seen);
}

/// 65535 blocks is as far as the second and third dimension of a CUDA grid go.
void checkB7(DefectScene& scene)
{
    struct Size
    {
        std::int64_t batch;
        std::int64_t heads;
    };
    for (const auto size : {Size{65535, 1}, Size{65536, 1}, Size{1, 65535}, Size{1, 65536}})
    {
        for (const auto backend : {Backend::Flash, Backend::MemoryEfficient, Backend::Cudnn})
        {
            const auto inputs = normalCall(scene, size.batch, size.heads, 10, 16);
            runCase(scene, fmt::format("batch {}, {} heads", size.batch, size.heads), inputs,
                    normal(scene, inputs.query.sizes()), backend);
        }
        auto single = normalCall(scene, size.batch, size.heads, 10, 16);
        for (at::Tensor* tensor : {&single.query, &single.key, &single.value})
        {
            *tensor = tensor->to(at::kFloat);
        }
        runCase(scene, fmt::format("batch {}, {} heads, float32", size.batch, size.heads), single,
                at::ones_like(single.query), Backend::MemoryEfficient);
    }
}

/// More elements than 32 bits can count: gradients of the last items, alone and in the batch.
void checkB29(DefectScene& scene)
{
    constexpr std::int64_t kBatch = 16384;
    constexpr std::int64_t kLast = 2;
    const auto inputs = normalCall(scene, kBatch, 16, 128, 64);
    const auto outputGradient = normal(scene, inputs.query.sizes());
    const auto all = tryBackend(Backend::Flash, inputs, outputGradient);
    auto last = inputs;
    for (at::Tensor* tensor : {&last.query, &last.key, &last.value})
    {
        *tensor = tensor->narrow(0, kBatch - kLast, kLast).clone();
    }
    const auto few = tryBackend(Backend::Flash, last, outputGradient.narrow(0, kBatch - kLast, kLast).clone());
    for (const auto* each : {&all, &few})
    {
        if (each->end != TrialEnd::Done)
        {
            scene.found.open("flash: " + each->words);
            return;
        }
    }
    const auto batch = namedTensors(all.results);
    const auto alone = namedTensors(few.results);
    for (std::size_t at = 0; at < batch.size() && at < alone.size(); ++at)
    {
        const auto& truth = alone[at].second;
        const double far = distanceOf(batch[at].second.narrow(0, kBatch - kLast, kLast), truth);
        const double size = truth.abs().max().to(at::kDouble).item<double>();
        const auto seen = fmt::format("{} of the last items is {:.1e} off what they give alone, of {:.1e}",
                                      batch[at].first, far, size);
        far <= 0.05 * size ? scene.found.absent(seen) : scene.found.present(seen);
    }
}

} // namespace headroom::engine
