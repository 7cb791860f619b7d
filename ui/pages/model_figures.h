// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/model_inspection.h"
#include "ui/widgets/big_figure.h"

#include <QString>

#include <vector>

namespace headroom::ui
{

/// What the page of a model says of it. \a source is where the inspection stands in the report's JSON; empty for one of
/// no report.

/// "TestModel spends 30 % of its forward pass in 3 attention calls; flash ran all of them."
QString modelSentence(const ModelInspection& seen);

/// Loader, data type, device, what goes in and comes out.
QString modelNote(const ModelInspection& seen);

/// Parameters, attention's share, forward pass, attention calls.
std::vector<BigFigureContent> modelFigures(const ModelInspection& seen, const QString& source);

} // namespace headroom::ui
