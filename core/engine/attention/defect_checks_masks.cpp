// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of the battery that are about masks.
#include "core/engine/attention/defect_cases.h"
#include "core/engine/device/synchronise.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <fmt/format.h>

#include <array>
#include <limits>

namespace headroom::engine
{
namespace
{

constexpr std::array kFlash{Backend::Flash};
constexpr std::array kMemoryEfficient{Backend::MemoryEfficient};
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

AttentionProblem masked(AttentionProblem problem, MaskKind kind = MaskKind::Boolean)
{
    problem.mask = kind;
    return problem;
}

/// The backends of scaled_dot_product_attention that the device has.
std::vector<Backend> backendsOf(const DefectScene& scene)
{
    if (scene.onCuda())
    {
        return {Backend::Math, Backend::Flash, Backend::MemoryEfficient, Backend::Cudnn};
    }
    return {Backend::Math, Backend::Flash};
}

/// The output of \a backend without gradients; undefined, and said, where it gives none.
at::Tensor outputOf(DefectScene& scene, const std::string& place, Backend backend, const AttentionInputs& inputs)
{
    const auto trial = tryBackend(backend, inputs, {});
    if (trial.end != TrialEnd::Done)
    {
        scene.found.refused(fmt::format("{}: refused, {}", place, trial.words));
        return {};
    }
    return trial.results.output;
}

} // namespace

/// Fully masked rows: exactly zero, and finite gradients.
void checkB1(DefectScene& scene)
{
    for (const auto dtype : typesOf(scene))
    {
        auto problem = masked(plainCall(scene, 2, 130, 64));
        problem.dtype = dtype;
        auto inputs = makeInputs(problem, scene.setting.device, scene.setting.seed);
        for (const std::int64_t row : {0, 5, 64, 129})
        {
            inputs.mask->select(0, row).fill_(false);
        }
        judgeCase(scene, std::string(toString(dtype)), inputs,
                  makeOutputGradient(problem, scene.setting.device, scene.setting.seed), backendsOf(scene));
    }
}

/// Masks whose width is no multiple of 8.
void checkB9(DefectScene& scene)
{
    for (const auto kind : {MaskKind::Boolean, MaskKind::Additive})
    {
        for (const std::int64_t length : {33, 65, 97, 130})
        {
            auto problem = masked(plainCall(scene, 2, 64, 64), kind);
            problem.kvLength = length;
            judgeCase(scene, fmt::format("{} mask of width {}", toString(kind), length), problem, kMemoryEfficient);
        }
    }
}

/// Keys and values expanded over the heads, with a mask, one key over a multiple of 32.
void checkB10(DefectScene& scene)
{
    for (const std::int64_t length : {33, 65, 97})
    {
        auto problem = masked(plainCall(scene, 8, 64, 64));
        problem.kvLength = length;
        problem.layout = Layout::ExpandedKv;
        judgeCase(scene, fmt::format("{} expanded keys", length), problem, kMemoryEfficient);
    }
}

/// Only the mask needs a gradient: the forward pass then keeps no log-sum-exp, which the backward pass reads.
void checkB11(DefectScene& scene)
{
    auto problem = masked(plainCall(scene, 2, 128, 64), MaskKind::Additive);
    problem.maskNeedsGradient = true;
    const auto inputs = makeInputs(problem, scene.setting.device, scene.setting.seed);
    const auto outputGradient = makeOutputGradient(problem, scene.setting.device, scene.setting.seed);
    const auto truth = referenceAttention(inputs, outputGradient).maskGradient;
    const c10::AutoGradMode gradients(true);
    const auto output = attend(Backend::MemoryEfficient, inputs);
    at::Tensor given;
    try
    {
        given = torch::autograd::grad({output}, {*inputs.mask}, {outputGradient}).front();
        synchronise(scene.setting.device);
    }
    catch (const c10::Error& error)
    {
        if (std::string_view(error.what_without_backtrace()).find("LSE is not correctly aligned") ==
            std::string_view::npos)
        {
            throw;
        }
        // At some sizes the kernel looks at the strides of the log-sum-exp before it reads it, and finds none.
        scene.found.present("the backward pass has no log-sum-exp to read and ends with: " + firstSentence(error));
        return;
    }
    const double far = distanceOf(given, truth);
    const double size = truth.abs().max().item<double>();
    const auto seen = fmt::format("dMask is off by up to {:.1e}, its largest element is {:.1e}", far, size);
    far <= 0.05 * size ? scene.found.absent(seen) : scene.found.present(seen);
}

/// is_causal with fewer queries than keys: from which corner does the triangle start?
void checkB22(DefectScene& scene)
{
    for (const std::int64_t queries : {1, 5})
    {
        auto problem = plainCall(scene, 2, 16, 64);
        problem.queryLength = queries;
        problem.needsGradients = false;
        auto inputs = makeInputs(problem, scene.setting.device, scene.setting.seed);
        const auto truthOf = [&](MaskPattern pattern)
        {
            auto like = masked(problem);
            like.maskPattern = pattern;
            auto asMask = inputs;
            asMask.mask = makeMask(like, scene.setting.device, scene.setting.seed);
            return referenceAttention(asMask, {}).output;
        };
        const auto topLeft = truthOf(MaskPattern::CausalTopLeft);
        const auto bottomRight = truthOf(MaskPattern::CausalBottomRight);
        inputs.causal = true;
        for (const auto backend : backendsOf(scene))
        {
            const auto place = fmt::format("{}, {} of 16", toString(backend), queries);
            const auto output = outputOf(scene, place, backend, inputs);
            if (!output.defined())
            {
                continue;
            }
            const double toTopLeft = distanceOf(output, topLeft);
            const double toBottomRight = distanceOf(output, bottomRight);
            const auto seen = fmt::format("{}: {:.1e} from the top-left triangle, {:.1e} from the bottom-right one",
                                          place, toTopLeft, toBottomRight);
            toTopLeft < toBottomRight ? scene.found.present(seen) : scene.found.absent(seen);
        }
    }
}

/// NaN must stay where it takes part, and must not come out of where it does not.
void checkB26(DefectScene& scene)
{
    const auto problem = masked(plainCall(scene, 1, 64, 64));
    constexpr std::int64_t kKey = 40;
    for (const bool takesPart : {true, false})
    {
        for (const bool inKey : {true, false})
        {
            auto inputs = makeInputs(problem, scene.setting.device, scene.setting.seed);
            inputs.mask->select(1, kKey).fill_(takesPart);
            (inKey ? inputs.key : inputs.value).select(2, kKey).fill_(kNaN);
            for (const auto backend : backendsOf(scene))
            {
                const auto place = fmt::format("{}, NaN in a {} that {}", toString(backend), inKey ? "key" : "value",
                                               takesPart ? "takes part" : "is masked out");
                const auto output = outputOf(scene, place, backend, inputs);
                if (!output.defined())
                {
                    continue;
                }
                const auto share = at::isnan(output).to(at::kDouble).mean().item<double>();
                const auto seen = fmt::format("{}: {:.0f} % of the output is NaN", place, 100 * share);
                (takesPart ? share < 1 : share > 0) ? scene.found.present(seen) : scene.found.absent(seen);
            }
        }
    }
}

/// Rows of the lowest finite number: all keys count alike there, so the output is the mean of the values.
void checkB28(DefectScene& scene)
{
    for (const auto dtype : typesOf(scene))
    {
        auto problem = masked(plainCall(scene, 2, 96, 64), MaskKind::Additive);
        problem.dtype = dtype;
        auto inputs = makeInputs(problem, scene.setting.device, scene.setting.seed);
        const double lowest = dtype == DType::BFloat16 ? -3.3895313892515355e38 // finfo(bfloat16).min
                                                       : std::numeric_limits<float>::lowest();
        inputs.mask->narrow(0, 64, 32).fill_(lowest);
        const auto place = fmt::format("flash, {}", toString(dtype));
        const auto output = outputOf(scene, place, Backend::Flash, inputs);
        if (!output.defined())
        {
            continue;
        }
        const auto mean = inputs.value.to(at::kDouble).mean(2, /*keepdim=*/true);
        const double far = distanceOf(output.narrow(2, 64, 32), mean.expand({-1, -1, 32, -1}));
        const auto seen = fmt::format("{}: padded rows are {:.1e} from the mean of the values", place, far);
        far < 0.05 ? scene.found.absent(seen) : scene.found.present(seen); // a NaN is not below
    }
}

/// Flash forced and given a mask: it must heed it or refuse.
void checkB30(DefectScene& scene)
{
    const auto problem = masked(plainCall(scene, 2, 128, 64));
    judgeCase(scene, "boolean mask", problem, kFlash);
    const auto trial = tryBackend(Backend::Flash, makeInputs(problem, scene.setting.device, scene.setting.seed), {});
    if (trial.end == TrialEnd::Refused)
    {
        scene.found.absent("flash: it refuses a mask and so ignores none");
    }
}

} // namespace headroom::engine
