// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLayout>

#include <vector>

namespace headroom::ui
{

/// Items side by side in columns of equal width, as many as the width has room for at \a narrowest pixels each; those
/// of a line are equally high.
class TileLayout : public QLayout
{
public:
    explicit TileLayout(int narrowest, QWidget* parent = nullptr);
    ~TileLayout() override;

    void setNarrowest(int pixels);

    /// No more columns than this; 0: as many as there is room for.
    void setMostColumns(int columns);

    void addItem(QLayoutItem* item) override;
    int count() const override { return static_cast<int>(m_items.size()); }
    QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return Qt::Horizontal; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSize() const override;
    void setGeometry(const QRect& rect) override;
    void invalidate() override;

private:
    int columnsAt(int width) const;
    int arrange(const QRect& rect, bool place) const;
    std::vector<QLayoutItem*> shown() const;

    std::vector<QLayoutItem*> m_items;
    int m_narrowest;
    int m_mostColumns = 0;
    mutable int m_cachedWidth = -1;
    mutable int m_cachedHeight = 0;
};

} // namespace headroom::ui
