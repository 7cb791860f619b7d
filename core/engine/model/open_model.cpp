// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/open_model.h"

#include "core/engine/attention/attention_judge.h"
#include "core/engine/device/memory_meter.h"
#include "core/engine/model/compiled_model.h"
#include "core/engine/model/exported_model.h"
#include "core/engine/model/family_model.h"
#include "core/engine/model/script_model.h"
#include "core/engine/tensor_types.h"

#include <caffe2/serialize/inline_container.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace headroom::engine
{
namespace
{

namespace fs = std::filesystem;

constexpr std::size_t kLargestConfig = 1 << 20;
constexpr double kGibibyte = 1024.0 * 1024 * 1024;

/// Weights in a form, or under names, that are not read: the model must not be run with random ones in their place.
void refuseOtherWeights(const fs::path& folder)
{
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error))
    {
        const std::string name = entry.path().filename().string();
        if (name.starts_with("input") || name.starts_with("output") || name.starts_with("expected"))
        {
            continue; // of --input and --save-output
        }
        const bool dangling = entry.is_symlink(error) && !fs::exists(entry.path(), error);
        if (name.ends_with(".safetensors") || name.ends_with(".safetensors.index.json"))
        {
            throw std::runtime_error(
                dangling
                    ? fmt::format("{} is a link to a file that is not there: the download may not be complete.",
                                  entry.path().string())
                    : fmt::format("{} holds weights under a name that is not read: model.safetensors, or shards with "
                                  "model.safetensors.index.json.",
                                  entry.path().string()));
        }
        if (name.ends_with(".bin") && name.find("model") != std::string::npos)
        {
            throw std::runtime_error(
                fmt::format("{} is a pickle, which is not read: save the weights as safetensors, or "
                            "give the config.json itself to run with random ones.",
                            entry.path().string()));
        }
    }
}

/// A configuration can ask for more than any machine has.
void refuseTooLarge(const Architecture& architecture, c10::ScalarType dtype, const std::string& config)
{
    const auto available = availableBytes(c10::Device(c10::kCPU));
    const double needed =
        static_cast<double>(parameterCount(architecture)) * static_cast<double>(c10::elementSize(dtype));
    if (needed > static_cast<double>(available))
    {
        throw std::runtime_error(
            fmt::format("{} describes a model whose parameters alone need {:.3g} GiB, and {:.3g} GiB "
                        "of memory are free.",
                        config, needed / kGibibyte, static_cast<double>(available) / kGibibyte));
    }
}

std::unique_ptr<LoadedModel> openFamily(const fs::path& config, const InspectionRequest& request, bool withWeights)
{
    const fs::path folder = config.parent_path();
    auto architecture = readArchitecture(readSmallFile(config, kLargestConfig), config.string());
    const auto dtypeFor = [&](const WeightFiles* files)
    { return request.dtype ? toScalarType(*request.dtype) : ownTypeOf(architecture, files).value_or(c10::kFloat); };
    if (withWeights && WeightFiles::hasWeights(folder))
    {
        const WeightFiles files(folder);
        const auto dtype = dtypeFor(&files);
        return std::make_unique<FamilyModel>(std::move(architecture), &files, dtype, request.seed);
    }
    if (withWeights)
    {
        refuseOtherWeights(folder);
    }
    const auto dtype = dtypeFor(nullptr);
    refuseTooLarge(architecture, dtype, config.string());
    return std::make_unique<FamilyModel>(std::move(architecture), nullptr, dtype, request.seed);
}

bool isZip(const fs::path& path)
{
    std::error_code error;
    if (fs::exists(path, error) && !fs::is_regular_file(path, error))
    {
        throw std::runtime_error(fmt::format("{} is no file: a pipe or a device cannot be a model.", path.string()));
    }
    std::ifstream file(path, std::ios::binary);
    if (!file)
    {
        throw std::runtime_error(fmt::format("{} cannot be read.", path.string()));
    }
    std::array<char, 4> magic{};
    file.read(magic.data(), magic.size());
    return file.gcount() == 4 && magic == std::array{'P', 'K', '\x03', '\x04'};
}

/// What the names in an archive say it is.
std::optional<ModelLoader> kindOf(const std::vector<std::string>& records)
{
    const auto any = [&](std::string_view begin)
    { return std::ranges::any_of(records, [&](const std::string& name) { return name.starts_with(begin); }); };
    if (any("data/aotinductor/"))
    {
        return ModelLoader::Compiled;
    }
    if (any("models/"))
    {
        return ModelLoader::Exported;
    }
    return any("code/") && any("constants.pkl") ? std::optional(ModelLoader::TorchScript) : std::nullopt;
}

std::vector<std::string> recordsOf(const fs::path& path)
{
    try
    {
        return caffe2::serialize::PyTorchStreamReader(path.string()).getAllRecords();
    }
    catch (const c10::Error& error)
    {
        throw std::runtime_error(fmt::format("{} is a damaged archive: {}", path.string(), firstSentence(error)));
    }
}

std::unique_ptr<LoadedModel> openArchive(const fs::path& path, const InspectionRequest& request, c10::Device device)
{
    const auto kind = kindOf(recordsOf(path));
    if (!kind)
    {
        throw std::runtime_error(fmt::format(
            "{} holds tensors, and no model: it was written by torch.save. Save the model with torch.jit.save or "
            "torch.export.save, or give the folder with its config.json.",
            path.string()));
    }
    switch (*kind)
    {
    case ModelLoader::Exported:
        return openExported(path.string(), request.allowNativeCode);
    case ModelLoader::Compiled:
        if (!request.allowNativeCode)
        {
            throw std::runtime_error(fmt::format("{} holds native code, which loading it would run. If you trust "
                                                 "where it is from, add --allow-native-code.",
                                                 path.string()));
        }
        return openCompiled(path.string(), device);
    default:
        return openScript(path.string(), request.allowNativeCode);
    }
}

} // namespace

std::unique_ptr<LoadedModel> openModel(const InspectionRequest& request, c10::Device device)
{
    const fs::path path(request.path);
    std::error_code error;
    std::unique_ptr<LoadedModel> model;
    if (fs::is_directory(path, error))
    {
        if (!fs::exists(path / "config.json", error))
        {
            throw std::runtime_error(fmt::format(
                "{} has no config.json. Give the folder of a Hugging Face model, or a model file.", path.string()));
        }
        model = openFamily(path / "config.json", request, true);
    }
    else if (path.extension() == ".json")
    {
        model = openFamily(path, request, false);
    }
    else if (path.extension() == ".safetensors")
    {
        throw std::runtime_error(
            fmt::format("{} holds weights alone. Give the folder that has its config.json too.", path.string()));
    }
    else if (isZip(path))
    {
        model = openArchive(path, request, device);
    }
    else
    {
        throw std::runtime_error(fmt::format("{} is no model that Headroom can load. It takes a Hugging Face folder or "
                                             "config.json, TorchScript (.pt, .ts), and packages of torch.export and "
                                             "AOTInductor (.pt2).",
                                             path.string()));
    }
    model->moveTo(device, typeOf(*model, request));
    return model;
}

c10::ScalarType typeOf(const LoadedModel& model, const InspectionRequest& request)
{
    const bool asked = request.dtype && abilitiesOf(model.facts().loader).changesType;
    return asked ? toScalarType(*request.dtype) : model.ownType().value_or(c10::kFloat);
}

} // namespace headroom::engine
