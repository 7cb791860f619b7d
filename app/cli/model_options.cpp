// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/model_options.h"

#include "app/cli/arguments.h"
#include "app/cli/run_options.h"

#include <CLI/CLI.hpp>

namespace headroom::cli
{
namespace
{

constexpr const char* kModel = "Model";
constexpr const char* kInput = "Input and device";

} // namespace

void declareModelFile(CLI::App& app, InspectionRequest& model, std::optional<DeviceSelection>& device)
{
    addText(app, "MODEL", "", model.path, "folder or file of the model; `inspect --loaders` lists what can be loaded");
    present(addChoice(app, "--dtype", model.dtype, "data type of the weights, where the loader can change it"), kModel,
            "the model's own");
    present(addSwitch(app, "--autocast", model.autocast, "mixed precision: computed in bfloat16"), kModel);
    declareModelFileAccess(app, model, kModel);
    present(addNumber(app, "--batch-size", model.batch, "sequences or images at a time"), kInput,
            "1, or what the model takes");
    present(addNumber(app, "--seq-len", model.sequence, "tokens in a sequence"), kInput,
            "128, or what the model takes");
    declareDevice(app, device, "where to run", kInput);
    declareSeed(app, model.seed, "of inputs and random weights", kInput);
    present(addSwitch(app, "--backward", model.watchBackward,
                      "watch a training step too, where the loader gives gradients"),
            kInput);
    present(
        addText(app, "--save-output", "FILE", model.outputFile, "safetensors file to write the output to, in float32"),
        kInput);
}

void declareModelFileAccess(CLI::App& app, InspectionRequest& model, const std::string& group)
{
    present(addText(app, "--input", "FILE", model.inputFile,
                    "safetensors file with the model's inputs by name, instead of ones that are made to fit"),
            group);
    present(addSwitch(app, "--allow-native-code", model.allowNativeCode,
                      "load packages of compiled code, and programs that open files or reach other machines; they do "
                      "it with your rights, and are refused without this"),
            group);
}

} // namespace headroom::cli
