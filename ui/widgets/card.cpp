// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/card.h"

#include "ui/models/report_words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/label.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>

namespace headroom::ui
{

Card::Card(const QString& title, Tone tone, const Theme& theme, QWidget* parent)
    : QFrame(parent), m_theme(theme), m_tone(tone), m_layout(new QVBoxLayout(this)), m_actions(new QHBoxLayout)
{
    setAccessibleName(title);
    auto* label = new Label(readable(title), theme, TextRole::Title);
    label->setObjectName(QStringLiteral("cardTitle"));
    label->setStrong(true);
    label->setWordWrap(true);
    m_layout->addWidget(label);
    m_actions->addStretch(1);
    m_layout->addStretch(1);
    m_layout->addLayout(m_actions);
    applySpacing();
    connect(&theme, &Theme::changed, this, &Card::applySpacing);
}

Label* Card::addText(const QString& text, Tone tone, bool strong)
{
    auto* label = new Label(readable(text), m_theme, TextRole::Note);
    label->setTone(tone);
    label->setStrong(strong);
    label->setWordWrap(true);
    addWidget(label);
    return label;
}

void Card::addWidget(QWidget* widget)
{
    m_layout->insertWidget(m_layout->count() - 2, widget); // above the stretch and the buttons
}

QPushButton* Card::addAction(const QString& text, const QString& objectName, bool atRight)
{
    auto* button = new QPushButton(text);
    button->setProperty("role", QStringLiteral("link"));
    button->setObjectName(objectName);
    if (atRight)
    {
        m_actions->addWidget(button);
    }
    else
    {
        m_actions->insertWidget(m_leftActions++, button);
    }
    return button;
}

void Card::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setClipRect(rect()); // a PDF would keep the clipping of the widget before
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    const double radius = m_theme.space(2);
    QPainterPath outline;
    outline.addRoundedRect(box, radius, radius);
    painter.fillPath(outline, m_theme.colours().page);
    QPainterPath edge; // cut out and not clipped: a drawing to a file is the same
    edge.addRect(0, 0, m_theme.space(1), height());
    painter.fillPath(outline.intersected(edge), colourOf(m_tone, m_theme));
    painter.setPen(m_theme.colours().line);
    painter.drawPath(outline);
}

void Card::applySpacing()
{
    m_layout->setContentsMargins(m_theme.space(4), m_theme.space(3), m_theme.space(3), m_theme.space(2));
    m_layout->setSpacing(m_theme.space(1) + m_theme.space(1) / 2);
}

} // namespace headroom::ui
