// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/scroll_column.h"

#include "ui/theme/theme.h"

#include <QVBoxLayout>

namespace headroom::ui
{

ScrollColumn::ScrollColumn(const Theme& theme, QWidget* parent)
    : QScrollArea(parent), m_theme(theme), m_column(new QVBoxLayout)
{
    auto* content = new QWidget;
    content->setObjectName(QStringLiteral("pageContent"));
    content->setLayout(m_column);
    content->setMinimumWidth(1); // the column is as wide as the page, whatever its content would like
    setWidget(content);
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    applySpacing();
    connect(&theme, &Theme::changed, this, &ScrollColumn::applySpacing);
}

void ScrollColumn::setFlush()
{
    m_flush = true;
    applySpacing();
}

void ScrollColumn::applySpacing()
{
    const int side = m_flush ? 0 : m_theme.space(4);
    const int above = m_flush ? 0 : m_theme.space(3);
    m_column->setContentsMargins(side, above, side, above);
    m_column->setSpacing(m_theme.space(3));
}

} // namespace headroom::ui
