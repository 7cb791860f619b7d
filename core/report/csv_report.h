// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <string>

namespace headroom
{

/// The report as comma-separated values (RFC 4180, CRLF): a header with units, then a row for each case, in full
/// precision. What is absent is an empty field; NaN and infinity are written as such.
std::string writeCsvReport(const Report& report);

} // namespace headroom
