// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/needed_inputs.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom::engine
{

/// What the graph of an exported program says of it.
struct ExportedGraph
{
    std::string className;
    std::vector<NeededInput> inputs; ///< flat, in their order
    std::vector<ModelModule> modules;
    std::vector<std::string> sdpaPaths;   ///< of scaled_dot_product_attention, in the order of the graph
    std::vector<std::string> directPaths; ///< of one backend's own operators
    std::vector<ModelCall> written;       ///< matrix product, softmax, matrix product of batched tensors
    std::int64_t parameters = 0;
    std::int64_t weightBytes = 0;
    std::string device;                  ///< "cpu", "cuda"
    std::optional<c10::ScalarType> type; ///< of the first floating-point parameter
};

/// Reads models/model.json of a package of torch.export.save (torch/_export/serde/schema.py, version 8).
/// \throws std::runtime_error with a sentence for a text that is none.
ExportedGraph readExportedGraph(std::string_view json);

} // namespace headroom::engine
