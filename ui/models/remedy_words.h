// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/eligibility.h"

#include <QString>

namespace headroom::ui
{

/// Of a backend that no change of the call alone helps to: so much, and what the rules that fail would take, such as
/// another device.
QString withoutRemedy(const Eligibility& refusal);

} // namespace headroom::ui
