// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/saved_configurations.h"

#include "core/encoding/whole_file.h"
#include "core/report/export.h"

#include <QCoreApplication>

#include <cstdlib>
#include <stdexcept>

#include <fmt/format.h>

namespace headroom::ui
{
namespace
{

constexpr const char* kExtension = ".json";
constexpr std::uintmax_t kLargestFile = 1 << 20; ///< bytes; a configuration has a few hundred

} // namespace

SavedConfigurations::SavedConfigurations(std::filesystem::path folder) : m_folder(std::move(folder)) {}

std::filesystem::path SavedConfigurations::defaultFolder()
{
    const char* config = std::getenv("XDG_CONFIG_HOME");
    const char* home = std::getenv("HOME");
    if (config != nullptr && *config != '\0')
    {
        return std::filesystem::path(config) / "headroom" / "configurations";
    }
    return home != nullptr && *home != '\0' ? std::filesystem::path(home) / ".config" / "headroom" / "configurations"
                                            : std::filesystem::path();
}

QStringList SavedConfigurations::names() const
{
    QStringList names;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(m_folder, error))
    {
        if (entry.path().extension() == kExtension)
        {
            names.append(QString::fromStdString(entry.path().stem().string()));
        }
    }
    names.sort(Qt::CaseInsensitive);
    return names;
}

Configuration SavedConfigurations::load(const QString& name) const
{
    const auto path = fileOf(name);
    std::error_code error;
    const bool tooLarge = std::filesystem::file_size(path, error) > kLargestFile;
    const std::string text = tooLarge || error ? std::string() : wholeFile(path, error);
    if (tooLarge || error)
    {
        throw std::runtime_error(fmt::format("Cannot read the configuration {}.", path.string()));
    }
    try
    {
        return parseJson(text).get<Configuration>();
    }
    catch (const std::exception&)
    {
        throw std::runtime_error(fmt::format("{} is no saved configuration, or is damaged.", path.string()));
    }
}

void SavedConfigurations::save(const QString& name, const Configuration& configuration) const
{
    if (m_folder.empty())
    {
        throw std::runtime_error("There is no place for configurations: neither XDG_CONFIG_HOME nor HOME is set.");
    }
    writeFileAtomically(fileOf(name), toJsonDocument(configuration) + "\n");
}

void SavedConfigurations::remove(const QString& name) const
{
    std::error_code error;
    std::filesystem::remove(fileOf(name), error);
    if (error)
    {
        throw std::runtime_error(fmt::format("Cannot remove {}: {}.", fileOf(name).string(), error.message()));
    }
}

QString SavedConfigurations::problemWithName(const QString& name)
{
    if (name.trimmed().isEmpty())
    {
        return QCoreApplication::translate("SavedConfigurations", "A name is missing.");
    }
    if (name.contains(QLatin1Char('/')) || name.startsWith(QLatin1Char('.')))
    {
        return QCoreApplication::translate("SavedConfigurations", "A name has no / and does not begin with a dot.");
    }
    return {};
}

std::filesystem::path SavedConfigurations::fileOf(const QString& name) const
{
    return m_folder / (name.toStdString() + kExtension);
}

} // namespace headroom::ui
