// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/untrusted_archive.h"

#include "core/encoding/foreign_json.h"

#include <ATen/ATen.h>
#include <ATen/core/ivalue.h>
#include <c10/core/CPUAllocator.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <stdexcept>

#include <malloc.h>

namespace headroom::engine
{
namespace
{

constexpr int kDeepestConfig = 16;

/// Operators that open files, by any overload.
constexpr std::array<std::string_view, 2> kFileOperators{"save", "from_file"};

bool isNamePart(char character)
{
    return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '_';
}

bool isFileOperator(std::string_view name)
{
    return std::find(kFileOperators.begin(), kFileOperators.end(), name) != kFileOperators.end();
}

/// Namespaces of operators that talk to other processes.
bool isRemote(std::string_view name)
{
    return name == "c10d" || name == "rpc" || name.starts_with("_c10d") || name.starts_with("dist_");
}

/// The words of \a source, and the points between them; comments and strings left out.
std::vector<std::string> tokensOf(std::string_view source)
{
    std::vector<std::string> tokens;
    for (std::size_t at = 0; at < source.size();)
    {
        const char character = source[at];
        if (character == '#')
        {
            at = std::min(source.find('\n', at), source.size());
        }
        else if (character == '"' || character == '\'')
        {
            for (++at; at < source.size() && source[at] != character && source[at] != '\n'; ++at)
            {
                at += source[at] == '\\' ? 1 : 0;
            }
            ++at;
            tokens.emplace_back("\"");
        }
        else if (isNamePart(character))
        {
            const std::size_t begin = at;
            while (at < source.size() && isNamePart(source[at]))
            {
                ++at;
            }
            tokens.emplace_back(source.substr(begin, at - begin));
        }
        else
        {
            if (std::isspace(static_cast<unsigned char>(character)) == 0 && character != '\\')
            {
                tokens.emplace_back(1, character);
            }
            ++at;
        }
    }
    return tokens;
}

/// The configuration beside the weights or the constants: which record holds which tensor.
Json configOf(caffe2::serialize::PyTorchStreamReader& archive, const std::string& name)
{
    if (!archive.hasRecord(name))
    {
        return Json::object();
    }
    const auto [bytes, size] = archive.getRecord(name);
    const Json document = parseForeignJson({static_cast<const char*>(bytes.get()), size}, kDeepestConfig);
    return document.value("config", Json::object());
}

void checkRecord(caffe2::serialize::PyTorchStreamReader& archive, const Json& config, const std::string& folder,
                 const StoredTensor& tensor)
{
    const auto entry = config.find(tensor.name);
    if (entry == config.end())
    {
        throw std::runtime_error(fmt::format("Its graph takes a tensor '{}' that it does not hold.", tensor.name));
    }
    const std::string record = folder + entry->at("path_name").get<std::string>();
    const auto held = archive.hasRecord(record) ? archive.getRecordSize(record) : 0;
    if (static_cast<std::int64_t>(held) < tensor.bytes)
    {
        throw std::runtime_error(fmt::format("Its tensor '{}' needs {} bytes, and {} holds {}: the file is damaged, or "
                                             "made to read other memory.",
                                             tensor.name, tensor.bytes, record, held));
    }
}

} // namespace

std::string reachInSource(std::string_view source)
{
    const auto tokens = tokensOf(source);
    const auto at = [&](std::size_t place) { return place < tokens.size() ? std::string_view(tokens[place]) : ""; };
    for (std::size_t i = 0; i < tokens.size(); ++i)
    {
        if (at(i) == "torch" && at(i + 1) == "." && isFileOperator(at(i + 2)))
        {
            return fmt::format("torch.{}", at(i + 2));
        }
        const bool isOperator = at(i) == "ops" && at(i + 1) == "." && at(i + 3) == ".";
        if (isOperator && (isFileOperator(at(i + 4)) || isRemote(at(i + 2))))
        {
            return fmt::format("ops.{}.{}", at(i + 2), at(i + 4));
        }
        if (at(i).starts_with("rpc_") && at(i + 1) == "(")
        {
            return std::string(at(i));
        }
    }
    return {};
}

std::string reachOfScript(caffe2::serialize::PyTorchStreamReader& archive)
{
    for (const std::string& record : archive.getAllRecords())
    {
        if (record.starts_with("code/") && record.ends_with(".py"))
        {
            const auto [bytes, size] = archive.getRecord(record);
            if (const auto reach = reachInSource({static_cast<const char*>(bytes.get()), size}); !reach.empty())
            {
                return fmt::format("{} in {}", reach, record);
            }
        }
    }
    return {};
}

bool reachesOut(std::string_view target)
{
    constexpr std::string_view kOperators = "torch.ops.";
    if (!target.starts_with(kOperators))
    {
        return false;
    }
    target.remove_prefix(kOperators.size());
    const std::string_view space = target.substr(0, target.find('.'));
    target.remove_prefix(std::min(space.size() + 1, target.size()));
    return isRemote(space) || isFileOperator(target.substr(0, target.find('.')));
}

void refuseReach(const std::string& path, const std::string& reach, bool allowNativeCode)
{
    if (!reach.empty() && !allowNativeCode)
    {
        throw std::runtime_error(fmt::format("{} reaches beyond its tensors when it is run ({}). If you trust where it "
                                             "is from, add --allow-native-code.",
                                             path, reach));
    }
}

void checkStoredTensors(caffe2::serialize::PyTorchStreamReader& archive, const ExportedGraph& graph,
                        const std::string& modelName)
{
    const Json weights = configOf(archive, fmt::format("data/weights/{}_weights_config.json", modelName));
    const Json constants = configOf(archive, fmt::format("data/constants/{}_constants_config.json", modelName));
    for (const StoredTensor& tensor : graph.stored)
    {
        tensor.constant ? checkRecord(archive, constants, "data/constants/", tensor)
                        : checkRecord(archive, weights, "data/weights/", tensor);
    }
}

void checkLoadedStorages(const c10::IValue& value)
{
    const auto check = [](const at::Tensor& tensor)
    {
        if (!tensor.defined() || !tensor.has_storage() || tensor.storage().nbytes() == 0)
        {
            return;
        }
        const auto& storage = tensor.storage();
        const bool ofMalloc = storage.data_ptr().get() == nullptr ||
                              storage.data_ptr().get_deleter() == c10::GetCPUAllocator()->raw_deleter();
        const auto held = ofMalloc ? malloc_usable_size(storage.data_ptr().get()) : storage.nbytes();
        if (held < storage.nbytes())
        {
            throw std::runtime_error(
                fmt::format("One of its tensors claims {} bytes, and its record holds {} at most: the "
                            "file is damaged, or made to read other memory.",
                            storage.nbytes(), held));
        }
    };
    std::set<const void*> known; // what a pickle holds may hold itself
    value.visit(
        [&](const c10::IValue& part)
        {
            if (part.isTensor())
            {
                check(part.toTensor());
            }
            const bool holds = part.isList() || part.isTuple() || part.isGenericDict() || part.isObject();
            return holds && !known.insert(part.internalToPointer()).second;
        });
}

} // namespace headroom::engine
