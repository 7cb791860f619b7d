// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/exported_graph.h"

#include <ATen/core/ivalue.h>
#include <caffe2/serialize/inline_container.h>

#include <string>
#include <string_view>

namespace headroom::engine
{

/// What is looked for in an archive before LibTorch, which believes it, is given it.

/// The operator in \a source, the code of a TorchScript archive, that reads or writes files or talks to other machines:
/// "torch.save", "torch.from_file"; empty without one. LibTorch runs such operators with the user's rights, those of
/// __setstate__ while it loads.
std::string reachInSource(std::string_view source);

/// The same of all code in \a archive: "torch.save in code/__torch__.py".
std::string reachOfScript(caffe2::serialize::PyTorchStreamReader& archive);

/// Whether \a target, of a node of an exported graph, is such an operator.
bool reachesOut(std::string_view target);

/// \throws std::runtime_error with a sentence where \a reach, of the model at \a path, names an operator and the user
/// has not allowed it.
void refuseReach(const std::string& path, const std::string& reach, bool allowNativeCode);

/// Holds the records of the weights and constants of an exported program against what its graph says of them: nativert
/// makes tensors of that over the records' memory, however short they are (torch/nativert/executor/Weights.cpp).
/// \throws std::runtime_error with a sentence for a record that is missing or too short.
void checkStoredTensors(caffe2::serialize::PyTorchStreamReader& archive, const ExportedGraph& graph,
                        const std::string& modelName);

/// Looks at every tensor in \a value, lists, dictionaries and objects among it, as torch::jit::load() left it: its
/// reader takes the size of a storage from the pickle, and never holds it against the record that the numbers are in.
/// \throws std::runtime_error where a storage is larger than the memory that was read for it.
void checkLoadedStorages(const c10::IValue& value);

} // namespace headroom::engine
