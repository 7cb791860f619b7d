// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>
#include <optional>
#include <utility>

namespace headroom::ui
{

/// Where one thread leaves its newest value for another. A value that was not taken yet is replaced, so that a slow
/// reader finds one, not a backlog. For any threads; neither ever waits for more than a move.
template <typename T> class Mailbox
{
public:
    /// \returns true when it was empty: the reader must be told.
    bool put(T value)
    {
        const std::lock_guard lock(m_mutex);
        const bool wasEmpty = !m_value.has_value();
        m_value.emplace(std::move(value));
        return wasEmpty;
    }

    std::optional<T> take()
    {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_value, std::nullopt);
    }

private:
    std::mutex m_mutex;
    std::optional<T> m_value;
};

} // namespace headroom::ui
