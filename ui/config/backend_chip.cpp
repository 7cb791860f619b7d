// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/backend_chip.h"

#include "core/report/format.h"
#include "ui/models/report_words.h"
#include "ui/theme/theme.h"

#include <QPainter>

namespace headroom::ui
{
BackendChip::BackendChip(Backend backend, const Theme& theme, QWidget* parent)
    : QAbstractButton(parent), m_theme(theme), m_backend(backend)
{
    setObjectName(QStringLiteral("chip-") + textOf(toString(backend)));
    setText(backendName(backend));
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    connect(&theme, &Theme::changed, this,
            [this]
            {
                updateGeometry();
                update();
            });
}

void BackendChip::setOutlook(const BackendOutlook& outlook, bool isDefault)
{
    m_outlook = outlook;
    const Format format;
    QString says = outlook.takesAll()    ? tr("%1 will run").arg(text())
                   : outlook.takesNone() ? tr("%1 will not run: %2").arg(text(), textOf(reasonsOf(outlook.refusal)))
                                         : tr("%1 takes %2 of %3 calls. Not: %4")
                                               .arg(text())
                                               .arg(outlook.taken)
                                               .arg(outlook.calls)
                                               .arg(textOf(reasonsOf(outlook.refusal)));
    if (isDefault)
    {
        says += QLatin1Char('\n') + tr("LibTorch is expected to choose it by itself.");
    }
    if (outlook.peakBytes)
    {
        says += QLatin1Char('\n') + tr("Expected peak memory: %1").arg(textOf(format.bytes(*outlook.peakBytes)));
    }
    setToolTip(says);
    setAccessibleName(says.section(QLatin1Char('\n'), 0, 0));
    updateGeometry();
    update();
}

QSize BackendChip::sizeHint() const
{
    QFont font = m_theme.font(TextRole::Note);
    font.setWeight(QFont::DemiBold);
    const QFontMetrics metrics(font);
    return {metrics.horizontalAdvance(text()) + m_theme.space(7), metrics.height() + m_theme.space(1) + 3};
}

void BackendChip::paintEvent(QPaintEvent*)
{
    const auto& colours = m_theme.colours();
    const bool none = m_outlook.takesNone();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF pill = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setBrush(none ? colours.field : colours.selected);
    painter.setPen(QPen(hasFocus() || underMouse() ? colours.accent : none ? colours.line : colours.selected, 1));
    painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2);
    const double dot = m_theme.space(2) - 1;
    const QRectF mark(m_theme.space(2), (height() - dot) / 2, dot, dot);
    painter.setPen(none ? QPen(colours.secondary, 1) : QPen(Qt::NoPen));
    painter.setBrush(none ? QBrush(Qt::NoBrush) : QBrush(m_theme.backendColour(m_backend)));
    painter.drawEllipse(mark);
    QFont font = m_theme.font(TextRole::Note);
    font.setWeight(QFont::DemiBold);
    font.setStrikeOut(none);
    painter.setFont(font);
    painter.setPen(none ? colours.secondary : m_outlook.takesAll() ? colours.good : colours.caution);
    painter.drawText(rect().adjusted(m_theme.space(5), 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, text());
}

} // namespace headroom::ui
