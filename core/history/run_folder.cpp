// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/run_folder.h"

#include "core/report/export.h"
#include "core/report/fold.h"
#include "core/run/journal.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <stdexcept>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace headroom
{
namespace
{

namespace fs = std::filesystem;

constexpr std::size_t kLongestTitle = 40;
constexpr std::uintmax_t kLeastSpace = 16u << 20; ///< a quick validation's journal has less than 1 MiB
constexpr int kMostAttempts = 100;

/// A folder that is being read.
class OpenFolder
{
public:
    explicit OpenFolder(const fs::path& path) : m_folder(::opendir(path.c_str())) {}
    ~OpenFolder()
    {
        if (m_folder != nullptr)
        {
            ::closedir(m_folder);
        }
    }
    OpenFolder(const OpenFolder&) = delete;
    OpenFolder& operator=(const OpenFolder&) = delete;
    explicit operator bool() const { return m_folder != nullptr; }
    const dirent* next() { return ::readdir(m_folder); }
    int descriptor() const { return ::dirfd(m_folder); }

private:
    DIR* m_folder;
};

/// The files in \a folder whose name has \a ending; \a prefix is put before each name. One call of the system for a
/// file: a history may have ten thousand of them, and is looked through for each list.
std::vector<RunFile> filesIn(const fs::path& folder, std::string_view ending, const std::string& prefix)
{
    OpenFolder open(folder);
    if (!open)
    {
        if (errno == ENOENT)
        {
            return {};
        }
        throw std::runtime_error(fmt::format("The history in {} cannot be read: {}. Name another folder with --history "
                                             "or HEADROOM_HISTORY.",
                                             folder.string(), std::strerror(errno)));
    }
    std::vector<RunFile> files;
    while (const dirent* entry = open.next())
    {
        const std::string_view name = entry->d_name;
        struct stat facts
        {
        };
        if (name.ends_with(ending) && !name.starts_with('.') &&
            ::fstatat(open.descriptor(), entry->d_name, &facts, 0) == 0 && S_ISREG(facts.st_mode))
        {
            files.push_back({prefix + std::string(name), facts.st_size,
                             facts.st_mtim.tv_sec * 1'000'000'000LL + facts.st_mtim.tv_nsec,
                             static_cast<std::int64_t>(facts.st_ino)});
        }
    }
    std::sort(files.begin(), files.end(), [](const RunFile& a, const RunFile& b) { return a.name < b.name; });
    return files;
}

bool isPlain(char letter)
{
    return std::isalnum(static_cast<unsigned char>(letter)) != 0 && static_cast<unsigned char>(letter) < 128;
}

std::string localStamp()
{
    const auto now = std::chrono::system_clock::now();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    return fmt::format("{:%Y%m%d-%H%M%S}-{:03}", local, ms);
}

std::string titleInName(std::string_view title)
{
    std::string name;
    for (const char letter : title.substr(0, kLongestTitle))
    {
        name += isPlain(letter) ? static_cast<char>(std::tolower(static_cast<unsigned char>(letter))) : '-';
    }
    return name.empty() ? "run" : name;
}

int hexDigit(char letter)
{
    return letter <= '9' ? letter - '0' : letter - 'A' + 10;
}

[[noreturn]] void failToKeep(const fs::path& folder, std::string_view reason)
{
    throw std::runtime_error(fmt::format("Runs cannot be kept in {}: {}.", folder.string(), reason));
}

} // namespace

fs::path RunFolder::defaultPath()
{
    if (const char* chosen = std::getenv("HEADROOM_HISTORY"); chosen != nullptr && *chosen != '\0')
    {
        std::error_code error;
        return fs::absolute(chosen, error);
    }
    const char* data = std::getenv("XDG_DATA_HOME");
    if (data != nullptr && *data == '/') // a relative one is invalid (XDG Base Directory Specification)
    {
        return fs::path(data) / "headroom" / "runs";
    }
    const char* home = std::getenv("HOME");
    return home != nullptr && *home != '\0' ? fs::path(home) / ".local" / "share" / "headroom" / "runs" : fs::path();
}

fs::path RunFolder::importedFile(std::string_view run) const
{
    return m_path / "imported" / (fileNameOf(run) + ".json");
}

fs::path RunFolder::marksFile(std::string_view run) const
{
    return m_path / "marks" / (fileNameOf(run) + ".json");
}

fs::path RunFolder::baselineFile(std::string_view name) const
{
    return m_path / "baselines" / (fileNameOf(name) + ".json");
}

fs::path RunFolder::newJournal(std::string_view title) const
{
    const std::string stem = fmt::format("{}-{}", localStamp(), titleInName(title));
    fs::path journal = m_path / (stem + std::string(kJournalEnding));
    std::error_code error;
    for (int other = 2; fs::exists(fs::symlink_status(journal, error)); ++other)
    {
        journal = m_path / fmt::format("{}-{}{}", stem, other, kJournalEnding);
    }
    return journal;
}

fs::path RunFolder::makeJournal(std::string_view title) const
{
    if (m_path.empty())
    {
        throw std::runtime_error("There is no place for the history: neither HEADROOM_HISTORY, XDG_DATA_HOME nor HOME "
                                 "is set.");
    }
    std::error_code error;
    fs::create_directories(m_path, error);
    if (error)
    {
        failToKeep(m_path, error.message());
    }
    const fs::space_info space = fs::space(m_path, error);
    if (!error && space.available < kLeastSpace)
    {
        failToKeep(m_path, fmt::format("its disk has {} KiB left", space.available / 1024));
    }
    for (int attempt = 0; attempt < kMostAttempts; ++attempt)
    {
        fs::path journal = newJournal(title);
        const int file = ::open(journal.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (file >= 0)
        {
            ::close(file);
            return journal;
        }
        if (errno != EEXIST) // else another program was given the name just now
        {
            failToKeep(m_path, std::strerror(errno));
        }
    }
    failToKeep(m_path, "every name is taken");
}

std::vector<RunFile> RunFolder::runFiles() const
{
    std::vector<RunFile> files = filesIn(m_path, kJournalEnding, "");
    const std::vector<RunFile> imported = filesIn(m_path / "imported", ".json", "imported/");
    files.insert(files.end(), imported.begin(), imported.end());
    return files;
}

std::vector<RunFile> RunFolder::marksFiles() const
{
    return filesIn(m_path / "marks", ".json", "marks/");
}

std::vector<RunFile> RunFolder::baselineFiles() const
{
    return filesIn(m_path / "baselines", ".json", "baselines/");
}

std::string fileNameOf(std::string_view name)
{
    std::string encoded;
    for (const char letter : name)
    {
        const bool first = encoded.empty(); // a leading dot would hide the file, and ".." is another folder
        if (isPlain(letter) || letter == '_' || letter == '-' || (letter == '.' && !first))
        {
            encoded += letter;
        }
        else
        {
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(letter));
        }
    }
    return encoded.empty() ? "%" : encoded;
}

std::string decodedFileName(const fs::path& file)
{
    const std::string encoded = file.stem().string();
    std::string name;
    for (std::size_t i = 0; i < encoded.size(); ++i)
    {
        const bool coded = encoded[i] == '%' && i + 2 < encoded.size() &&
                           std::isxdigit(static_cast<unsigned char>(encoded[i + 1])) != 0 &&
                           std::isxdigit(static_cast<unsigned char>(encoded[i + 2])) != 0;
        if (coded)
        {
            name += static_cast<char>(16 * hexDigit(encoded[i + 1]) + hexDigit(encoded[i + 2]));
            i += 2;
        }
        else if (encoded != "%")
        {
            name += encoded[i];
        }
    }
    return name;
}

Report readRun(const fs::path& file)
{
    if (file.filename().string().ends_with(kJournalEnding))
    {
        return foldEvents(readJournal(file).events);
    }
    AnyReport any = openReport(file);
    if (auto* report = std::get_if<Report>(&any))
    {
        return std::move(*report);
    }
    throw std::runtime_error(fmt::format("{} is a report of the original tool, which names no run and holds no "
                                         "samples; `headroom-cli report` shows it.",
                                         file.string()));
}

} // namespace headroom
