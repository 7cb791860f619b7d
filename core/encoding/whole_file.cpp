// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/encoding/whole_file.h"

#include "core/encoding/descriptor.h"

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace headroom
{
namespace
{

constexpr std::size_t kLeastRoom = 4096; ///< bytes: of a pipe nobody knows how much comes

std::error_code lastError()
{
    return {errno, std::generic_category()};
}

} // namespace

std::string wholeFile(const std::filesystem::path& file, std::error_code& error)
{
    error.clear();
    const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status = {};
    if (descriptor.get() < 0 || ::fstat(descriptor.get(), &status) != 0)
    {
        error = lastError();
        return {};
    }
    std::string text(std::max(static_cast<std::size_t>(status.st_size) + 1, kLeastRoom), '\0');
    std::size_t size = 0;
    for (;;)
    {
        const ssize_t count = ::read(descriptor.get(), text.data() + size, text.size() - size);
        if (count < 0 && errno == EINTR)
        {
            continue;
        }
        if (count < 0)
        {
            error = lastError();
            return {};
        }
        if (count == 0)
        {
            text.resize(size);
            return text;
        }
        size += static_cast<std::size_t>(count);
        if (size == text.size()) // it has grown, or is a pipe
        {
            text.resize(2 * text.size());
        }
    }
}

std::string wholeFile(const std::filesystem::path& file)
{
    std::error_code error;
    std::string text = wholeFile(file, error);
    if (error)
    {
        throw std::runtime_error(file.string() + " cannot be read: " + error.message() + ".");
    }
    return text;
}

} // namespace headroom
