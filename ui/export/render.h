// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/export/render_options.h"

namespace headroom::ui
{

/// Draws what \a options ask for and prints the files' names, or a sentence to the standard error. Returns the
/// program's exit status: 0 written, 1 a file could not be written, 3 a report cannot be read. Needs a QApplication.
int render(const RenderOptions& options);

} // namespace headroom::ui
