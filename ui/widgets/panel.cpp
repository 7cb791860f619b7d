// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/panel.h"

#include "ui/theme/theme.h"
#include "ui/widgets/label.h"

#include <QHBoxLayout>

namespace headroom::ui
{

Panel::Panel(const Theme& theme, QWidget* parent)
    : QFrame(parent), m_theme(theme), m_title(new Label(theme, TextRole::Title)),
      m_note(new Label(theme, TextRole::Note)), m_header(new QHBoxLayout), m_body(new QVBoxLayout),
      m_layout(new QVBoxLayout(this))
{
    setProperty("role", QStringLiteral("panel"));
    m_title->setStrong(true);
    m_note->setObjectName(QStringLiteral("panelNote"));
    m_note->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_note->setWordWrap(true);
    m_header->addWidget(m_title);
    m_header->addWidget(m_note, 1);
    m_layout->addLayout(m_header);
    m_layout->addLayout(m_body, 1);
    setTitle({});
    setNote({});
    applySpacing();
    connect(&theme, &Theme::changed, this, &Panel::applySpacing);
}

Panel::Panel(const QString& title, const QString& note, const Theme& theme, QWidget* parent) : Panel(theme, parent)
{
    setTitle(title);
    setNote(note);
}

void Panel::setTitle(const QString& title)
{
    m_title->setText(title);
    m_title->setVisible(!title.isEmpty());
    setAccessibleName(title);
}

void Panel::setNote(const QString& note)
{
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
}

QString Panel::title() const
{
    return m_title->text();
}

void Panel::addToHeader(QWidget* widget)
{
    m_header->addWidget(widget);
}

void Panel::applySpacing()
{
    const int side = m_theme.space(4);
    m_layout->setContentsMargins(side, m_theme.space(3), side, m_theme.space(3));
    m_layout->setSpacing(m_theme.space(2));
    m_header->setSpacing(m_theme.space(3));
    m_body->setSpacing(m_theme.space(2));
}

} // namespace headroom::ui
