// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of the battery that are about cuDNN alone.
#include "core/engine/attention/defect_cases.h"
#include "core/engine/device/synchronise.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <fmt/format.h>

#include <array>
#include <limits>

namespace headroom::engine
{
namespace
{

constexpr std::array kCudnn{Backend::Cudnn};

/// Leaves NaN in memory that the allocator hands out next, for whoever reads what it was not given.
void poisonFreeMemory(const DefectScene& scene)
{
    constexpr std::int64_t kFloats = std::int64_t{64} << 20;
    std::vector<at::Tensor> blocks;
    for (int i = 0; i < 4; ++i)
    {
        blocks.push_back(at::full({kFloats}, std::numeric_limits<float>::quiet_NaN(),
                                  at::TensorOptions().device(scene.setting.device).dtype(at::kFloat)));
    }
}

/// Whether cuDNN, once chosen, runs at each of \a headDims.
void runHeadDims(DefectScene& scene, std::int64_t length, const std::vector<std::int64_t>& headDims)
{
    for (const auto headDim : headDims)
    {
        judgeCase(scene, fmt::format("head_dim {} at {}", headDim, length), plainCall(scene, 4, length, headDim),
                  kCudnn);
    }
}

} // namespace

void checkB2(DefectScene& scene)
{
    for (const auto dtype : typesOf(scene))
    {
        for (const std::int64_t headDim : {32, 64, 128})
        {
            auto problem = plainCall(scene, 1, 704, headDim); // 64 over a multiple of 128
            problem.dtype = dtype;
            auto inputs = makeInputs(problem, scene.setting.device, scene.setting.seed);
            makeLogitsNegative(inputs);
            const auto outputGradient = makeOutputGradient(problem, scene.setting.device, scene.setting.seed);
            inputs.mask = at::ones({704, 704}, inputs.query.options().dtype(at::kBool));
            judgeCase(scene, fmt::format("{}, head_dim {}, mask", toString(dtype), headDim), inputs, outputGradient,
                      kCudnn);
        }
    }
}

void checkB3(DefectScene& scene)
{
    for (const std::int64_t kvHeads : {1, 2, 4, 8})
    {
        for (const std::int64_t queries : {1, 4, 8})
        {
            auto problem = plainCall(scene, 32, queries, 128);
            problem.batch = 4;
            problem.kvHeads = kvHeads;
            problem.kvLength = 512;
            problem.mask = MaskKind::Boolean;
            problem.maskPattern = MaskPattern::Padding;
            problem.needsGradients = false;
            judgeCase(scene, fmt::format("{} kv heads, {} queries", kvHeads, queries), problem, kCudnn);
        }
    }
}

/// The direct operators, with an output that lies as [B, S, H, D] and a gradient that lies as [B, H, S, D].
void checkB14(DefectScene& scene)
{
    const c10::NoGradGuard noGradients;
    auto problem = plainCall(scene, 4, 128, 64);
    problem.layout = Layout::Bshd;
    const auto in = makeInputs(problem, scene.setting.device, scene.setting.seed);
    const auto forward = at::_scaled_dot_product_cudnn_attention(in.query, in.key, in.value, std::nullopt, true);
    const auto& output = std::get<0>(forward);
    const auto outputGradient = makeOutputGradient(problem, scene.setting.device, scene.setting.seed);
    try
    {
        at::_scaled_dot_product_cudnn_attention_backward(
            outputGradient, in.query, in.key, in.value, output, std::get<1>(forward), std::get<6>(forward),
            std::get<7>(forward), at::Tensor(), std::get<2>(forward), std::get<3>(forward), 128, 128, 0.0, false);
        synchronise(scene.setting.device);
        scene.found.absent("the direct backward operator takes an output and a gradient that lie differently");
    }
    catch (const c10::Error& error)
    {
        scene.found.present("the direct backward operator fails: " + firstSentence(error));
    }
}

void checkB15(DefectScene& scene)
{
    auto problem = plainCall(scene, 8, 1, 64);
    problem.kvLength = 65536;
    judgeCase(scene, "one query, 65536 keys", problem, kCudnn);
}

void checkB16(DefectScene& scene)
{
    for (const std::int64_t keys : {97, 128})
    {
        auto problem = plainCall(scene, 1, 1, 64);
        problem.kvLength = keys;
        auto inputs = makeInputs(problem, scene.setting.device, scene.setting.seed);
        makeLogitsNegative(inputs);
        scene.sink(LogLine{LogLevel::Info, fmt::format("B16: one query, {} keys", keys)});
        judgeCase(scene, fmt::format("one query, {} keys, logits near -120", keys), inputs,
                  makeOutputGradient(problem, scene.setting.device, scene.setting.seed), kCudnn);
    }
}

void checkB17(DefectScene& scene)
{
    auto problem = plainCall(scene, 24, 261, 64);
    problem.layout = Layout::PackedQkv;
    for (int round = 0; round < 3; ++round)
    {
        poisonFreeMemory(scene);
        judgeCase(scene, fmt::format("packed, length 261, NaN in free memory, round {}", round + 1), problem, kCudnn);
    }
}

/// A loop like training's: each step's gradients move the tensors of the next.
void checkB18(DefectScene& scene)
{
    constexpr int kSteps = 50;
    constexpr double kRate = 0.1;
    auto problem = plainCall(scene, 8, 300, 64);
    problem.batch = 4;
    problem.layout = Layout::Bshd;
    auto inputs = makeInputs(problem, scene.setting.device, scene.setting.seed);
    for (int step = 0; step < kSteps; ++step)
    {
        const auto outputGradient =
            makeOutputGradient(problem, scene.setting.device, scene.setting.seed + 1 + static_cast<unsigned>(step));
        const auto trial = tryBackend(Backend::Cudnn, inputs, outputGradient);
        if (trial.end != TrialEnd::Done)
        {
            scene.found.refused("cudnn: " + trial.words);
            return;
        }
        const auto& results = trial.results;
        if (!isFinite(results.output) || !isFinite(results.queryGradient) || !isFinite(results.keyGradient) ||
            !isFinite(results.valueGradient))
        {
            scene.found.present(fmt::format("NaN or infinity in step {} of {}", step + 1, kSteps));
            return;
        }
        inputs.query.sub_(results.queryGradient * kRate);
        inputs.key.sub_(results.keyGradient * kRate);
        inputs.value.sub_(results.valueGradient * kRate);
    }
    scene.found.absent(fmt::format("{} steps, and all is finite", kSteps));
}

void checkB19(DefectScene& scene)
{
    runHeadDims(scene, 8, {16, 64, 128});
    runHeadDims(scene, 128, {136, 144, 152, 160, 176, 192, 208, 224, 240, 256});
}

void checkB20(DefectScene& scene)
{
    runHeadDims(scene, 512, {136, 160, 192, 256});
}

} // namespace headroom::engine
