// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"
#include "ui/models/figure.h"

#include <optional>

namespace headroom::ui
{

/// Figures with their places in the JSON of the report that they are part of. \a row and the like are elements of that
/// report, not copies.

/// "/cases/3" and \a below it: "/cases/3/result/peakBytes".
QString casePath(const Report& report, const CaseReport& row, const char* below);

Figure medianOf(const Report& report, const CaseReport& row); ///< the median device time, in ns
Figure peakBytesOf(const Report& report, const CaseReport& row);
Figure tokenRateOf(const Report& report, const CaseReport& row);

/// The ratio of \a comparison: an element of Report::comparisons, or that of a headline.
Figure ratioOf(const Report& report, const ComparisonReport& comparison);

/// \a below a tensor of a judgement: "/judgements/2/tensors/0/ratio".
QString tensorPath(const Report& report, const Judgement& judgement, const TensorJudgement& tensor, const char* below);

Figure conclusionOf(const Report& report);

} // namespace headroom::ui
