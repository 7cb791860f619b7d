// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/model_files.h"

#include "core/launch/set_up_error.h"
#include "core/attention/saturating.h"
#include "core/model/safetensors.h"

#include <array>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

namespace headroom
{
namespace
{

/// Elements of all tensors that can be weights.
std::int64_t weightsIn(const SafetensorsFile& file)
{
    std::int64_t count = 0;
    for (const SafetensorsEntry& tensor : file.tensors())
    {
        if (dtypeOf(tensor.dtype))
        {
            count += static_cast<std::int64_t>(tensor.end - tensor.begin) / bytesPerElement(tensor.dtype);
        }
    }
    return count;
}

void checkWeights(const std::string& path, const ModelSpec& model)
{
    std::int64_t stored = 0;
    try
    {
        stored = weightsIn(SafetensorsFile(path));
    }
    catch (const std::exception& error)
    {
        throw SetUpError(error.what());
    }
    if (stored < parameterCount(model))
    {
        throw SetUpError(
            fmt::format("{} holds {} weights, and a model of these sizes has {}. Give the sizes that the file was "
                        "made with (--vocab-size, --d-model, --num-layers, --max-seq-len).",
                        path, stored, parameterCount(model)));
    }
}

/// An AOTInductor package is a zip archive, and a zip archive with entries begins so.
void checkPackage(const std::string& path)
{
    constexpr std::array kZip{'P', 'K', '\3', '\4'};
    std::array<char, kZip.size()> begin{};
    std::error_code error;
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path, error))
    {
        throw SetUpError(fmt::format("Cannot read the compiled package {}.", path));
    }
    file.read(begin.data(), begin.size());
    if (begin != kZip)
    {
        throw SetUpError(fmt::format("{} is no AOTInductor package. tools/export_compiled.py makes one.", path));
    }
}

} // namespace

void checkModelFiles(const ValidationRequest& request)
{
    if (!request.weightsFile.empty())
    {
        checkWeights(request.weightsFile, request.input.model);
    }
    if (!request.compiledPackage.empty())
    {
        checkPackage(request.compiledPackage);
    }
}

ModelSpec sizesIn(const std::string& path, ModelSpec assumed)
{
    try
    {
        const SafetensorsFile file(path);
        const SafetensorsEntry* words = file.find("token_embedding.weight");
        if (words == nullptr || words->shape.size() != 2)
        {
            throw SetUpError(
                fmt::format("{} has no token_embedding.weight: its weights are of another kind of model.", path));
        }
        assumed.vocabSize = words->shape[0];
        assumed.dModel = words->shape[1];
        if (const auto* places = file.find("position_embedding.weight"); places != nullptr && places->shape.size() == 2)
        {
            assumed.maxSequence = places->shape[0];
        }
        assumed.layers = 0;
        while (const auto* wide = file.find(fmt::format("encoder.layers.{}.linear1.weight", assumed.layers)))
        {
            assumed.feedForward = wide->shape.empty() ? assumed.feedForward : wide->shape[0];
            ++assumed.layers;
        }
        return assumed;
    }
    catch (const SetUpError&)
    {
        throw;
    }
    catch (const std::exception& error)
    {
        throw SetUpError(error.what());
    }
}

} // namespace headroom
