// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/dtype.h"
#include "core/model/mapped_file.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// Element types of a safetensors file, by the names that it uses.
enum class StoredType
{
    Bool,
    U8,
    I8,
    F8E5M2,
    F8E4M3,
    I16,
    U16,
    F16,
    BF16,
    I32,
    U32,
    F32,
    I64,
    U64,
    F64
};

template <> struct EnumNames<StoredType>
{
    static constexpr std::string_view kind = "safetensors data type";
    static constexpr std::array names{std::pair{StoredType::Bool, std::string_view{"BOOL"}},
                                      std::pair{StoredType::U8, std::string_view{"U8"}},
                                      std::pair{StoredType::I8, std::string_view{"I8"}},
                                      std::pair{StoredType::F8E5M2, std::string_view{"F8_E5M2"}},
                                      std::pair{StoredType::F8E4M3, std::string_view{"F8_E4M3"}},
                                      std::pair{StoredType::I16, std::string_view{"I16"}},
                                      std::pair{StoredType::U16, std::string_view{"U16"}},
                                      std::pair{StoredType::F16, std::string_view{"F16"}},
                                      std::pair{StoredType::BF16, std::string_view{"BF16"}},
                                      std::pair{StoredType::I32, std::string_view{"I32"}},
                                      std::pair{StoredType::U32, std::string_view{"U32"}},
                                      std::pair{StoredType::F32, std::string_view{"F32"}},
                                      std::pair{StoredType::I64, std::string_view{"I64"}},
                                      std::pair{StoredType::U64, std::string_view{"U64"}},
                                      std::pair{StoredType::F64, std::string_view{"F64"}}};
};

/// Size of one element in bytes.
std::int64_t bytesPerElement(StoredType type);

/// The data type of a model's weights that \a type is, or nothing for integers, booleans and 8-bit floats.
std::optional<DType> dtypeOf(StoredType type);

/// One tensor of a file. Its elements lie row-major, little-endian, without padding.
struct SafetensorsEntry
{
    std::string name;
    StoredType dtype = StoredType::F32;
    std::vector<std::int64_t> shape; ///< empty for a scalar
    std::uint64_t begin = 0;         ///< first byte, from the start of the file
    std::uint64_t end = 0;           ///< one past the last byte

    bool operator==(const SafetensorsEntry&) const = default;
};

/// What the header of a file says.
struct SafetensorsHeader
{
    std::vector<SafetensorsEntry> tensors;       ///< in the order of their bytes
    std::map<std::string, std::string> metadata; ///< of `__metadata__`

    bool operator==(const SafetensorsHeader&) const = default;
};

/// Reads the header of a whole file's bytes, which are taken for hostile: a length of at most 100 MB that fits the
/// file, an object of tensors with known types, ranges that match shape and type, follow each other without overlap or
/// hole and fill the file. Source of the rules: github.com/huggingface/safetensors, "Format" and Metadata::validate.
/// \throws std::runtime_error with a sentence that begins with \a name.
SafetensorsHeader readSafetensorsHeader(std::span<const std::byte> file, const std::string& name);

/// A safetensors file, mapped read-only for as long as this object lives; see MappedFile for what that asks of the
/// file.
class SafetensorsFile
{
public:
    /// \throws std::runtime_error with a sentence that names \a path, for what cannot be read and what is no such file.
    explicit SafetensorsFile(const std::filesystem::path& path);

    const std::vector<SafetensorsEntry>& tensors() const { return m_header.tensors; }
    const std::map<std::string, std::string>& metadata() const { return m_header.metadata; }

    /// The tensor called \a name, or nullptr.
    const SafetensorsEntry* find(std::string_view name) const;

    /// The bytes of an entry of this file. Their address need not be a multiple of the element size.
    /// \throws std::out_of_range for an entry that is not of this file.
    std::span<const std::byte> bytesOf(const SafetensorsEntry& tensor) const;

private:
    MappedFile m_file;
    SafetensorsHeader m_header;
};

} // namespace headroom
