// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/mapped_file.h"

#include "core/encoding/descriptor.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <fmt/format.h>

namespace headroom
{
namespace
{

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view why)
{
    throw std::runtime_error(fmt::format("{} cannot be read: {}", path.string(), why));
}

} // namespace

MappedFile::MappedFile(const std::filesystem::path& path)
{
    // A mapping outlives its descriptor. O_NONBLOCK: opening a named pipe must not wait for a writer.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat facts = {};
    if (file.get() < 0 || ::fstat(file.get(), &facts) != 0)
    {
        fail(path, std::strerror(errno));
    }
    if (!S_ISREG(facts.st_mode))
    {
        fail(path, "it is not a regular file");
    }
    if (facts.st_size == 0)
    {
        return; // nothing to map, and mmap refuses to
    }
    const auto size = static_cast<std::size_t>(facts.st_size);
    void* const address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (address == MAP_FAILED)
    {
        fail(path, std::strerror(errno));
    }
    m_bytes = {static_cast<const std::byte*>(address), size};
}

MappedFile::~MappedFile()
{
    if (!m_bytes.empty())
    {
        ::munmap(const_cast<std::byte*>(m_bytes.data()), m_bytes.size());
    }
}

} // namespace headroom
