// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/page_keys.h"

#include <QStringList>

#include <algorithm>

namespace headroom::desktop
{
namespace
{

constexpr std::size_t kMostNumbers = 9;

/// Where the second group begins; behind all where there is none.
std::size_t secondGroup(const std::vector<ui::PageFactory>& pages)
{
    const auto begin =
        std::find_if(pages.begin(), pages.end(), [](const ui::PageFactory& page) { return page.beginsGroup; });
    return static_cast<std::size_t>(begin - pages.begin());
}

} // namespace

QKeySequence pageKeys(const std::vector<ui::PageFactory>& pages, std::size_t index)
{
    const std::size_t second = secondGroup(pages);
    const bool first = index < second;
    const std::size_t number = (first ? index : index - second) + 1;
    return number > kMostNumbers
               ? QKeySequence()
               : QKeySequence((first ? QStringLiteral("Ctrl+%1") : QStringLiteral("Alt+%1")).arg(number));
}

QString pageKeyRanges(const std::vector<ui::PageFactory>& pages)
{
    QStringList ranges;
    const std::size_t second = secondGroup(pages);
    for (const auto& [from, to] : {std::pair(std::size_t{0}, second), std::pair(second, pages.size())})
    {
        const std::size_t last = std::min(to, from + kMostNumbers);
        if (from < last)
        {
            ranges << QStringLiteral("%1 … %2").arg(pageKeys(pages, from).toString(),
                                                    pageKeys(pages, last - 1).toString());
        }
    }
    return ranges.join(QStringLiteral(", "));
}

} // namespace headroom::desktop
