// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/backend.h"

#include <string>

namespace headroom
{

/// One change in both languages, to be copied.
struct CodeLines
{
    std::string cpp;
    std::string python;
};

/// Makes LibTorch choose \a backend wherever it takes the call, and math where it does not.
CodeLines preferBackend(Backend backend);

/// Takes \a backend out of LibTorch's choice.
CodeLines avoidBackend(Backend backend);

/// The plain call, with the choice left to LibTorch.
CodeLines plainCall();

} // namespace headroom
