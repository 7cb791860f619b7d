// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/model_inspection.h"
#include "core/report/format.h"
#include "core/report/report.h"
#include "core/report/table.h"

#include <vector>

namespace headroom
{

/// What stands in place of a figure that isOpaque() keeps from being taken.
inline constexpr std::string_view kNotSeen = "not seen (native code)";

/// Whether the loader of \a inspection shows nothing of what is in the model: no parameters and no calls.
bool isOpaque(const ModelInspection& inspection);

/// What was found in a model, as tables: a summary of two columns; its attention calls, those that are alike on one
/// row; and its modules as a tree, as deep as it can be read. Without calls or modules their table is left out.
std::vector<Table> inspectionTables(const ModelInspection& inspection, const Format& format);

/// The same of the model that \a report is of; none for the built-in one.
std::vector<Table> modelTables(const Report& report, const Format& format);

} // namespace headroom
