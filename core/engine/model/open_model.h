// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/loaded_model.h"

#include <memory>

namespace headroom::engine
{

/// Opens the model of \a request on \a device by what is in its file: a folder or config.json of Hugging Face,
/// TorchScript, a package of torch.export, an AOTInductor package. Weights get the request's data type where the loader
/// can change it. Nothing of a file is used before it was checked as far as its loader can; packages with native code
/// are refused unless the request allows them.
/// \throws std::runtime_error with a sentence that says what to do.
std::unique_ptr<LoadedModel> openModel(const InspectionRequest& request, c10::Device device);

/// The data type that \a model runs in for \a request: the one that is asked for where its loader can change it, else
/// its own.
c10::ScalarType typeOf(const LoadedModel& model, const InspectionRequest& request);

} // namespace headroom::engine
