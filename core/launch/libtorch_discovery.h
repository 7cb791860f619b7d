// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace headroom
{

/// The LibTorch that a worker is built against, and the only one that it runs with: the C++ interface has no promise of
/// staying compatible from one minor version to the next.
inline constexpr const char* kLibtorchSeries = "2.11";

/// A LibTorch inside a Python's `torch` package, or an unpacked libtorch archive.
struct LibtorchPlace
{
    std::filesystem::path folder; ///< has lib/libtorch_cpu.so
    std::string version;          ///< "2.11.0+cu130"; empty when nothing says
    bool cuda = false;            ///< has lib/libtorch_cuda.so
    std::string foundBy;          ///< "HEADROOM_LIBTORCH", "python3", "/opt/ai/.venv/bin/python3"

    bool operator==(const LibtorchPlace&) const = default;
};

struct LibtorchSearch
{
    std::optional<LibtorchPlace> found;
    std::vector<std::string> rejected; ///< what was looked at and why it will not do, a clause each
};

/// Where \a place is a `torch` package, its lib folder, a site-packages folder, a virtual environment or a Python
/// program: the LibTorch in it. Nothing when there is none.
std::optional<LibtorchPlace> libtorchAt(const std::filesystem::path& place);

/// Looks for a LibTorch of kLibtorchSeries: in HEADROOM_LIBTORCH alone where that is set; else in what python3 and
/// python on PATH, VIRTUAL_ENV, CONDA_PREFIX, /opt/*/.venv and /opt/* say of torch. Python is asked where the package
/// lies and does not import it. The first one with CUDA is taken, else the first one.
LibtorchSearch findLibtorch();

/// Folders for LD_LIBRARY_PATH, joined by colons: LibTorch's own and the CUDA runtime's beside it.
std::string libraryPathOf(const LibtorchPlace& place);

} // namespace headroom
