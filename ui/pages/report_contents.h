// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"
#include "core/report/table.h"

#include <QString>

#include <vector>

namespace headroom::ui
{

/// A format that a report can be written in.
struct ExportFormat
{
    QString id; ///< also the ending of its files
    QString name;
    QString about;   ///< what is in it, and whom it is for, in a sentence
    QString preview; ///< what the preview shows of it
};

/// For people first, for programs last.
const std::vector<ExportFormat>& exportFormats();

/// What a report holds: two columns, a part and how much of it there is.
Table contentsOf(const Report& report);

} // namespace headroom::ui
