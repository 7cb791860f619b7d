// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace headroom::desktop
{

/// A report that was measured by Headroom and comes with it, for a machine without a GPU.
struct ReferenceReport
{
    QString path; ///< in the program's resources
    QString title;
    QString note;
};

std::vector<ReferenceReport> referenceReports();

} // namespace headroom::desktop
