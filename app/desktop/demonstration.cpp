// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/demonstration.h"

#include "core/launch/device_choice.h"
#include "core/plan/validation_plan.h"

namespace headroom::desktop
{
namespace
{

constexpr double kSeconds = 20;

} // namespace

Plan demonstrationPlan(const Circumstances& machine)
{
    const DeviceFacts& device = chooseDevice(machine, DeviceSelection{DeviceKind::Cpu, 0});
    ValidationRequest request;
    request.preset = Preset::Quick;
    request.measurement = measurementPolicyOf(request.preset);
    request.accuracy = accuracyPolicyOf(request.preset);
    request.device = {device.kind, device.ordinal};
    ModelInput& input = request.input;
    input.model.vocabSize = 4000;
    input.model.dModel = 256;
    input.model.layers = 2;
    input.model.heads = 4;
    input.model.feedForward = 4 * input.model.dModel;
    input.batch = 1;
    input.sequence = 256;
    input.causal = true;
    request.extendedBenchmarks = true;
    request.batchSizes = {1, 2, 4};
    request.sequenceLengths = {64, 128, 256, 512};
    request.scalingSequence = 128;
    request.scalingBatch = 1;
    request.maxSeconds = kSeconds;
    return makeValidationPlan(request, device);
}

} // namespace headroom::desktop
