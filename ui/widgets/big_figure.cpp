// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/big_figure.h"

#include "ui/models/report_words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/label.h"

#include <QFontMetrics>
#include <QVBoxLayout>

#include <algorithm>

namespace headroom::ui
{
namespace
{

constexpr int kSmallestPixels = 16;

} // namespace

BigFigure::BigFigure(const Theme& theme, QWidget* parent)
    : QFrame(parent), m_theme(theme), m_label(new Label(theme, TextRole::Note)),
      m_figure(new Label(theme, TextRole::Figure)), m_note(new Label(theme, TextRole::Note)),
      m_layout(new QVBoxLayout(this))
{
    setProperty("role", QStringLiteral("panel"));
    m_label->setWordWrap(true);
    m_note->setWordWrap(true);
    m_figure->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_figure->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_figure->setFocusPolicy(Qt::NoFocus);
    m_layout->addWidget(m_label);
    m_layout->addWidget(m_figure);
    m_layout->addWidget(m_note);
    m_layout->addStretch(1);
    setFocusPolicy(Qt::TabFocus);
    applyTheme();
    connect(&theme, &Theme::changed, this, &BigFigure::applyTheme);
}

void BigFigure::setContent(const BigFigureContent& content)
{
    m_label->setText(content.label);
    m_figure->setText(content.text);
    m_figure->setTone(content.tone);
    m_note->setText(readable(content.note));
    setToolTip(content.definition);
    setFigure(*m_figure, content.figure);
    setFigures(*m_figure, content.basis);
    setFigures(*m_note, content.noteFigures);
    setAccessibleName(QStringLiteral("%1: %2").arg(content.label, content.text));
    setAccessibleDescription(content.note + QLatin1Char(' ') + content.definition);
    fit();
}

QString BigFigure::text() const
{
    return m_figure->text();
}

QSize BigFigure::minimumSizeHint() const
{
    return {m_theme.space(34), QFrame::minimumSizeHint().height()};
}

void BigFigure::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    fit();
}

void BigFigure::applyTheme()
{
    const int side = m_theme.space(4);
    m_layout->setContentsMargins(side, m_theme.space(3), side, m_theme.space(3));
    m_layout->setSpacing(m_theme.space(1));
    fit();
}

/// The figure is as large as the theme wants it, and smaller only where it would be cut.
void BigFigure::fit()
{
    QFont font = m_theme.font(TextRole::Figure);
    m_figure->setFixedHeight(QFontMetrics(font).height());
    const int room = contentsRect().width() - 2 * m_theme.space(4);
    while (font.pixelSize() > kSmallestPixels && QFontMetrics(font).horizontalAdvance(m_figure->text()) > room)
    {
        font.setPixelSize(font.pixelSize() - 1);
    }
    if (font != m_figure->font())
    {
        m_figure->setFont(font);
    }
}

} // namespace headroom::ui
