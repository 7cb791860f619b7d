// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/event.h"

#include <filesystem>
#include <string>
#include <vector>

namespace headroom
{

/// A run on disk: one JSON line an event. It is the truth; reports and the history are rebuilt from it.
///
/// A line is written whole and flushed before append() returns, and the file is synchronised to the disk (fsync) at
/// each jobFinished and runFinished, so that what was shown survives `kill -9` and finished jobs a power cut.
class Journal
{
public:
    /// Opens \a path for appending and creates it where it is missing. A torn last line is cut off first.
    /// \throws std::runtime_error with the path and the system's reason.
    static Journal open(const std::filesystem::path& path);

    Journal(Journal&&) noexcept;
    Journal& operator=(Journal&&) noexcept;
    Journal(const Journal&) = delete;
    ~Journal();

    /// Events that were in the file when it was opened.
    const std::vector<Event>& earlierEvents() const { return m_earlier; }
    const std::filesystem::path& path() const { return m_path; }

    /// \throws std::runtime_error when the disk is full or the file cannot be written.
    void append(const Event& event);

private:
    Journal() = default;
    std::filesystem::path m_path;
    std::vector<Event> m_earlier;
    int m_file = -1;
};

/// What a journal's text holds.
struct JournalContent
{
    std::vector<Event> events;
    bool torn = false; ///< the last line was incomplete and was left out
};

/// Reads a journal. \throws std::runtime_error with a sentence when the file cannot be read, is no journal, or a line
/// other than the last is damaged (the line's number is named).
JournalContent readJournal(const std::filesystem::path& path);

/// The jobs of \a plan that \a events have not finished. Cancelled jobs and those in flight count as not finished;
/// failed ones are finished, so that a crash is not repeated forever.
std::vector<std::size_t> remainingJobs(const Plan& plan, const std::vector<Event>& events);

} // namespace headroom
