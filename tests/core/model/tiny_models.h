// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTest>

#include <filesystem>
#include <string>

namespace headroom
{

/// The folder of one of the tiny checkpoints that tools/make_tiny_models.py makes; of an empty name, of all of them.
inline std::filesystem::path tinyModelFolder(const std::string& name)
{
    return std::filesystem::path(HEADROOM_TEST_DATA) / "models" / name;
}

/// Rows of a test's data: a column "name", and a row for each of the tiny checkpoints.
inline void addTinyModels()
{
    QTest::addColumn<QByteArray>("name");
    for (const auto& folder : std::filesystem::directory_iterator(tinyModelFolder("")))
    {
        if (folder.is_directory())
        {
            const std::string name = folder.path().filename().string();
            QTest::newRow(name.c_str()) << QByteArray::fromStdString(name);
        }
    }
}

} // namespace headroom
