// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/open_model.h"

#include "core/engine/attention/attention_judge.h"
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

std::unique_ptr<LoadedModel> openFamily(const fs::path& config, const InspectionRequest& request, bool withWeights)
{
    const fs::path folder = config.parent_path();
    auto architecture = readArchitecture(readSmallFile(config, kLargestConfig), config.string());
    const auto dtype = toScalarType(request.dtype);
    if (withWeights && WeightFiles::hasWeights(folder))
    {
        const WeightFiles files(folder);
        return std::make_unique<FamilyModel>(std::move(architecture), &files, dtype, request.seed);
    }
    return std::make_unique<FamilyModel>(std::move(architecture), nullptr, dtype, request.seed);
}

bool isZip(const fs::path& path)
{
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
        return openExported(path.string());
    case ModelLoader::Compiled:
        if (!request.allowNativeCode)
        {
            throw std::runtime_error(fmt::format("{} holds native code, which loading it would run. If you trust "
                                                 "where it is from, add --allow-native-code.",
                                                 path.string()));
        }
        return openCompiled(path.string(), device);
    default:
        return openScript(path.string());
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
    model->moveTo(device, model->ownType().value_or(toScalarType(request.dtype)));
    return model;
}

} // namespace headroom::engine
