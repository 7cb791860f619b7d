// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/inspected_model.h"

#include "core/launch/advised_run.h"
#include "core/launch/device_choice.h"
#include "core/launch/set_up_error.h"
#include "core/report/format.h"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>

namespace headroom
{
namespace
{

namespace fs = std::filesystem;

/// \a path, absolute. \a what begins a sentence: "The model".
std::string readable(const std::string& path, std::string_view what)
{
    std::error_code error;
    const auto status = fs::status(path, error);
    if (!fs::exists(status))
    {
        throw SetUpError(fmt::format("{} {} is not there.", what, path));
    }
    if (!fs::is_directory(status) && !std::ifstream(path, std::ios::binary))
    {
        throw SetUpError(fmt::format("{} {} cannot be read; look at who may read it.", what, path));
    }
    return fs::absolute(path, error).lexically_normal().string();
}

void checkFolder(const std::string& path)
{
    std::error_code error;
    if (fs::is_directory(path, error) && !fs::exists(fs::path(path) / "config.json", error))
    {
        throw SetUpError(fmt::format("The folder {} has no config.json, so it is no Hugging Face model; "
                                     "`headroom-cli inspect --loaders` lists what can be loaded.",
                                     path));
    }
}

std::string writable(const std::string& path)
{
    std::error_code error;
    const fs::path file = fs::absolute(path, error).lexically_normal();
    if (!fs::is_directory(file.parent_path(), error))
    {
        throw SetUpError(fmt::format("The folder {} for the output is not there.", file.parent_path().string()));
    }
    return file.string();
}

} // namespace

InspectionRequest checkedModelFile(InspectionRequest request)
{
    if (request.path.empty())
    {
        throw SetUpError("There is no model; name its file or folder. `headroom-cli inspect --loaders` lists what can "
                         "be loaded.");
    }
    request.path = readable(request.path, "The model");
    checkFolder(request.path);
    if (!request.inputFile.empty())
    {
        request.inputFile = readable(request.inputFile, "The input");
    }
    if (!request.outputFile.empty())
    {
        request.outputFile = writable(request.outputFile);
    }
    return request;
}

InspectedModel inspectModel(Supervisor& supervisor, const InspectionRequest& request,
                            const std::optional<DeviceSelection>& device)
{
    InspectedModel model;
    model.machine = describeMachine(supervisor);
    model.device = chooseDevice(model.machine, device);
    model.machine.selected = {model.device.kind, model.device.ordinal};
    try
    {
        model.inspection = supervisor.inspect(model.machine.selected, request);
    }
    catch (const EngineError& error)
    {
        const std::string reason = capitalised(error.what());
        throw SetUpError(reason + (reason.ends_with('.') ? "" : "."));
    }
    model.findings = auditFindings(model.inspection, model.machine);
    return model;
}

} // namespace headroom
