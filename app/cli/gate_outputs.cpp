// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/gate_outputs.h"

#include "core/encoding/whole_file.h"
#include "core/gate/gate_writers.h"
#include "core/launch/output_files.h"
#include "core/launch/set_up_error.h"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>

#include <unistd.h>

namespace headroom::cli
{
namespace
{

namespace fs = std::filesystem;

/// Whatever the paths look like: links and hard links count.
bool isSameFile(const fs::path& first, const fs::path& second)
{
    std::error_code error;
    return fs::equivalent(first, second, error) ||
           fs::weakly_canonical(fs::absolute(first), error) == fs::weakly_canonical(fs::absolute(second), error);
}

/// A report or journal in \a folder itself.
bool isRunOf(const fs::path& file, const fs::path& folder)
{
    std::error_code error;
    const bool isRun = file.extension() == ".json" || isJournalName(file);
    const auto parent = file.parent_path().empty() ? fs::path(".") : file.parent_path();
    return isRun && fs::is_directory(folder, error) && fs::exists(file, error) && isSameFile(parent, folder);
}

bool isRead(const fs::path& file, const std::vector<std::string>& inputs, const RunFolder& history)
{
    const bool isInput =
        std::ranges::any_of(inputs, [&file](const std::string& input)
                            { return !input.empty() && (isSameFile(file, input) || isRunOf(file, input)); });
    return isInput || isRunOf(file, history.path()) || isRunOf(file, history.importedFile("any").parent_path()) ||
           isRunOf(file, history.baselineFile("any").parent_path());
}

/// Why \a output cannot be; empty when it is cleared.
std::string clear(const GateOutput& output)
{
    std::error_code error;
    const fs::path path(output.file);
    const auto folder = path.parent_path().empty() ? fs::path(".") : path.parent_path();
    fs::create_directories(folder, error);
    const bool hasPlace = !fs::is_directory(path, error) && ::access(folder.c_str(), W_OK) == 0;
    std::error_code removing;
    if (hasPlace)
    {
        fs::remove(path, removing);
    }
    return hasPlace && !removing ? std::string()
                                 : fmt::format("{} cannot be written; choose another {}.", output.file, output.option);
}

} // namespace

void clearOutputs(const std::vector<GateOutput>& outputs, const std::vector<std::string>& inputs,
                  const RunFolder& history)
{
    std::string problem;
    const auto say = [&problem](std::string sentence) { problem = problem.empty() ? std::move(sentence) : problem; };
    for (auto one = outputs.begin(); one != outputs.end(); ++one)
    {
        if (one->file.empty())
        {
            continue;
        }
        const auto other = std::find_if(outputs.begin(), one,
                                        [one](const GateOutput& before)
                                        { return !before.file.empty() && isSameFile(before.file, one->file); });
        if (other != one)
        {
            say(fmt::format("{} and {} are both {}; choose two files.", other->option, one->option, one->file));
        }
        if (isRead(one->file, inputs, history))
        {
            say(fmt::format("{} {} is a file that the gate reads, and it is kept; choose another one to write.",
                            one->option, one->file));
            continue;
        }
        say(clear(*one));
    }
    if (!problem.empty())
    {
        throw SetUpError(problem);
    }
}

void clearRecognisedOutputs(const std::vector<std::string>& words)
{
    for (const std::string_view option : {"--junit", "--markdown"})
    {
        for (std::size_t at = 0; at < words.size(); ++at)
        {
            const std::string& word = words[at];
            const bool joined = word.starts_with(std::string(option) + "=");
            const std::string file = joined                                    ? word.substr(option.size() + 1)
                                     : word == option && at + 1 < words.size() ? words[at + 1]
                                                                               : std::string();
            std::error_code error;
            if (fs::is_regular_file(file, error) && isGateOutput(wholeFile(file, error)))
            {
                fs::remove(file, error);
            }
        }
    }
}

} // namespace headroom::cli
