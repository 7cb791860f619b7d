// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace headroom
{

/// Whether a program holds the lock of Journal::open() on \a journal: its run goes on. False where there is no file.
/// The lock is looked at by taking it for a moment, which Journal::open() waits for.
bool isBeingWritten(const std::filesystem::path& journal);

} // namespace headroom
