// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/nativert_kernels.h"

#include <c10/util/Registry.h>

#include <functional>
#include <string>
#include <unordered_map>

namespace torch::nativert
{

class OpKernel;
class Node;

using CpuKernelRegistry = c10::Registry<std::string, std::unique_ptr<OpKernel>, const Node*>;

/// libtorch_cpu exports it, and the wheel has no header of it. Weak: another LibTorch may have none.
__attribute__((weak)) CpuKernelRegistry* StaticallyDispatchedCPUKernelRegistry();

} // namespace torch::nativert

namespace headroom::engine
{
namespace
{

using Registry = torch::nativert::CpuKernelRegistry;
using KernelTable = std::unordered_map<std::string, Registry::Creator>;

constexpr const char* kWrongKernel = "torch.ops.aten.mul.Scalar";

/// c10::Registry adds and overrides, and takes nothing out. An explicit instantiation may name a private member
/// ([temp.spec.general]), which leads to its table.
template <KernelTable Registry::*Table> struct TableReach
{
    friend KernelTable& tableOf(Registry& registry) { return registry.*Table; }
};
KernelTable& tableOf(Registry& registry);
template struct TableReach<&Registry::registry_>;

/// Null where this LibTorch hides it.
KernelTable* kernelTable()
{
    return torch::nativert::StaticallyDispatchedCPUKernelRegistry == nullptr
               ? nullptr
               : &tableOf(*torch::nativert::StaticallyDispatchedCPUKernelRegistry());
}

} // namespace

struct DispatchedOperators::Kernels
{
    KernelTable table;
};

bool leaveOutWrongKernel()
{
    KernelTable* const table = kernelTable();
    if (table != nullptr)
    {
        table->erase(kWrongKernel);
    }
    return table != nullptr;
}

DispatchedOperators::DispatchedOperators() : m_kept(std::make_unique<Kernels>())
{
    if (KernelTable* const table = kernelTable())
    {
        table->swap(m_kept->table);
    }
}

DispatchedOperators::~DispatchedOperators()
{
    if (KernelTable* const table = kernelTable())
    {
        table->swap(m_kept->table);
    }
}

} // namespace headroom::engine
