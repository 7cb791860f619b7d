// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/run_marks.h"

#include "core/encoding/whole_file.h"
#include "core/history/folder_lock.h"
#include "core/report/export.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>

#include <fmt/format.h>

namespace headroom
{
namespace
{

namespace fs = std::filesystem;

constexpr std::size_t kLongestTag = 64;

RunMarks readMarks(const fs::path& file, const std::string& run)
{
    std::error_code unreadable;
    const std::string text = wholeFile(file, unreadable);
    if (unreadable == std::errc::no_such_file_or_directory)
    {
        return {run, {}, {}};
    }
    if (unreadable)
    {
        throw std::runtime_error(
            fmt::format("The marks in {} cannot be read: {}.", file.string(), unreadable.message()));
    }
    try
    {
        auto marks = parseJson(text).get<RunMarks>();
        marks.run = run;
        return marks;
    }
    catch (const std::exception& error)
    {
        throw std::runtime_error(
            fmt::format("The marks in {} cannot be read: {} Mend the file or remove it.", file.string(), error.what()));
    }
}

} // namespace

RunMarks marksOf(const RunFolder& folder, const std::string& run)
{
    return readMarks(folder.marksFile(run), run);
}

RunMarks changeMarks(const RunFolder& folder, const std::string& run, const std::function<void(RunMarks&)>& change)
{
    const fs::path file = folder.marksFile(run);
    const FolderLock lock(file.parent_path());
    const RunMarks before = readMarks(file, run);
    RunMarks marks = before;
    change(marks);
    marks.run = run;
    std::sort(marks.tags.begin(), marks.tags.end());
    marks.tags.erase(std::unique(marks.tags.begin(), marks.tags.end()), marks.tags.end());
    for (const std::string& tag : marks.tags)
    {
        checkTag(tag);
    }
    if (marks.isEmpty())
    {
        std::error_code error;
        fs::remove(file, error);
        if (error)
        {
            throw std::runtime_error(
                fmt::format("The marks in {} cannot be removed: {}.", file.string(), error.message()));
        }
    }
    else if (marks != before)
    {
        writeFileAtomically(file, toJsonDocument(Json(marks)) + "\n");
    }
    return marks;
}

void checkTag(std::string_view tag)
{
    const bool odd = std::any_of(tag.begin(), tag.end(),
                                 [](char letter)
                                 {
                                     const auto byte = static_cast<unsigned char>(letter);
                                     return byte <= 32 || byte == 127 || letter == ',' || letter == '/';
                                 });
    if (tag.empty() || tag.size() > kLongestTag || odd || tag.starts_with('-') || tag == "last" ||
        tag.starts_with("last~"))
    {
        throw std::invalid_argument(
            fmt::format("'{}' is no tag. A tag is one word of at most {} letters without commas "
                        "and slashes, does not begin with '-' and is not 'last'.",
                        tag, kLongestTag));
    }
}

} // namespace headroom
