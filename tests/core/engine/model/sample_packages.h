// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace headroom
{

/// A file that tools/make_sample_packages.py made when the tests were built.
inline std::filesystem::path samplePackage(const std::string& name)
{
    return std::filesystem::path(HEADROOM_SAMPLE_PACKAGES) / name;
}

} // namespace headroom

/// Leaves a test where the build had no Python of LibTorch's to make the files with.
#define REQUIRE_SAMPLE_PACKAGES()                                                                                      \
    if (!std::filesystem::exists(headroom::samplePackage("causal.pt")))                                                \
    QSKIP("needs the files of tools/make_sample_packages.py: the build found no Python with torch")
