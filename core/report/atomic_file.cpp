// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/export.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace headroom
{
namespace
{

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view doing, int error)
{
    throw std::runtime_error(fmt::format("Cannot write {}: {}: {}.", path.string(), doing, std::strerror(error)));
}

/// A new file beside its goal, removed unless it was renamed.
class TemporaryFile
{
public:
    explicit TemporaryFile(const std::filesystem::path& goal) : m_goal(goal), m_name(goal.string() + ".XXXXXX")
    {
        m_descriptor = ::mkstemp(m_name.data());
        if (m_descriptor < 0)
        {
            fail(goal, "no file can be made in its folder", errno);
        }
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile()
    {
        close();
        if (!m_renamed)
        {
            ::unlink(m_name.c_str());
        }
    }

    void write(std::string_view text)
    {
        while (!text.empty())
        {
            const auto written = ::write(m_descriptor, text.data(), text.size());
            if (written < 0 && errno != EINTR)
            {
                fail(m_goal, "writing failed", errno);
            }
            text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
        }
    }

    void finish()
    {
        const mode_t mask = ::umask(0);
        ::umask(mask);
        if (::fchmod(m_descriptor, 0666 & ~mask) != 0 || ::fsync(m_descriptor) != 0)
        {
            fail(m_goal, "it could not be brought to the disk", errno);
        }
        close();
        if (::rename(m_name.c_str(), m_goal.c_str()) != 0)
        {
            fail(m_goal, "the finished file could not take its name", errno);
        }
        m_renamed = true;
    }

private:
    void close()
    {
        if (m_descriptor >= 0)
        {
            ::close(m_descriptor);
            m_descriptor = -1;
        }
    }

    std::filesystem::path m_goal;
    std::string m_name;
    int m_descriptor = -1;
    bool m_renamed = false;
};

/// Makes the rename itself durable; a folder that cannot be synchronised is no reason to fail.
void synchroniseFolder(const std::filesystem::path& folder)
{
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0)
    {
        ::fsync(descriptor);
        ::close(descriptor);
    }
}

} // namespace

void writeFileAtomically(const std::filesystem::path& path, std::string_view text)
{
    std::error_code error;
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    std::filesystem::create_directories(folder, error);
    if (error)
    {
        fail(path, "its folder cannot be made", error.value());
    }
    if (std::filesystem::is_directory(path, error))
    {
        fail(path, "it is a folder", EISDIR);
    }
    TemporaryFile file(path);
    file.write(text);
    file.finish();
    synchroniseFolder(folder);
}

} // namespace headroom
