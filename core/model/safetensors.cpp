// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/safetensors.h"

#include "core/attention/saturating.h"
#include "core/encoding/json.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kLongestHeader = 100'000'000; ///< upstream's MAX_HEADER_SIZE
constexpr const char* kMetadataKey = "__metadata__";
constexpr int kDeepest = 3; ///< file, tensor, list of numbers

[[noreturn]] void fail(const std::string& file, const std::string& why)
{
    throw std::runtime_error(fmt::format("{} is not a usable safetensors file: {}", file, why));
}

/// Takes the header apart while it is parsed: each tensor becomes an entry as soon as its object ends and is dropped
/// from the JSON value, so that a header of 100 MB cannot grow into gigabytes.
class HeaderReader
{
public:
    HeaderReader(std::string file, std::uint64_t dataStart, std::uint64_t fileSize)
        : m_file(std::move(file)), m_dataStart(dataStart), m_dataSize(fileSize - dataStart)
    {
    }

    SafetensorsHeader read(std::string_view text)
    {
        Json root;
        if (text.find('\0') != std::string_view::npos)
        {
            fail(m_file, "its header is not JSON"); // the parser would take what follows for not being there
        }
        try
        {
            root = Json::parse(text, [this](int depth, Json::parse_event_t event, Json& value)
                               { return take(depth, event, value); });
        }
        catch (const Json::exception&)
        {
            fail(m_file, "its header is not JSON");
        }
        if (!root.is_object())
        {
            fail(m_file, "its header is not a JSON object");
        }
        return std::move(m_header);
    }

private:
    bool take(int depth, Json::parse_event_t event, Json& value)
    {
        if (depth > kDeepest)
        {
            fail(m_file, "its header is nested too deeply");
        }
        if (depth != 1)
        {
            return true;
        }
        if (event == Json::parse_event_t::key)
        {
            m_key = value.get<std::string>();
            if (!m_seen.insert(m_key).second)
            {
                fail(m_file, fmt::format("'{}' is listed twice", m_key));
            }
            return true;
        }
        if (event == Json::parse_event_t::value || event == Json::parse_event_t::array_end)
        {
            fail(m_file, fmt::format("the entry '{}' is not an object", m_key));
        }
        if (event != Json::parse_event_t::object_end)
        {
            return true;
        }
        if (m_key == kMetadataKey)
        {
            readMetadata(value);
        }
        else
        {
            m_header.tensors.push_back(entryOf(value));
        }
        return false;
    }

    void readMetadata(const Json& value)
    {
        for (const auto& [key, text] : value.items())
        {
            if (!text.is_string())
            {
                fail(m_file, fmt::format("the metadata '{}' is not text", key));
            }
            m_header.metadata[key] = text.get<std::string>();
        }
    }

    const Json& memberOf(const Json& value, const char* member) const
    {
        const auto found = value.find(member);
        if (found == value.end())
        {
            fail(m_file, fmt::format("the tensor '{}' has no {}", m_key, member));
        }
        return *found;
    }

    std::vector<std::uint64_t> numbersOf(const Json& value, const char* member) const
    {
        const Json& list = memberOf(value, member);
        std::vector<std::uint64_t> numbers;
        for (const Json& number : list.is_array() ? list : Json::array({nullptr}))
        {
            if (!number.is_number_unsigned() || number.get<std::uint64_t>() > static_cast<std::uint64_t>(kTooLarge) - 1)
            {
                fail(m_file, fmt::format("the {} of the tensor '{}' is not a list of sizes", member, m_key));
            }
            numbers.push_back(number.get<std::uint64_t>());
        }
        return numbers;
    }

    SafetensorsEntry entryOf(const Json& value) const
    {
        SafetensorsEntry entry;
        entry.name = m_key;
        const Json& dtype = memberOf(value, "dtype");
        const auto type =
            dtype.is_string() ? fromString<StoredType>(dtype.get_ref<const std::string&>()) : std::nullopt;
        if (!type)
        {
            fail(m_file,
                 fmt::format("the tensor '{}' has an unknown dtype; known are {}", m_key, namesOf<StoredType>()));
        }
        entry.dtype = *type;
        std::int64_t bytes = bytesPerElement(entry.dtype);
        for (const std::uint64_t size : numbersOf(value, "shape"))
        {
            entry.shape.push_back(static_cast<std::int64_t>(size));
            bytes = saturatingProduct({bytes, entry.shape.back()});
        }
        const auto offsets = numbersOf(value, "data_offsets");
        if (offsets.size() != 2 || offsets[0] > offsets[1])
        {
            fail(m_file, fmt::format("the data_offsets of the tensor '{}' are not a beginning and an end", m_key));
        }
        if (offsets[1] > m_dataSize)
        {
            fail(m_file, fmt::format("the tensor '{}' ends at byte {} of {} bytes of data: the file is cut short",
                                     m_key, offsets[1], m_dataSize));
        }
        if (bytes == kTooLarge || offsets[1] - offsets[0] != static_cast<std::uint64_t>(bytes))
        {
            fail(m_file, fmt::format("the tensor '{}' has {} bytes, which does not match its shape and dtype", m_key,
                                     offsets[1] - offsets[0]));
        }
        entry.begin = m_dataStart + offsets[0];
        entry.end = m_dataStart + offsets[1];
        return entry;
    }

    std::string m_file;
    std::uint64_t m_dataStart = 0;
    std::uint64_t m_dataSize = 0;
    std::string m_key;
    std::set<std::string> m_seen;
    SafetensorsHeader m_header;
};

std::uint64_t littleEndian(std::span<const std::byte> bytes)
{
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < kLengthBytes; ++i)
    {
        number |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
    }
    return number;
}

/// Upstream's rule: sorted by their bytes, each tensor begins where the one before it ends, and the last ends the file.
/// It forbids overlap and hidden data alike.
void checkCoverage(const SafetensorsHeader& header, std::uint64_t dataStart, std::uint64_t fileSize,
                   const std::string& name)
{
    std::uint64_t covered = dataStart;
    for (const SafetensorsEntry& entry : header.tensors)
    {
        if (entry.begin != covered)
        {
            fail(name, fmt::format("the tensor '{}' {} the one before it", entry.name,
                                   entry.begin < covered ? "overlaps" : "leaves a hole after"));
        }
        covered = entry.end;
    }
    if (covered != fileSize)
    {
        fail(name, fmt::format("{} bytes at its end belong to no tensor", fileSize - covered));
    }
}

} // namespace

std::int64_t bytesPerElement(StoredType type)
{
    switch (type)
    {
    case StoredType::Bool:
    case StoredType::U8:
    case StoredType::I8:
    case StoredType::F8E5M2:
    case StoredType::F8E4M3:
        return 1;
    case StoredType::I16:
    case StoredType::U16:
    case StoredType::F16:
    case StoredType::BF16:
        return 2;
    case StoredType::I32:
    case StoredType::U32:
    case StoredType::F32:
        return 4;
    case StoredType::I64:
    case StoredType::U64:
    case StoredType::F64:
        break;
    }
    return 8;
}

std::optional<DType> dtypeOf(StoredType type)
{
    switch (type)
    {
    case StoredType::F64:
        return DType::Float64;
    case StoredType::F32:
        return DType::Float32;
    case StoredType::BF16:
        return DType::BFloat16;
    case StoredType::F16:
        return DType::Float16;
    default:
        return std::nullopt;
    }
}

SafetensorsHeader readSafetensorsHeader(std::span<const std::byte> file, const std::string& name)
{
    if (file.size() < kLengthBytes)
    {
        fail(name, "it is too short to have a header");
    }
    const std::uint64_t length = littleEndian(file);
    if (length > kLongestHeader)
    {
        fail(name, fmt::format("its header claims {} bytes, more than the {} allowed", length, kLongestHeader));
    }
    if (length > file.size() - kLengthBytes)
    {
        fail(name, fmt::format("its header claims {} bytes, more than the file has", length));
    }
    const std::uint64_t dataStart = kLengthBytes + length;
    const auto* const text = reinterpret_cast<const char*>(file.data()) + kLengthBytes;
    SafetensorsHeader header =
        HeaderReader(name, dataStart, file.size()).read({text, static_cast<std::size_t>(length)});
    std::sort(header.tensors.begin(), header.tensors.end(),
              [](const auto& left, const auto& right)
              { return std::pair(left.begin, left.end) < std::pair(right.begin, right.end); });
    checkCoverage(header, dataStart, file.size(), name);
    return header;
}

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : m_file(path), m_header(readSafetensorsHeader(m_file.bytes(), path.string()))
{
}

const SafetensorsEntry* SafetensorsFile::find(std::string_view name) const
{
    const auto found = std::find_if(tensors().begin(), tensors().end(),
                                    [name](const SafetensorsEntry& entry) { return entry.name == name; });
    return found == tensors().end() ? nullptr : &*found;
}

std::span<const std::byte> SafetensorsFile::bytesOf(const SafetensorsEntry& tensor) const
{
    const std::span<const std::byte> file = m_file.bytes();
    if (tensor.begin > tensor.end || tensor.end > file.size())
    {
        throw std::out_of_range("the tensor '" + tensor.name + "' is not of this file");
    }
    return file.subspan(static_cast<std::size_t>(tensor.begin), static_cast<std::size_t>(tensor.end - tensor.begin));
}

} // namespace headroom
