// SPDX-License-Identifier: GPL-3.0-or-later
//
// The readers of model files, given hostile bytes. The first byte says which reader: 's' a safetensors file, 'i' an
// index of shards, 'c' a config.json. A reader may refuse with std::runtime_error; what it takes must hold together.

#include "core/model/architecture.h"
#include "core/model/safetensors.h"
#include "core/model/weight_files.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <stdexcept>
#include <string_view>

namespace
{

using namespace headroom;

void require(bool holds)
{
    if (!holds)
    {
        std::abort();
    }
}

void readSafetensors(std::string_view bytes)
{
    const auto file = std::as_bytes(std::span(bytes));
    for (const SafetensorsEntry& tensor : readSafetensorsHeader(file, "file").tensors)
    {
        require(tensor.begin <= tensor.end && tensor.end <= file.size());
        std::int64_t elements = 1;
        for (const std::int64_t size : tensor.shape)
        {
            require(size >= 0);
            elements = size == 0 ? 0 : elements * size;
        }
        require(static_cast<std::uint64_t>(elements * bytesPerElement(tensor.dtype)) == tensor.end - tensor.begin ||
                elements == 0);
    }
}

void readIndex(std::string_view text)
{
    for (const auto& [tensor, file] : readShardIndex(text, "index"))
    {
        require(file.find('/') == std::string::npos && file.ends_with(".safetensors"));
    }
}

void readConfig(std::string_view text)
{
    const Architecture model = readArchitecture(text, "config");
    require(model.width > 0 && model.heads > 0 && model.headDim > 0 && model.layers > 0);
    require(parameterCount(model) > 0);
    require(sequenceThatFits(model, 16) > 0);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
    {
        return 0;
    }
    const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    try
    {
        switch (data[0])
        {
        case 's':
            readSafetensors(rest);
            break;
        case 'i':
            readIndex(rest);
            break;
        case 'c':
            readConfig(rest);
            break;
        default:
            break;
        }
    }
    catch (const std::runtime_error&)
    {
        return 0; // refused, with a sentence
    }
    return 0;
}
