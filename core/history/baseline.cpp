// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/baseline.h"

#include "core/encoding/whole_file.h"
#include "core/report/export.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace headroom
{
namespace
{

constexpr std::size_t kLongestName = 100;

void checkName(std::string_view name)
{
    if (name.empty() || name.size() > kLongestName || name.front() == '-' || name.front() == ' ')
    {
        throw std::invalid_argument(fmt::format("'{}' is no name for a baseline. Give one of at most {} letters that "
                                                "does not begin with '-' or a blank.",
                                                name, kLongestName));
    }
}

Baseline parse(const std::filesystem::path& file)
{
    std::error_code unreadable;
    const std::string text = wholeFile(file, unreadable);
    if (unreadable)
    {
        throw std::runtime_error(
            fmt::format("The baseline in {} cannot be read: {}.", file.string(), unreadable.message()));
    }
    try
    {
        return parseJson(text).get<Baseline>();
    }
    catch (const std::exception& error)
    {
        throw std::runtime_error(fmt::format("The baseline in {} cannot be read: {} Mend the file or remove it.",
                                             file.string(), error.what()));
    }
}

} // namespace

Baseline readBaseline(const RunFolder& folder, const std::string& name)
{
    std::error_code error;
    const auto file = folder.baselineFile(name);
    if (!std::filesystem::exists(file, error))
    {
        const auto names = baselineNames(folder);
        throw std::runtime_error(
            fmt::format("There is no baseline '{}' in {}; {}.", name, folder.path().string(),
                        names.empty() ? "it has none" : fmt::format("it has {}", fmt::join(names, ", "))));
    }
    return parse(file);
}

void writeBaseline(const RunFolder& folder, const Baseline& baseline)
{
    checkName(baseline.name);
    writeFileAtomically(folder.baselineFile(baseline.name), toJsonDocument(Json(baseline)) + "\n");
}

bool removeBaseline(const RunFolder& folder, const std::string& name)
{
    std::error_code error;
    const auto file = folder.baselineFile(name);
    const bool removed = std::filesystem::remove(file, error);
    if (error)
    {
        throw std::runtime_error(fmt::format("{} cannot be removed: {}.", file.string(), error.message()));
    }
    return removed;
}

std::vector<std::string> baselineNames(const RunFolder& folder)
{
    std::vector<std::string> names;
    for (const RunFile& file : folder.baselineFiles())
    {
        names.push_back(decodedFileName(file.name));
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<Baseline> readBaselines(const RunFolder& folder, std::vector<std::string>* leftOut)
{
    std::vector<Baseline> baselines;
    for (const std::string& name : baselineNames(folder))
    {
        try
        {
            baselines.push_back(parse(folder.baselineFile(name)));
        }
        catch (const std::runtime_error& error) // a list is not worth less for it
        {
            if (leftOut != nullptr)
            {
                leftOut->emplace_back(error.what());
            }
        }
    }
    return baselines;
}

} // namespace headroom
