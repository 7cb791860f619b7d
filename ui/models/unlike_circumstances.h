// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances_diff.h"
#include "core/report/report.h"

#include <QString>

#include <vector>

namespace headroom::ui
{

/// In what the circumstances of \a other differ from those of \a first, as far as a figure may depend on it: the
/// device, its clock and power limit, the data type, and then the software. Beside what the machine says of itself, the
/// data types that were measured and the clock that the samples were taken at.
std::vector<CircumstanceDifference> unlikenessOf(const Report& first, const Report& other);

/// The place of a circumstance among all by how much it weighs, the heaviest first.
int weightPlace(const std::string& name);

/// A circumstance in a reader's words: "power limit" for "device.powerLimitW".
QString circumstanceName(const std::string& name);

/// Its value with the unit: "700 W"; "not recorded" where there is none.
QString circumstanceValue(const std::string& name, const std::string& value);

/// "cpu_run differs in device (AMD EPYC, here NVIDIA H100), driver (…) and 4 more.", or that nothing does.
QString unlikeSentence(const QString& otherName, const std::vector<CircumstanceDifference>& differences);

} // namespace headroom::ui
