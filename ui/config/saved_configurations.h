// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/config/configuration.h"

#include <QString>
#include <QStringList>

#include <filesystem>
#include <optional>

namespace headroom::ui
{

/// Configurations that the user has named: a JSON file each, in one folder.
class SavedConfigurations
{
public:
    explicit SavedConfigurations(std::filesystem::path folder);

    /// XDG_CONFIG_HOME/headroom/configurations, or below ~/.config; empty without either.
    static std::filesystem::path defaultFolder();

    QStringList names() const; ///< sorted

    /// \throws std::runtime_error with a sentence for a file that cannot be read or is no configuration.
    Configuration load(const QString& name) const;

    /// Replaces one of this name. \throws std::runtime_error with a sentence.
    void save(const QString& name, const Configuration& configuration) const;

    /// \throws std::runtime_error with a sentence.
    void remove(const QString& name) const;

    /// Why \a name cannot be one; empty when it can.
    static QString problemWithName(const QString& name);

private:
    std::filesystem::path fileOf(const QString& name) const;

    std::filesystem::path m_folder;
};

} // namespace headroom::ui
