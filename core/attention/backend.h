// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/enum_text.h"

namespace headroom
{

/// Who computes an attention call.
///
/// Default leaves the choice to LibTorch. Flash, MemoryEfficient, Cudnn and Math are the backends of
/// scaled_dot_product_attention (at::SDPBackend). Naive is Headroom's own matmul, scale, softmax, matmul in the
/// problem's data type: the accuracy yardstick. Fp64 is Headroom's own blocked reference in double precision.
enum class Backend
{
    Default,
    Flash,
    MemoryEfficient,
    Cudnn,
    Math,
    Naive,
    Fp64
};

template <> struct EnumNames<Backend>
{
    static constexpr std::string_view kind = "backend";
    static constexpr std::array names{
        std::pair{Backend::Default, std::string_view{"default"}},
        std::pair{Backend::Flash, std::string_view{"flash"}},
        std::pair{Backend::MemoryEfficient, std::string_view{"memory-efficient"}},
        std::pair{Backend::Cudnn, std::string_view{"cudnn"}},
        std::pair{Backend::Math, std::string_view{"math"}},
        std::pair{Backend::Naive, std::string_view{"naive"}},
        std::pair{Backend::Fp64, std::string_view{"fp64"}},
    };
};

/// The four backends that scaled_dot_product_attention chooses among.
inline constexpr std::array kSdpaBackends{Backend::Cudnn, Backend::Flash, Backend::MemoryEfficient, Backend::Math};

/// The fused ones: a single kernel that never writes the score matrix to memory.
inline constexpr std::array kFusedBackends{Backend::Cudnn, Backend::Flash, Backend::MemoryEfficient};

constexpr bool isFused(Backend backend)
{
    return backend == Backend::Flash || backend == Backend::MemoryEfficient || backend == Backend::Cudnn;
}

} // namespace headroom
