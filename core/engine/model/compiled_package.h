// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

namespace headroom::engine
{

/// Runs an AOTInductor package (torch._inductor.aoti_compile_and_package) on \a tokens [B, S] and returns its first
/// output. The package is code: loading it runs what is in it.
/// \throws std::runtime_error with a sentence for a file that is no such package, or one made for other inputs.
at::Tensor runCompiledPackage(const std::string& path, const at::Tensor& tokens);

} // namespace headroom::engine
