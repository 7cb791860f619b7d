// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/safetensors.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// Which shard of a sharded model holds which tensor: the `weight_map` of model.safetensors.index.json.
using ShardMap = std::map<std::string, std::string>;

/// Reads the index of a sharded model, which is taken for hostile: an object with a `weight_map` of tensor names to
/// plain file names (no folders) that end in .safetensors, at most 10,000 different ones.
/// \throws std::runtime_error with a sentence that begins with \a name.
ShardMap readShardIndex(std::string_view text, const std::string& name);

/// All tensors of a model folder, mapped read-only: its model.safetensors, or the shards that
/// model.safetensors.index.json names. Copies of an object share the mappings.
class WeightFiles
{
public:
    /// One tensor and the file that it lies in.
    struct Stored
    {
        std::shared_ptr<const SafetensorsFile> file;
        const SafetensorsEntry* entry = nullptr; ///< of the file
    };

    /// \throws std::runtime_error with a sentence for a folder without weights (see hasWeights()), a missing shard, a
    /// shard that lacks what the index promises, a tensor that two shards hold, and all that SafetensorsFile refuses.
    explicit WeightFiles(const std::filesystem::path& folder);

    /// Whether \a folder has a model.safetensors or an index; without either only its config can be used.
    static bool hasWeights(const std::filesystem::path& folder);

    const std::map<std::string, Stored, std::less<>>& tensors() const { return m_tensors; }

    /// The tensor called \a name, or nullptr.
    const Stored* find(std::string_view name) const;

    /// The data type that most of the weights' bytes are in; nothing where none can be a weight.
    std::optional<DType> mostlyIn() const;

    /// Sum of the tensors' sizes.
    std::uint64_t bytes() const;

private:
    void add(const std::filesystem::path& path, const ShardMap* promised);
    std::map<std::string, Stored, std::less<>> m_tensors;
};

/// The text of a small file of a model folder, such as its config.json; at most \a largest bytes.
/// \throws std::runtime_error with a sentence that names \a path.
std::string readSmallFile(const std::filesystem::path& path, std::size_t largest);

} // namespace headroom
