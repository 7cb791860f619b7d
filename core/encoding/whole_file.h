// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <system_error>

namespace headroom
{

/// All bytes of \a file, also of a pipe. Empty with the cause in \a error where it cannot be read to its end: it is not
/// there, is a folder, may not be read, or the disk fails; else \a error is cleared.
std::string wholeFile(const std::filesystem::path& file, std::error_code& error);

/// The same. \throws std::runtime_error "FILE cannot be read: No such file or directory."
std::string wholeFile(const std::filesystem::path& file);

} // namespace headroom
