// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/folder_lock.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace headroom
{

FolderLock::FolderLock(const std::filesystem::path& folder)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
    {
        throw std::runtime_error(fmt::format("Cannot make the folder {}: {}.", folder.string(), error.message()));
    }
    m_file = ::open((folder / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (m_file < 0)
    {
        throw std::runtime_error(fmt::format("Cannot write to {}: {}.", folder.string(), std::strerror(errno)));
    }
    while (::flock(m_file, LOCK_EX) != 0)
    {
        if (errno != EINTR)
        {
            const int reason = errno;
            ::close(m_file);
            throw std::runtime_error(fmt::format("Cannot lock {}: {}.", folder.string(), std::strerror(reason)));
        }
    }
}

FolderLock::~FolderLock()
{
    ::close(m_file); // gives the lock back
}

} // namespace headroom
