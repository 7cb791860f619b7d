// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPalette>
#include <QString>

class QWidget;

namespace headroom::ui
{

class Theme;

/// The style sheet of all standard widgets. Beside their types it knows these names, set as the dynamic property
/// "role": of buttons "primary" (filled with the accent), "quiet" (tinted), "link" (text alone), "rail" (a page in the
/// rail); of labels "secondary", "title", "sentence", "figure", "code"; of frames "panel", "bar" (title and status
/// bar), "column", "line"; and the property "tone" ("good", "caution", "bad") of labels.
QString styleSheetOf(const Theme& theme);

QPalette paletteOf(const Theme& theme);

/// Sets "role" or "tone" of \a widget, and draws it anew where that changed something.
void setRole(QWidget* widget, const char* role);
void setTone(QWidget* widget, const char* tone); ///< "": none

} // namespace headroom::ui
