// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/case_delegate.h"

#include "ui/models/case_table_model.h"
#include "ui/theme/theme.h"
#include "ui/widgets/label.h"

#include <QPainter>

namespace headroom::ui
{
namespace
{

bool standsRight(const QModelIndex& index)
{
    return index.isValid() && (index.data(Qt::TextAlignmentRole).toInt() & Qt::AlignRight) != 0;
}

bool isBehindANumber(const QModelIndex& index)
{
    return index.column() > 0 && !standsRight(index) && standsRight(index.siblingAtColumn(index.column() - 1));
}

} // namespace

CaseDelegate::CaseDelegate(const Theme& theme, QObject* parent) : QStyledItemDelegate(parent), m_theme(theme) {}

QSize CaseDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    return QStyledItemDelegate::sizeHint(option, index) + QSize(m_theme.space(2), 0);
}

void CaseDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    const auto tone = static_cast<Tone>(index.data(kToneRole).toInt());
    const QColor ink = colourOf(tone, m_theme);
    if (isBehindANumber(index))
    {
        option->text.prepend(QChar(0x2003)); // an em space: the word would touch the number
    }
    for (const auto role : {QPalette::Text, QPalette::HighlightedText, QPalette::WindowText})
    {
        option->palette.setColor(role, ink);
    }
    if (const QVariant backend = index.data(kBackendRole); backend.isValid())
    {
        const int size = m_theme.space(2) + 1;
        QPixmap dot(size * 2, size * 2);
        dot.setDevicePixelRatio(2);
        dot.fill(Qt::transparent);
        QPainter painter(&dot);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.backendColour(static_cast<Backend>(backend.toInt())));
        painter.drawEllipse(0, 0, size, size);
        option->features |= QStyleOptionViewItem::HasDecoration;
        option->icon = QIcon(dot);
        option->icon.addPixmap(dot, QIcon::Selected); // a backend has one colour everywhere: no tint of the selection
        option->decorationSize = QSize(size, size);
    }
}

} // namespace headroom::ui
