// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/worker_lookup.h"

#include "core/launch/set_up_error.h"

#include <cstdlib>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unistd.h>

namespace headroom
{
namespace
{

namespace fs = std::filesystem;

constexpr const char* kWorkerName = "headroom-worker";

bool canRun(const fs::path& path)
{
    std::error_code error;
    return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

std::optional<fs::path> onPath(const std::string& name)
{
    const char* variable = std::getenv("PATH");
    std::string_view left = variable == nullptr ? std::string_view() : std::string_view(variable);
    while (!left.empty())
    {
        const auto end = std::min(left.find(':'), left.size());
        const auto candidate = fs::path(left.substr(0, end)) / name;
        if (end > 0 && canRun(candidate))
        {
            return candidate;
        }
        left.remove_prefix(std::min(end + 1, left.size()));
    }
    return std::nullopt;
}

WorkerChoice namedWorker(const char* command)
{
    WorkerChoice worker;
    worker.command.arguments = splitCommand(command);
    worker.foundBy = "HEADROOM_WORKER";
    if (worker.command.arguments.empty() || !canStart(worker.command.arguments.front()))
    {
        throw SetUpError(
            fmt::format("HEADROOM_WORKER is '{}', and that is no program that can be started. Correct it or "
                        "unset it; `headroom-cli doctor` says what is there.",
                        command));
    }
    return worker;
}

} // namespace

std::vector<std::string> splitCommand(std::string_view text)
{
    std::vector<std::string> words;
    std::string word;
    bool inWord = false;
    char quote = 0;
    for (std::size_t at = 0; at < text.size(); ++at)
    {
        const char letter = text[at];
        if (letter == '\\' && quote != '\'' && at + 1 < text.size())
        {
            word += text[++at];
            inWord = true;
        }
        else if (quote != 0 ? letter == quote : letter == '\'' || letter == '"')
        {
            quote = quote == 0 ? letter : '\0';
            inWord = true;
        }
        else if (quote == 0 && (letter == ' ' || letter == '\t' || letter == '\n'))
        {
            if (inWord)
            {
                words.push_back(std::exchange(word, {}));
            }
            inWord = false;
        }
        else
        {
            word += letter;
            inWord = true;
        }
    }
    if (quote != 0)
    {
        throw SetUpError(fmt::format("HEADROOM_WORKER has a quote that is not closed: {}", text));
    }
    if (inWord)
    {
        words.push_back(std::move(word));
    }
    return words;
}

WorkerChoice findWorkerProgram()
{
    if (const char* named = std::getenv("HEADROOM_WORKER"); named != nullptr && *named != '\0')
    {
        return namedWorker(named);
    }
    WorkerChoice worker;
    const auto beside = programFolder() / kWorkerName;
    if (canRun(beside))
    {
        worker.command.arguments = {beside.string()};
        worker.foundBy = "beside headroom-cli";
        return worker;
    }
    if (const auto found = onPath(kWorkerName))
    {
        worker.command.arguments = {found->string()};
        worker.foundBy = "on PATH";
        return worker;
    }
    throw SetUpError(
        fmt::format("The program {} is missing: it is neither in {} nor on PATH. Build it with `./dev build`, or "
                    "see `headroom-cli doctor`.",
                    kWorkerName, programFolder().string()));
}

bool canStart(const std::string& program)
{
    return fs::path(program).has_parent_path() ? canRun(program) : onPath(program).has_value();
}

std::filesystem::path programFolder()
{
    std::error_code error;
    return fs::read_symlink("/proc/self/exe", error).parent_path();
}

bool needsLibtorch(const WorkerChoice& worker)
{
    if (worker.foundBy == "HEADROOM_WORKER")
    {
        return false; // a command that someone wrote brings what it needs
    }
    const char* named = std::getenv("HEADROOM_LIBTORCH");
    std::error_code error;
    return (named != nullptr && *named != '\0') ||
           fs::exists(fs::path(worker.command.arguments.front()).parent_path() / "bundle", error);
}

WorkerChoice findWorker()
{
    WorkerChoice worker = findWorkerProgram();
    if (!needsLibtorch(worker))
    {
        return worker;
    }
    auto search = findLibtorch();
    if (!search.found)
    {
        const std::string seen =
            search.rejected.empty() ? std::string() : fmt::format(" ({})", fmt::join(search.rejected, "; "));
        throw SetUpError(fmt::format("No LibTorch {} was found{}. Install it with `pip install torch=={}.0`, or set "
                                     "HEADROOM_LIBTORCH to a Python that has it; `headroom-cli doctor` says what was "
                                     "looked at.",
                                     kLibtorchSeries, seen, kLibtorchSeries));
    }
    std::string path = libraryPathOf(*search.found);
    if (const char* before = std::getenv("LD_LIBRARY_PATH"); before != nullptr && *before != '\0')
    {
        path += std::string(":") + before;
    }
    worker.command.environment["LD_LIBRARY_PATH"] = path;
    worker.libtorch = std::move(search.found);
    return worker;
}

} // namespace headroom
