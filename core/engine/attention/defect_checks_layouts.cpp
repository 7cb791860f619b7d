// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of the battery that are about how tensors lie in memory, head dims and heads.
#include "core/engine/attention/defect_cases.h"
#include "core/engine/attention/kernel_observer.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

namespace headroom::engine
{
namespace
{

constexpr std::array kFlash{Backend::Flash};
constexpr std::array kMemoryEfficient{Backend::MemoryEfficient};
constexpr std::array kCudnn{Backend::Cudnn};
constexpr std::array kOnCpu{Backend::Math, Backend::Flash};
constexpr std::array kOnCuda{Backend::Math, Backend::Flash, Backend::MemoryEfficient, Backend::Cudnn};

std::span<const Backend> backendsOf(const DefectScene& scene)
{
    return scene.onCuda() ? std::span<const Backend>(kOnCuda) : std::span<const Backend>(kOnCpu);
}

/// \a tensor from one element behind the start of its storage on.
at::Tensor oneElementFurther(const at::Tensor& tensor)
{
    const auto storage = at::zeros({tensor.numel() + 1}, tensor.options());
    const auto view = storage.narrow(0, 1, tensor.numel()).view(tensor.sizes());
    view.copy_(tensor);
    return view;
}

/// Whoever LibTorch chose for a call by itself.
void seeChoice(DefectScene& scene, const std::string& name, const AttentionInputs& inputs, bool groupedQueries)
{
    const c10::NoGradGuard noGradients;
    const auto seen = observe(
        [&]
        {
            at::scaled_dot_product_attention(inputs.query, inputs.key, inputs.value, inputs.mask, 0.0, false,
                                             std::nullopt, groupedQueries);
        },
        scene.onCuda());
    const auto ran = backendFromNames(seen.operators, seen.kernels);
    const auto line = fmt::format("{}: {} ran", name, ran ? toString(*ran) : std::string_view("no one backend"));
    ran == Backend::Math ? scene.found.present(line) : scene.found.absent(line);
}

/// The last dimension of query, key and value with a stride of two.
AttentionInputs withStridedHeadDim(const AttentionInputs& inputs)
{
    const auto strided = [](const at::Tensor& tensor)
    {
        auto shape = tensor.sizes().vec();
        shape.back() *= 2;
        const auto view = at::zeros(shape, tensor.options()).slice(-1, 0, std::nullopt, 2);
        view.copy_(tensor);
        return view;
    };
    AttentionInputs result = inputs;
    result.query = strided(inputs.query);
    result.key = strided(inputs.key);
    result.value = strided(inputs.value);
    return result;
}

} // namespace

/// float32 views that begin 4 bytes behind an aligned address.
void checkB8(DefectScene& scene)
{
    auto problem = plainCall(scene, 2, 64, 64);
    problem.dtype = DType::Float32;
    auto inputs = makeInputs(problem, scene.setting.device, scene.setting.seed);
    inputs.query = oneElementFurther(inputs.query);
    inputs.key = oneElementFurther(inputs.key);
    inputs.value = oneElementFurther(inputs.value);
    judgeCase(scene, "views at one element", inputs,
              makeOutputGradient(problem, scene.setting.device, scene.setting.seed), kMemoryEfficient);
}

/// A query that lies as [B, S, H, D].
void checkB12(DefectScene& scene)
{
    for (const std::int64_t length : {128, 333})
    {
        auto problem = plainCall(scene, 4, length, 64);
        problem.batch = 2;
        problem.layout = Layout::Bshd;
        judgeCase(scene, fmt::format("bshd at {}", length), problem, kCudnn);
    }
}

/// Gradients that come back with stride 0, or transposed.
void checkB13(DefectScene& scene)
{
    auto problem = plainCall(scene, 2, 96, 64);
    problem.batch = 2;
    const auto inputs = makeInputs(problem, scene.setting.device, scene.setting.seed);
    const auto plain = makeOutputGradient(problem, scene.setting.device, scene.setting.seed);
    judgeCase(scene, "expanded gradient", inputs, at::ones({1, 1, 1, 1}, plain.options()).expand(plain.sizes()),
              backendsOf(scene));
    judgeCase(scene, "transposed gradient", inputs, plain.transpose(1, 2).contiguous().transpose(1, 2),
              backendsOf(scene));
}

/// Flash between head_dim 128 and 192, at lengths that fill no tile.
void checkB21(DefectScene& scene)
{
    for (const std::int64_t headDim : {136, 144, 160, 168, 176, 184, 192})
    {
        for (const std::int64_t length : {127, 257})
        {
            judgeCase(scene, fmt::format("head_dim {} at {}", headDim, length), plainCall(scene, 2, length, headDim),
                      kFlash);
        }
    }
}

/// Grouped and single key/value heads, and who takes them when LibTorch chooses.
void checkB23(DefectScene& scene)
{
    auto problem = plainCall(scene, 8, 128, 64);
    problem.dtype = DType::Float32;
    problem.kvHeads = 2;
    seeChoice(scene, "float32, 8 query heads over 2, enable_gqa",
              makeInputs(problem, scene.setting.device, scene.setting.seed), true);
    for (const auto dtype : typesOf(scene))
    {
        problem.dtype = dtype;
        problem.kvHeads = 1;
        seeChoice(scene, fmt::format("{}, 8 query heads over 1 by broadcasting", toString(dtype)),
                  makeInputs(problem, scene.setting.device, scene.setting.seed), false);
    }
}

/// Query and key without any element: all logits are zero, so the output is the mean of the values.
void checkB24(DefectScene& scene)
{
    const c10::NoGradGuard noGradients;
    const auto options = at::TensorOptions().device(scene.setting.device).dtype(at::kFloat);
    const auto nothing = at::zeros({1, 2, 8, 0}, options);
    const auto value = at::arange(16, options).reshape({1, 2, 8, 1});
    const auto output =
        at::scaled_dot_product_attention(nothing, nothing, value, std::nullopt, 0.0, false, /*scale=*/1.0);
    const double far = distanceOf(output, value.mean(2, /*keepdim=*/true).expand({-1, -1, 8, -1}));
    const auto seen = fmt::format("the output is {:.1e} from the mean of the values", far);
    far < 1e-4 ? scene.found.absent(seen) : scene.found.present(seen);
}

/// A head_dim of 1, whose stride means nothing.
void checkB25(DefectScene& scene)
{
    const auto problem = plainCall(scene, 2, 48, 1);
    const auto outputGradient = makeOutputGradient(problem, scene.setting.device, scene.setting.seed);
    auto inputs = makeInputs(problem, scene.setting.device, scene.setting.seed);
    judgeCase(scene, "head_dim 1", inputs, outputGradient, backendsOf(scene));
    for (at::Tensor* tensor : {&inputs.query, &inputs.key, &inputs.value})
    {
        *tensor = at::as_strided(*tensor, tensor->sizes(), {tensor->stride(0), tensor->stride(1), 1, 48});
    }
    judgeCase(scene, "head_dim 1 with a stride of 48", inputs, outputGradient, backendsOf(scene));
    for (const auto backend : backendsOf(scene))
    {
        const auto trial = tryBackend(backend, inputs, outputGradient);
        if (trial.end == TrialEnd::Refused && trial.words.find("stride") != std::string::npos)
        {
            scene.found.present(
                fmt::format("{}: refused for the stride of a single element: {}", toString(backend), trial.words));
        }
    }
}

/// The direct operator of the CPU, which checks nothing. Empty dimensions come last: they may end the process.
void checkB27(DefectScene& scene)
{
    const c10::NoGradGuard noGradients;
    const auto problem = plainCall(scene, 2, 64, 64);
    const auto inputs = withStridedHeadDim(makeInputs(problem, scene.setting.device, scene.setting.seed));
    const auto truth = referenceAttention(inputs, {}).output;
    const auto direct = [](const at::Tensor& query, const at::Tensor& key, const at::Tensor& value)
    { return std::get<0>(at::_scaled_dot_product_flash_attention_for_cpu(query, key, value)); };
    const double far = distanceOf(direct(inputs.query, inputs.key, inputs.value), truth);
    const auto seen = fmt::format("with a head_dim stride of 2 its output is off by up to {:.1e}", far);
    far < 1e-4 ? scene.found.absent(seen) : scene.found.present(seen);
    scene.sink(LogLine{LogLevel::Info, "B27: " + seen});

    for (const auto& shape : {std::vector<std::int64_t>{1, 0, 8, 16}, std::vector<std::int64_t>{1, 2, 0, 16},
                              std::vector<std::int64_t>{0, 2, 8, 16}})
    {
        const auto empty = at::zeros(shape, inputs.query.options());
        scene.sink(
            LogLine{LogLevel::Info, fmt::format("B27: the direct operator is given [{}]", fmt::join(shape, ", "))});
        const auto output = direct(empty, empty, empty);
        scene.found.absent(fmt::format("[{}] comes back empty", fmt::join(shape, ", ")));
    }
}

} // namespace headroom::engine
