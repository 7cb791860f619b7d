// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDir>
#include <QTemporaryDir>

#include <filesystem>
#include <fstream>
#include <string>

/// A temporary folder in the place of /, with files in it as Linux tells of itself under /proc and /sys.
class SystemFiles
{
public:
    std::filesystem::path root() const { return m_folder.path().toStdString(); }

    /// \a file below the root; its folders are made.
    void write(const std::filesystem::path& file, const std::string& text) const
    {
        std::filesystem::create_directories((root() / file).parent_path());
        std::ofstream(root() / file) << text;
    }

    /// Whether \a folder below the root is gone with all that is in it. Not by std::filesystem, whose function LibTorch
    /// brings a copy of.
    bool remove(const std::filesystem::path& folder) const
    {
        return QDir(QString::fromStdString((root() / folder).string())).removeRecursively();
    }

private:
    QTemporaryDir m_folder;
};
