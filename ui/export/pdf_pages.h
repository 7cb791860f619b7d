// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <QColor>
#include <QString>

class QPainter;
class QPdfWriter;

namespace headroom::ui
{

class PageSheet;
class Theme;

/// Of a document's pages: white where the theme is light.
QColor groundOf(const Theme& theme);

/// The first page of a document: what it is about, the answer, what it rests on, and the circumstances.
void drawTitlePage(QPainter& painter, QPdfWriter& pdf, const Report& report, const QString& name, const Theme& theme);

/// \a sheet across the width of the document's pages, on as many of them as it needs.
void drawSheet(QPainter& painter, QPdfWriter& pdf, const PageSheet& sheet, const Theme& theme);

} // namespace headroom::ui
