// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/hint.h"

#include "ui/theme/theme.h"
#include "ui/widgets/label.h"

#include <QHBoxLayout>
#include <QPushButton>

namespace headroom::ui
{

Hint::Hint(const QString& title, const QString& text, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_title(new Label(theme, TextRole::Sentence)),
      m_text(new Label(theme, TextRole::Title)), m_buttons(new QHBoxLayout), m_layout(new QVBoxLayout(this))
{
    setObjectName(QStringLiteral("hint"));
    m_title->setAlignment(Qt::AlignCenter);
    m_title->setWordWrap(true);
    m_text->setAlignment(Qt::AlignCenter);
    m_text->setTone(Tone::Muted);
    m_text->setWordWrap(true);
    m_buttons->addStretch(1);
    m_buttons->addStretch(1);
    m_layout->addStretch(2);
    m_layout->addWidget(m_title);
    m_layout->addWidget(m_text);
    m_layout->addLayout(m_buttons);
    m_layout->addStretch(3);
    setTitle(title);
    setText(text);
    applySpacing();
    connect(&theme, &Theme::changed, this, &Hint::applySpacing);
}

void Hint::setTitle(const QString& title)
{
    m_title->setText(title);
    m_title->setVisible(!title.isEmpty());
    setAccessibleName(title);
}

void Hint::setText(const QString& text)
{
    m_text->setText(text);
    m_text->setVisible(!text.isEmpty());
    setAccessibleDescription(text);
}

void Hint::addAction(const QString& text, const QString& action)
{
    auto* button = new QPushButton(text);
    button->setObjectName(QStringLiteral("hint_") + action);
    button->setAccessibleName(text);
    if (m_count == 0)
    {
        button->setProperty("role", QStringLiteral("primary"));
    }
    m_buttons->insertWidget(++m_count, button);
    connect(button, &QPushButton::clicked, this, [this, action] { Q_EMIT actionRequested(action); });
}

void Hint::addUsualActions()
{
    addAction(tr("Run validation"), QStringLiteral("run"));
    addAction(tr("20-second demonstration"), QStringLiteral("demonstration"));
    addAction(tr("Open a report…"), QStringLiteral("open"));
}

void Hint::applySpacing()
{
    const int side = m_theme.space(8);
    m_layout->setContentsMargins(side, m_theme.space(4), side, m_theme.space(4));
    m_layout->setSpacing(m_theme.space(3));
    m_buttons->setSpacing(m_theme.space(2));
}

} // namespace headroom::ui
