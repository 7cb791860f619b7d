// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/evidence.h"

#include <array>
#include <set>
#include <string_view>
#include <utility>

namespace headroom
{
namespace
{

using Signs = std::pair<std::string_view, Backend>;

/// Operators that only one backend has, by a part of their name. More telling ones first: the first that matches
/// counts.
constexpr std::array kOperatorSigns{
    Signs{"headroom::naive_attention", Backend::Naive},
    Signs{"_scaled_dot_product_flash_attention", Backend::Flash},
    Signs{"_scaled_dot_product_efficient_attention", Backend::MemoryEfficient},
    Signs{"_scaled_dot_product_cudnn_attention", Backend::Cudnn},
    Signs{"_scaled_dot_product_attention_math", Backend::Math},
};

/// Kernels of the fused backends, as seen in traces of LibTorch 2.11. Soft-max kernels are math's or naive's, which the
/// operators tell apart.
constexpr std::array kKernelSigns{
    Signs{"pytorch_flash::", Backend::Flash},
    Signs{"fmha_cutlass", Backend::MemoryEfficient},
    Signs{"cudnn_generated_fort_native_sdpa", Backend::Cudnn},
};

template <std::size_t Size>
std::set<Backend> matches(const std::vector<std::string>& names, const std::array<Signs, Size>& signs)
{
    std::set<Backend> found;
    for (const auto& name : names)
    {
        for (const auto& [part, backend] : signs)
        {
            if (name.find(part) != std::string::npos)
            {
                found.insert(backend);
                break;
            }
        }
    }
    return found;
}

} // namespace

std::optional<Backend> backendFromNames(const std::vector<std::string>& operators,
                                        const std::vector<std::string>& kernels)
{
    const auto byOperator = matches(operators, kOperatorSigns);
    const auto byKernel = matches(kernels, kKernelSigns);
    if (byOperator.size() > 1 || byKernel.size() > 1)
    {
        return std::nullopt;
    }
    if (byOperator.empty())
    {
        return byKernel.empty() ? std::nullopt : std::optional(*byKernel.begin());
    }
    const auto named = *byOperator.begin();
    // Where kernels were recorded they have the last word: an operator that did not launch its kernel is no proof.
    const bool contradicted = !byKernel.empty() && *byKernel.begin() != named;
    return contradicted ? std::nullopt : std::optional(named);
}

} // namespace headroom
