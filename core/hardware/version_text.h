// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fmt/format.h>

#include <string>

namespace headroom
{

/// How NVIDIA's libraries count their versions, as people write them. Empty for 0, which is none.

/// "9.19.0" of CUDNN_VERSION since cuDNN 9, 91900 (cudnn_version.h).
inline std::string cudnnVersionText(int version)
{
    return version > 0 ? fmt::format("{}.{}.{}", version / 10000, version / 100 % 100, version % 100) : std::string();
}

/// "13.0" of CUDART_VERSION, 13000 (cuda_runtime_api.h).
inline std::string cudaVersionText(int version)
{
    return version > 0 ? fmt::format("{}.{}", version / 1000, version % 1000 / 10) : std::string();
}

} // namespace headroom
