// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace headroom::ui
{

/// Registers the fonts that the program brings: Inter, DejaVu Sans Mono, and DejaVu Sans for characters that Inter
/// lacks. After the application is made, before the first text; once is enough, twice does no harm.
void loadProgramFonts();

} // namespace headroom::ui
