// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace headroom
{

/// \a name of a kernel, as CUPTI gives it, as one says it: without return type, template arguments, parameters and
/// anonymous namespaces. "void pytorch_flash::flash_fwd_kernel<Traits<64, 128>, false>(Params)" is
/// "pytorch_flash::flash_fwd_kernel". A name of another make stays as it is.
std::string shortKernelName(std::string_view name);

} // namespace headroom
