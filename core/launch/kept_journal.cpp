// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/kept_journal.h"

#include <stdexcept>

#include <fmt/format.h>

namespace headroom
{
namespace
{

namespace fs = std::filesystem;

/// \a name becomes another name of \a file.
std::error_code link(const fs::path& file, const fs::path& name)
{
    std::error_code error;
    fs::create_hard_link(file, name, error);
    if (error)
    {
        fs::create_symlink(fs::absolute(file), name, error);
    }
    return error;
}

} // namespace

void removeDeadLink(const fs::path& link)
{
    std::error_code error;
    if (fs::is_symlink(fs::symlink_status(link, error)) && !fs::exists(link, error))
    {
        fs::remove(link, error);
    }
}

KeptJournal keepJournal(const RunFolder& folder, std::string_view title, const std::filesystem::path& beside)
{
    constexpr const char* kAlone = "The journal of this run is beside its report alone.";
    KeptJournal kept;
    try
    {
        kept.file = folder.makeJournal(title);
    }
    catch (const std::runtime_error& error)
    {
        return {{}, fmt::format("{} {}", error.what(), kAlone)};
    }
    if (const std::error_code error = link(kept.file, beside))
    {
        std::error_code ignored;
        fs::remove(kept.file, ignored);
        return {{},
                fmt::format("{} cannot be linked to the history: {}. {}", beside.string(), error.message(), kAlone)};
    }
    return kept;
}

} // namespace headroom
