// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/circumstances_diff.h"
#include "core/report/format.h"
#include "core/report/report.h"
#include "core/report/shared_cases.h"

#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// In what the circumstances of \a other differ from those of \a first, as far as a figure may depend on it, in the
/// order in which it weighs: the device, its clock and power limit, the data type, and then the software.
///
/// Beside what the machine says of itself (differencesBetween()) stand what only the cases tell:
///  * "data type": those that were measured. It matters where none is shared.
///  * "clock": the median SM clock of the samples of the cases that both have (of all cases where none is shared), when
///    the two are further apart than 3 %.
///  * "FLOP rule": a report holds rates and not the work behind them, so the work is rate times median; where two
///    reports come to another work for one case, they count by unlike rules, and their FLOP/s are not to be compared.
std::vector<CircumstanceDifference> unlikenessOf(const Report& first, const Report& other);

/// The same of reports whose cases were brought together before.
std::vector<CircumstanceDifference> unlikenessOf(const Report& first, const Report& other, const CaseMeeting& meeting);

/// Whether verdicts may be given: nothing among \a differences matters.
bool areAlike(const std::vector<CircumstanceDifference>& differences);

/// The place of a circumstance among all by how much it weighs, the heaviest first.
int weightPlace(std::string_view name);

/// A circumstance in a reader's words: "power limit" for "device.powerLimitW".
std::string circumstanceName(std::string_view name);

/// Its value with the unit: "700 W"; "not recorded" where there is none.
std::string circumstanceValue(std::string_view name, const std::string& value, const Format& format);

/// Whether a sentence on circumstances has their values.
enum class CircumstanceValues
{
    Named,
    LeftOut ///< where several reports differ, each in a sentence of its own
};

/// "cpu_run differs in device (AMD EPYC, here NVIDIA H100), driver (…) and 4 more.", or that nothing does. Without the
/// values: "cpu_run differs in device, driver and 4 more."
std::string unlikeSentence(const std::string& otherName, const std::vector<CircumstanceDifference>& differences,
                           const Format& format, CircumstanceValues values = CircumstanceValues::Named);

} // namespace headroom
