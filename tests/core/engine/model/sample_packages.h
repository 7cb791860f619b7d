// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace headroom
{

/// A file that tools/make_sample_packages.py made when the tests were built; on another machine the folder of them is
/// HEADROOM_SAMPLES.
inline std::filesystem::path samplePackage(const std::string& name)
{
    const char* const moved = std::getenv("HEADROOM_SAMPLES");
    return std::filesystem::path(moved != nullptr ? moved : HEADROOM_SAMPLE_PACKAGES) / name;
}

} // namespace headroom

/// Leaves a test where the build had no Python of LibTorch's to make the files with.
#define REQUIRE_SAMPLE_PACKAGES()                                                                                      \
    if (!std::filesystem::exists(headroom::samplePackage("causal.pt")))                                                \
    QSKIP("needs the files of tools/make_sample_packages.py: the build found no Python with torch")
