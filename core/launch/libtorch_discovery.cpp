// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/libtorch_discovery.h"

#include "core/launch/captured_program.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>

namespace headroom
{
namespace
{

namespace fs = std::filesystem;

/// A cold file system needs long for the first look into a large site-packages.
constexpr double kPythonSeconds = 15;

/// The current folder is left out of the search path: a folder called torch in it is not LibTorch.
constexpr const char* kFindTorch = "import sys, importlib.util\n"
                                   "sys.path = [p for p in sys.path if p]\n"
                                   "found = importlib.util.find_spec('torch')\n"
                                   "places = list(found.submodule_search_locations or []) if found else []\n"
                                   "print(places[0] if places else '')\n";

bool isThere(const fs::path& path)
{
    std::error_code error;
    return fs::exists(path, error);
}

std::string variable(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

/// The text between the quotes of "__version__ = '2.11.0+cu130'".
std::string versionInPython(const fs::path& file)
{
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);)
    {
        const auto begin = line.find_first_of("'\"");
        if (line.starts_with("__version__") && begin != std::string::npos)
        {
            const auto end = line.find(line[begin], begin + 1);
            return line.substr(begin + 1, end == std::string::npos ? end : end - begin - 1);
        }
    }
    return {};
}

/// The version of a libtorch archive, which has no Python.
std::string versionInArchive(const fs::path& file)
{
    std::string line;
    std::ifstream lines(file);
    std::getline(lines, line);
    return line;
}

std::optional<LibtorchPlace> packageAt(const fs::path& folder)
{
    if (!isThere(folder / "lib" / "libtorch_cpu.so"))
    {
        return std::nullopt;
    }
    LibtorchPlace place;
    place.folder = folder;
    place.version = versionInPython(folder / "version.py");
    if (place.version.empty())
    {
        place.version = versionInArchive(folder / "build-version");
    }
    place.cuda = isThere(folder / "lib" / "libtorch_cuda.so");
    return place;
}

/// The package that \a python would import as torch.
std::optional<LibtorchPlace> packageOf(const std::string& python)
{
    const auto answer = runCaptured({python, "-c", kFindTorch}, kPythonSeconds);
    const std::string folder = answer.output.substr(0, answer.output.find('\n'));
    return answer.status == 0 && !folder.empty() ? packageAt(folder) : std::nullopt;
}

bool isProgram(const fs::path& path)
{
    std::error_code error;
    const auto status = fs::status(path, error);
    return fs::is_regular_file(status) && (status.permissions() & fs::perms::owner_exec) != fs::perms::none;
}

/// Pythons worth asking, in order, each once.
std::vector<std::string> candidatePythons()
{
    std::vector<std::string> pythons;
    for (const char* name : {"VIRTUAL_ENV", "CONDA_PREFIX"})
    {
        if (const auto prefix = variable(name); !prefix.empty())
        {
            pythons.push_back((fs::path(prefix) / "bin" / "python3").string());
        }
    }
    pythons.insert(pythons.end(), {"python3", "python"});
    std::error_code error;
    std::vector<std::string> installed;
    for (const auto& entry : fs::directory_iterator("/opt", error))
    {
        for (const char* place : {".venv/bin/python3", "bin/python3"})
        {
            if (isProgram(entry.path() / place))
            {
                installed.push_back((entry.path() / place).string());
            }
        }
    }
    std::sort(installed.begin(), installed.end());
    pythons.insert(pythons.end(), installed.begin(), installed.end());
    return pythons;
}

bool suits(const LibtorchPlace& place)
{
    const std::string series = kLibtorchSeries;
    return place.version == series || place.version.starts_with(series + ".");
}

std::string refusal(const LibtorchPlace& place)
{
    return fmt::format("{} has LibTorch {} in {}, and {} is needed", place.foundBy,
                       place.version.empty() ? "of an unknown version" : place.version, place.folder.string(),
                       kLibtorchSeries);
}

/// What HEADROOM_LIBTORCH names: it is taken at its word, for it may be a build without a version.
LibtorchSearch namedLibtorch(const std::string& named)
{
    LibtorchSearch search;
    auto place = libtorchAt(named);
    if (!place)
    {
        search.rejected.push_back(
            fmt::format("HEADROOM_LIBTORCH is {}, and there is no lib/libtorch_cpu.so in it", named));
        return search;
    }
    place->foundBy = "HEADROOM_LIBTORCH";
    if (place->version.empty() || suits(*place))
    {
        search.found = std::move(place);
    }
    else
    {
        search.rejected.push_back(refusal(*place));
    }
    return search;
}

} // namespace

std::optional<LibtorchPlace> libtorchAt(const std::filesystem::path& place)
{
    if (isProgram(place))
    {
        return packageOf(place.string());
    }
    for (const auto& folder : {place, place / "torch", place.parent_path()})
    {
        if (auto package = packageAt(folder))
        {
            return package;
        }
    }
    const auto python = place / "bin" / "python3";
    return isProgram(python) ? packageOf(python.string()) : std::nullopt;
}

LibtorchSearch findLibtorch()
{
    if (const auto named = variable("HEADROOM_LIBTORCH"); !named.empty())
    {
        return namedLibtorch(named);
    }
    LibtorchSearch search;
    for (const auto& python : candidatePythons())
    {
        auto place = packageOf(python);
        if (!place)
        {
            continue;
        }
        place->foundBy = python;
        if (!suits(*place))
        {
            search.rejected.push_back(refusal(*place));
        }
        else if (place->cuda)
        {
            search.found = std::move(place);
            return search;
        }
        else if (!search.found)
        {
            search.found = std::move(place);
        }
    }
    return search;
}

std::string libraryPathOf(const LibtorchPlace& place)
{
    std::string joined = (place.folder / "lib").string();
    // The wheel's CUDA libraries lie in a package of their own beside torch.
    const auto cuda = place.folder.parent_path() / "nvidia" / "cu13" / "lib";
    if (isThere(cuda))
    {
        joined += ':';
        joined += cuda.string();
    }
    return joined;
}

} // namespace headroom
