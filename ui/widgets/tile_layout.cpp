// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/tile_layout.h"

#include <QWidget>

#include <algorithm>

namespace headroom::ui
{
namespace
{

int heightOf(const QLayoutItem& item, int width)
{
    return item.hasHeightForWidth() ? item.heightForWidth(width) : item.sizeHint().height();
}

} // namespace

TileLayout::TileLayout(int narrowest, QWidget* parent) : QLayout(parent), m_narrowest(narrowest)
{
    setContentsMargins(0, 0, 0, 0);
}

TileLayout::~TileLayout()
{
    for (QLayoutItem* item : m_items)
    {
        delete item;
    }
}

void TileLayout::setNarrowest(int pixels)
{
    m_narrowest = pixels;
    invalidate();
}

void TileLayout::setMostColumns(int columns)
{
    m_mostColumns = columns;
    invalidate();
}

void TileLayout::addItem(QLayoutItem* item)
{
    m_items.push_back(item);
    invalidate();
}

QLayoutItem* TileLayout::itemAt(int index) const
{
    return index >= 0 && index < count() ? m_items[static_cast<std::size_t>(index)] : nullptr;
}

QLayoutItem* TileLayout::takeAt(int index)
{
    QLayoutItem* item = itemAt(index);
    if (item != nullptr)
    {
        m_items.erase(m_items.begin() + index);
        invalidate();
    }
    return item;
}

int TileLayout::heightForWidth(int width) const
{
    if (width != m_cachedWidth)
    {
        m_cachedHeight = arrange(QRect(0, 0, width, 0), false);
        m_cachedWidth = width;
    }
    return m_cachedHeight;
}

QSize TileLayout::sizeHint() const
{
    const int columns = std::max(1, std::min(static_cast<int>(shown().size()), m_mostColumns > 0 ? m_mostColumns : 4));
    const int width = columns * m_narrowest + (columns - 1) * std::max(0, spacing());
    return {width, heightForWidth(width)};
}

QSize TileLayout::minimumSize() const
{
    QSize size;
    for (const QLayoutItem* item : shown())
    {
        size = size.expandedTo(item->minimumSize());
    }
    return size;
}

void TileLayout::setGeometry(const QRect& rect)
{
    QLayout::setGeometry(rect);
    arrange(rect, true);
}

void TileLayout::invalidate()
{
    m_cachedWidth = -1;
    QLayout::invalidate();
}

int TileLayout::columnsAt(int width) const
{
    const int gap = std::max(0, spacing());
    int columns = std::max(1, (width + gap) / std::max(1, m_narrowest + gap));
    if (m_mostColumns > 0)
    {
        columns = std::min(columns, m_mostColumns);
    }
    const int items = static_cast<int>(shown().size());
    columns = std::clamp(columns, 1, std::max(1, items));
    const int lines = (items + columns - 1) / columns; // 4 in 3 columns are better as 2 and 2
    return lines > 0 ? (items + lines - 1) / lines : columns;
}

int TileLayout::arrange(const QRect& rect, bool place) const
{
    const auto items = shown();
    const int gap = std::max(0, spacing());
    const int columns = columnsAt(rect.width());
    const double step = (rect.width() + gap) / static_cast<double>(columns);
    int y = rect.y();
    for (std::size_t first = 0; first < items.size(); first += static_cast<std::size_t>(columns))
    {
        const std::size_t end = std::min(items.size(), first + static_cast<std::size_t>(columns));
        int height = 0;
        for (std::size_t at = first; at < end; ++at)
        {
            height = std::max(height, heightOf(*items[at], static_cast<int>(step) - gap));
        }
        for (std::size_t at = first; place && at < end; ++at)
        {
            const double left = static_cast<double>(at - first) * step;
            const int x = static_cast<int>(left);
            items[at]->setGeometry(QRect(rect.x() + x, y, static_cast<int>(left + step) - gap - x, height));
        }
        y += height + gap;
    }
    return std::max(0, y - gap - rect.y());
}

std::vector<QLayoutItem*> TileLayout::shown() const
{
    std::vector<QLayoutItem*> items;
    std::copy_if(m_items.begin(), m_items.end(), std::back_inserter(items),
                 [](const QLayoutItem* item) { return !item->isEmpty(); });
    return items;
}

} // namespace headroom::ui
