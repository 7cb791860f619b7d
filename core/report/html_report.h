// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <string>
#include <string_view>
#include <vector>

namespace headroom
{

/// A chart that is part of the document, drawn by who can draw.
struct HtmlChart
{
    std::string section; ///< the heading that it stands under; charts of one section follow each other
    std::string title;
    std::string description; ///< for those who cannot see it
    std::string lightUri;    ///< data: URIs, so that the document needs no other file
    std::string darkUri;
    int width = 0; ///< in pixels, as drawn
    int height = 0;
};

/// The report as one HTML file that loads nothing: the answer, \a charts, every table, the recommendations and the
/// circumstances; light or dark as the reader's system is. Headings, table headers and descriptions are marked as such.
std::string writeHtmlReport(const Report& report, const std::vector<HtmlChart>& charts = {});

/// \a text with the characters that HTML would take for its own written as entities.
std::string htmlEscaped(std::string_view text);

} // namespace headroom
