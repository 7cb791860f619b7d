// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <QString>

namespace headroom::ui
{

/// What tells \a row from the others of its job: its backend; of a fix that an audit tried, whose two calls run the
/// same one, "as it is" or "changed".
QString rivalName(const Report& report, const CaseReport& row);

/// The same within a sentence: "math", and "cuDNN" as before, being a proper name.
QString rivalInSentence(const Report& report, const CaseReport& row);

} // namespace headroom::ui
