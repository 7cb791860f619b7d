// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace headroom
{

/// Held by a program that reads a file of a folder, changes it and writes it back: another one waits. The lock is a
/// file
/// ".lock" in the folder, by flock(2), and gone with its owner.
class FolderLock
{
public:
    /// Makes \a folder where it is missing, and waits. \throws std::runtime_error with the system's reason.
    explicit FolderLock(const std::filesystem::path& folder);
    ~FolderLock();
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

private:
    int m_file = -1;
};

} // namespace headroom
