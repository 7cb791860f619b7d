// SPDX-License-Identifier: GPL-3.0-or-later
//
// The reader of the graph in a package of torch.export, given hostile bytes. It may refuse with std::runtime_error;
// what it takes must hold together.

#include "core/engine/model/exported_graph.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    try
    {
        const auto graph =
            headroom::engine::readExportedGraph(std::string_view(reinterpret_cast<const char*>(data), size));
        if (graph.parameters < 0 || graph.weightBytes < 0 || graph.modules.empty())
        {
            std::abort();
        }
    }
    catch (const std::runtime_error&)
    {
        return 0; // refused, with a sentence
    }
    return 0;
}
