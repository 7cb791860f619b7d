// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

namespace headroom::engine
{

// nativert, which runs exported programs, has kernels of its own for some three hundred operators on the CPU. It calls
// them past LibTorch's dispatcher, where no watch sees them, and binds them when it loads a program
// (torch/nativert/kernels/KernelRegistry.cpp). Its runner takes no option that leaves them out, so it is done in its
// table of kernels: what is not there goes to LibTorch's operator. Used by one thread.

/// Leaves out the kernel that is wrong in LibTorch 2.11: that of mul.Scalar, which a multiplication by a number
/// becomes. It goes through memory in a row, whatever the strides, and allocates for the elements alone. Of a tensor
/// that does not fill its memory (a part of a packed projection, an expanded one) it gives other numbers, reads what
/// lies behind its result, and writes there. The other kernels were held against their operators on such tensors, and
/// none differs.
/// \return whether it is left out of what is loaded from now on; false where this LibTorch hides its table.
bool leaveOutWrongKernel();

/// While it lives, programs that are loaded call LibTorch's operators alone, which a watch sees.
class DispatchedOperators
{
public:
    DispatchedOperators();
    ~DispatchedOperators();
    DispatchedOperators(const DispatchedOperators&) = delete;
    DispatchedOperators& operator=(const DispatchedOperators&) = delete;

private:
    struct Kernels;
    std::unique_ptr<Kernels> m_kept;
};

} // namespace headroom::engine
