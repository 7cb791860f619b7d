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

/// A weight, buffer or constant that the package must hold.
struct StoredTensor
{
    std::string name;
    bool constant = false;
    std::int64_t bytes = 0; ///< that its sizes, strides and offset reach over
};

/// What the graph of an exported program says of it.
struct ExportedGraph
{
    std::string className;
    std::vector<NeededInput> inputs; ///< flat, in their order
    std::vector<ModelModule> modules;
    std::vector<std::string> sdpaPaths;   ///< of scaled_dot_product_attention, in the order of the graph
    std::vector<std::string> directPaths; ///< of one backend's own operators
    std::vector<ModelCall> written;       ///< matrix product, softmax, matrix product of batched tensors
    std::vector<StoredTensor> stored;
    std::string reachesOut; ///< the first operator that opens files or talks to other machines; empty without one
    std::int64_t parameters = 0;
    std::int64_t weightBytes = 0;
    std::string device;                      ///< "cpu", "cuda"
    std::optional<c10::ScalarType> type;     ///< of the first floating-point parameter
    std::vector<std::string> gappedProducts; ///< modules of multiplications by a number, on the CPU, of tensors that
                                             ///< do not fill their memory (leaveOutWrongKernel())
};

/// Reads models/model.json of a package of torch.export.save (torch/_export/serde/schema.py, version 8).
/// \throws std::runtime_error with a sentence for a text that is none.
ExportedGraph readExportedGraph(std::string_view json);

} // namespace headroom::engine
