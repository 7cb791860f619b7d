// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances.h"
#include "core/model/model_inspection.h"

#include <string>
#include <utility>

namespace headroom::testing
{

/// Models and machines to audit, made up: each test plants in them what a rule is to find.

inline Circumstances cpuMachine(std::string instructionSet = "AVX512")
{
    Circumstances machine;
    DeviceFacts cpu;
    cpu.cores = 2;
    cpu.instructionSet = std::move(instructionSet);
    machine.devices = {cpu};
    machine.flags = {{"sdpFlash", true}, {"sdpMemoryEfficient", true}, {"sdpCudnn", true}, {"sdpMath", true}};
    return machine;
}

/// An H200 with cuDNN 9.19.
inline Circumstances gpuMachine()
{
    Circumstances machine = cpuMachine();
    DeviceFacts gpu;
    gpu.kind = DeviceKind::Cuda;
    gpu.computeCapability = 90;
    gpu.cudnnVersion = 91900;
    machine.devices.push_back(gpu);
    machine.selected = {DeviceKind::Cuda, 0};
    machine.cudaAvailable = true;
    return machine;
}

inline DType usualDtype(const Circumstances& machine)
{
    return machine.selected.kind == DeviceKind::Cuda ? DType::BFloat16 : DType::Float32;
}

/// A call that is well: causal by is_causal, in the type that suits the device, run by flash.
inline WatchedCall wellCall(const Circumstances& machine, std::string path)
{
    WatchedCall watched;
    watched.call.path = std::move(path);
    watched.call.role = CallRole::CausalSelf;
    auto& problem = watched.call.problem;
    problem.batch = 2;
    problem.queryHeads = problem.kvHeads = 8;
    problem.queryLength = problem.kvLength = 128;
    problem.dtype = usualDtype(machine);
    problem.device = machine.selected.kind;
    problem.needsGradients = false;
    problem.causal = true;
    watched.masked = 0.5;
    watched.distinctKvHeads = 8;
    watched.unpaddedKeys = 128;
    watched.ran = Backend::Flash;
    watched.operators = {"aten::_scaled_dot_product_flash_attention"};
    watched.ns = 1e6;
    return watched;
}

/// Three layers, all well.
inline ModelInspection wellModel(const Circumstances& machine)
{
    ModelInspection seen;
    seen.model.architecture = "TestModel";
    seen.model.layers = 3;
    seen.model.heads = 8;
    seen.model.dModel = 512;
    seen.dtype = usualDtype(machine);
    seen.device = toText(machine.selected);
    constexpr std::int64_t kParameters = 1'000'000;
    seen.parameters = kParameters;
    seen.weightBytes = kParameters * bytesPerElement(seen.dtype);
    seen.switchesBackends = true;
    seen.inputs = {{"input_ids", "I64", {2, 128}}};
    seen.output = {"output", "F32", {2, 128, 1000}};
    seen.outputKind = "logits";
    seen.loadSeconds = 0.5;
    seen.forwardNs = 10e6;
    seen.watchedNs = 11e6;
    seen.attentionNs = 3e6;
    seen.modules = {{"", "TestModel", 1'000'000}};
    ModelOutline outline;
    outline.parameters = kParameters;
    outline.batch = 2;
    outline.sequence = 128;
    outline.matrixFlops = 1e9;
    outline.matrixWeights = 900'000;
    outline.matrixActivations = 1'000'000;
    for (int layer = 0; layer < 3; ++layer)
    {
        const std::string path = "layers." + std::to_string(layer) + ".self_attn";
        seen.modules.push_back({path, "SdpaAttention", 300'000});
        seen.calls.push_back(wellCall(machine, path));
        outline.calls.push_back(seen.calls.back().call);
    }
    seen.model.outline = outline;
    return seen;
}

/// The causal triangle of \a watched as a mask in place of is_causal.
inline void handOverTriangle(WatchedCall& watched)
{
    auto& problem = watched.call.problem;
    problem.causal = false;
    problem.mask = MaskKind::Boolean;
    problem.maskPattern = MaskPattern::CausalTopLeft;
    watched.content = MaskContent::Causal;
    watched.maskShape = {1, 1, problem.queryLength, problem.kvLength};
}

/// A boolean mask with \a content in place of is_causal.
inline void handOverMask(WatchedCall& watched, MaskContent content, double masked = 0.25)
{
    handOverTriangle(watched);
    watched.content = content;
    watched.masked = masked;
}

} // namespace headroom::testing
