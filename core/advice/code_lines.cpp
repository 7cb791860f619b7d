// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/advice/code_lines.h"

#include <fmt/format.h>

namespace headroom
{
namespace
{

/// What LibTorch 2.11 calls a backend: torch.nn.attention.SDPBackend, at::Context and torch.backends.cuda (whose
/// switches hold on the CPU as well).
struct Names
{
    std::string_view python;
    std::string_view contextSwitch;
    std::string_view pythonSwitch;
};

Names namesOf(Backend backend)
{
    switch (backend)
    {
    case Backend::Flash:
        return {"FLASH_ATTENTION", "setSDPUseFlash", "enable_flash_sdp"};
    case Backend::MemoryEfficient:
        return {"EFFICIENT_ATTENTION", "setSDPUseMemEfficient", "enable_mem_efficient_sdp"};
    case Backend::Cudnn:
        return {"CUDNN_ATTENTION", "setSDPUseCuDNN", "enable_cudnn_sdp"};
    case Backend::Math:
    case Backend::Default:
    case Backend::Naive:
    case Backend::Fp64:
        break;
    }
    return {"MATH", "setSDPUseMath", "enable_math_sdp"};
}

} // namespace

CodeLines preferBackend(Backend backend)
{
    // Switches and no priority order: LibTorch 2.11 overwrites an order at its first CUDA call, and does not check one.
    std::string switches;
    for (const auto other : kFusedBackends)
    {
        if (other != backend)
        {
            switches += fmt::format("{}at::globalContext().{}(false);", switches.empty() ? "" : "\n",
                                    namesOf(other).contextSwitch);
        }
    }
    const std::string fallback = backend == Backend::Math ? "" : ", SDPBackend.MATH";
    return {switches, fmt::format("from torch.nn.attention import SDPBackend, sdpa_kernel\n"
                                  "with sdpa_kernel([SDPBackend.{}{}]):\n"
                                  "    output = model(tokens)",
                                  namesOf(backend).python, fallback)};
}

CodeLines avoidBackend(Backend backend)
{
    return {fmt::format("at::globalContext().{}(false);", namesOf(backend).contextSwitch),
            fmt::format("torch.backends.cuda.{}(False)", namesOf(backend).pythonSwitch)};
}

CodeLines plainCall()
{
    return {"at::scaled_dot_product_attention(query, key, value);",
            "torch.nn.functional.scaled_dot_product_attention(query, key, value)"};
}

} // namespace headroom
