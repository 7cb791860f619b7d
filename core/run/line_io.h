// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace headroom
{

/// Cuts a byte stream into lines.
class LineBuffer
{
public:
    void append(std::string_view bytes) { m_bytes.append(bytes); }

    /// The next whole line without its newline, or nothing.
    std::optional<std::string> take();

private:
    std::string m_bytes;
    std::size_t m_begin = 0;
};

/// Writes all of \a text to a descriptor. \returns false when the other end is gone.
bool writeAll(int fd, std::string_view text);

} // namespace headroom
