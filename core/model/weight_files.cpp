// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/weight_files.h"

#include "core/encoding/foreign_json.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr const char* kSingleFile = "model.safetensors";
constexpr const char* kIndexFile = "model.safetensors.index.json";
constexpr std::string_view kShardEnding = ".safetensors";
constexpr std::size_t kLargestIndex = 64 << 20; ///< a tensor takes some 100 bytes of it
constexpr std::size_t kMostShards = 10'000;
constexpr int kDeepest = 4; ///< file, weight_map or metadata, and room for what others write beside them

[[noreturn]] void fail(const std::string& name, const std::string& why)
{
    throw std::runtime_error(fmt::format("{} is not a usable index of weights: {}", name, why));
}

/// A shard lies beside its index: a path, or a link in disguise such as "..", must not lead anywhere else.
bool isPlainFileName(std::string_view name)
{
    return name.size() > kShardEnding.size() && name.size() <= 255 && name.ends_with(kShardEnding) &&
           name.front() != '.' && name.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

} // namespace

ShardMap readShardIndex(std::string_view text, const std::string& name)
{
    Json index;
    try
    {
        index = parseForeignJson(text, kDeepest);
    }
    catch (const std::invalid_argument& error)
    {
        fail(name, error.what());
    }
    const auto listed = index.is_object() ? index.find("weight_map") : index.end();
    if (!index.is_object() || listed == index.end() || !listed->is_object())
    {
        fail(name, "it has no weight_map, an object that names the file of each tensor");
    }
    if (listed->empty())
    {
        fail(name, "its weight_map is empty");
    }
    ShardMap shards;
    std::set<std::string> files;
    for (const auto& [tensor, file] : listed->items())
    {
        if (!file.is_string() || !isPlainFileName(file.get_ref<const std::string&>()))
        {
            fail(name,
                 fmt::format("the file of the tensor '{}' is not the name of a .safetensors file beside it", tensor));
        }
        files.insert(file.get<std::string>());
        shards.emplace(tensor, file.get<std::string>());
    }
    if (files.size() > kMostShards)
    {
        fail(name, fmt::format("it names {} files, more than the {} allowed", files.size(), kMostShards));
    }
    return shards;
}

WeightFiles::WeightFiles(const std::filesystem::path& folder)
{
    std::error_code ignored;
    const auto index = folder / kIndexFile;
    if (!std::filesystem::exists(index, ignored))
    {
        add(folder / kSingleFile, nullptr);
        return;
    }
    const ShardMap promised = readShardIndex(readSmallFile(index, kLargestIndex), index.string());
    std::set<std::string> files;
    for (const auto& [tensor, file] : promised)
    {
        files.insert(file);
    }
    for (const std::string& file : files)
    {
        add(folder / file, &promised);
    }
    for (const auto& [tensor, file] : promised)
    {
        if (find(tensor) == nullptr)
        {
            fail(index.string(),
                 fmt::format("it promises the tensor '{}' in {}, which does not hold it", tensor, file));
        }
    }
}

void WeightFiles::add(const std::filesystem::path& path, const ShardMap* promised)
{
    const auto file = std::make_shared<const SafetensorsFile>(path);
    for (const SafetensorsEntry& entry : file->tensors())
    {
        const auto listed = promised != nullptr ? promised->find(entry.name) : ShardMap::const_iterator{};
        if (promised != nullptr && listed != promised->end() && listed->second != path.filename().string())
        {
            throw std::runtime_error(fmt::format("{} holds the tensor '{}', which the index places in {}",
                                                 path.string(), entry.name, listed->second));
        }
        if (!m_tensors.emplace(entry.name, Stored{file, &entry}).second)
        {
            throw std::runtime_error(
                fmt::format("{} holds the tensor '{}', which another shard holds as well", path.string(), entry.name));
        }
    }
}

bool WeightFiles::hasWeights(const std::filesystem::path& folder)
{
    std::error_code ignored;
    return std::filesystem::exists(folder / kSingleFile, ignored) ||
           std::filesystem::exists(folder / kIndexFile, ignored);
}

const WeightFiles::Stored* WeightFiles::find(std::string_view name) const
{
    const auto found = m_tensors.find(name);
    return found == m_tensors.end() ? nullptr : &found->second;
}

std::optional<DType> WeightFiles::mostlyIn() const
{
    std::map<DType, std::uint64_t> bytes;
    for (const auto& [name, stored] : m_tensors)
    {
        if (const auto dtype = dtypeOf(stored.entry->dtype))
        {
            bytes[*dtype] += stored.entry->end - stored.entry->begin;
        }
    }
    const auto most = std::ranges::max_element(bytes, {}, [](const auto& one) { return one.second; });
    return most == bytes.end() ? std::nullopt : std::optional(most->first);
}

std::uint64_t WeightFiles::bytes() const
{
    std::uint64_t sum = 0;
    for (const auto& [name, stored] : m_tensors)
    {
        sum += stored.entry->end - stored.entry->begin;
    }
    return sum;
}

std::string readSmallFile(const std::filesystem::path& path, std::size_t largest)
{
    const MappedFile file(path);
    if (file.bytes().size() > largest)
    {
        throw std::runtime_error(
            fmt::format("{} has {} bytes, more than the {} allowed", path.string(), file.bytes().size(), largest));
    }
    return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

} // namespace headroom
