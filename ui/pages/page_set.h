// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>
#include <vector>

class QWidget;

namespace headroom::ui
{

class Page;
class Theme;

/// How to make one page. The rail needs the names before the page is there: a page is made when it is first wanted.
struct PageFactory
{
    QString id;               ///< as Page::id()
    QString title;            ///< as Page::title()
    bool beginsGroup = false; ///< a line stands before it in the rail
    std::function<Page*(const Theme&, QWidget* parent)> make;
};

/// All pages, in the rail's order.
std::vector<PageFactory> pageFactories();

/// Every page, made: for who wants them all, such as an export of the whole set.
std::vector<Page*> makePages(const Theme& theme, QWidget* parent);

} // namespace headroom::ui
