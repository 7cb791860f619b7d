// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/model_inputs.h"

#include "core/model/safetensors.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace headroom::engine
{
namespace
{

struct TypePair
{
    StoredType stored;
    c10::ScalarType scalar;
};

constexpr std::array kTypes{
    TypePair{StoredType::Bool, at::kBool}, TypePair{StoredType::U8, at::kByte},
    TypePair{StoredType::I8, at::kChar},   TypePair{StoredType::I16, at::kShort},
    TypePair{StoredType::I32, at::kInt},   TypePair{StoredType::I64, at::kLong},
    TypePair{StoredType::F16, at::kHalf},  TypePair{StoredType::BF16, at::kBFloat16},
    TypePair{StoredType::F32, at::kFloat}, TypePair{StoredType::F64, at::kDouble},
};

at::Tensor tensorOf(const SafetensorsFile& file, const SafetensorsEntry& entry, const std::string& path)
{
    for (const TypePair& pair : kTypes)
    {
        if (pair.stored != entry.dtype)
        {
            continue;
        }
        auto tensor = at::empty(entry.shape, at::TensorOptions(pair.scalar));
        if (const auto bytes = file.bytesOf(entry); !bytes.empty())
        {
            std::memcpy(tensor.mutable_data_ptr(), bytes.data(), bytes.size());
        }
        const bool narrow = pair.scalar == at::kInt || pair.scalar == at::kShort;
        return narrow ? tensor.to(at::kLong) : tensor;
    }
    throw std::runtime_error(
        fmt::format("{}: the tensor {} has type {}, which no input can have", path, entry.name, toString(entry.dtype)));
}

} // namespace

at::Tensor drawIds(const std::vector<std::int64_t>& shape, std::int64_t limit, std::uint64_t seed)
{
    auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    return at::randint(0, limit, shape, generator, at::TensorOptions(at::kLong));
}

at::Tensor drawNumbers(const std::vector<std::int64_t>& shape, std::uint64_t seed)
{
    auto generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    return at::randn(shape, generator, at::TensorOptions(at::kFloat));
}

ModelTensors readInputs(const std::string& path)
{
    const SafetensorsFile file{std::filesystem::path(path)};
    ModelTensors inputs;
    for (const SafetensorsEntry& entry : file.tensors())
    {
        inputs[entry.name] = tensorOf(file, entry, path);
    }
    if (inputs.empty())
    {
        throw std::runtime_error(path + " holds no tensors");
    }
    return inputs;
}

ModelTensors placed(const ModelTensors& inputs, c10::Device device, std::optional<c10::ScalarType> dtype,
                    bool leaveOutMasks)
{
    ModelTensors moved;
    for (const auto& [name, tensor] : inputs)
    {
        if (leaveOutMasks && name.ends_with("attention_mask") && tensor.ne(0).all().item<bool>())
        {
            continue;
        }
        moved[name] = tensor.is_floating_point() && dtype ? tensor.to(device, *dtype) : tensor.to(device);
    }
    return moved;
}

TensorFact factOf(const std::string& name, const at::Tensor& tensor)
{
    TensorFact fact{name, c10::toString(tensor.scalar_type()), tensor.sizes().vec()};
    for (const TypePair& pair : kTypes)
    {
        if (pair.scalar == tensor.scalar_type())
        {
            fact.dtype = toString(pair.stored);
        }
    }
    return fact;
}

std::vector<TensorFact> factsOf(const ModelTensors& inputs)
{
    std::vector<TensorFact> facts;
    for (const auto& [name, tensor] : inputs)
    {
        facts.push_back(factOf(name, tensor));
    }
    return facts;
}

void writeOutput(const std::string& path, const at::Tensor& output)
{
    const auto numbers = output.detach().to(at::kCPU, at::kFloat).contiguous();
    std::string header = fmt::format(R"({{"output":{{"dtype":"F32","shape":[{}],"data_offsets":[0,{}]}}}})",
                                     fmt::join(numbers.sizes().vec(), ","), numbers.nbytes());
    header.append((8 - header.size() % 8) % 8, ' '); // the data begins at a multiple of 8
    std::string length;
    for (int byte = 0; byte < 8; ++byte)
    {
        length += static_cast<char>((header.size() >> (8 * byte)) & 0xff);
    }
    const std::string whole = path + ".part";
    std::ofstream file(whole, std::ios::binary | std::ios::trunc);
    file << length << header;
    file.write(static_cast<const char*>(numbers.const_data_ptr()), static_cast<std::streamsize>(numbers.nbytes()));
    file.close();
    std::error_code error;
    if (file)
    {
        std::filesystem::rename(whole, path, error);
    }
    if (!file || error)
    {
        std::error_code ignored;
        std::filesystem::remove(whole, ignored);
        throw std::runtime_error(fmt::format("the output cannot be written to {}", path));
    }
}

} // namespace headroom::engine
