// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/line_io.h"

#include <unistd.h>

#include <cerrno>

namespace headroom
{

std::optional<std::string> LineBuffer::take()
{
    const auto end = m_bytes.find('\n', m_begin);
    if (end == std::string::npos)
    {
        m_bytes.erase(0, m_begin);
        m_begin = 0;
        return std::nullopt;
    }
    auto line = m_bytes.substr(m_begin, end - m_begin);
    m_begin = end + 1;
    return line;
}

bool writeAll(int fd, std::string_view text)
{
    while (!text.empty())
    {
        const auto count = ::write(fd, text.data(), text.size());
        if (count < 0 && errno != EINTR)
        {
            return false;
        }
        text.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
    }
    return true;
}

} // namespace headroom
