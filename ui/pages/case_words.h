// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <QString>

namespace headroom::ui
{

/// What is odd about a case, for a read-out: its flags, why it is not ranked, samples with a label. Empty mostly.
QString oddities(const CaseReport& row);

/// All that is the same in a sweep but its sizes: "bfloat16 · causal · 16 heads · head_dim 128", or the model.
QString familyOf(const Case& measured);

/// A case in one line: "Flash · training step · B4 S128 · cold L2".
QString caseTitle(const Case& measured);

} // namespace headroom::ui
