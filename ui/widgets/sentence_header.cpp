// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/sentence_header.h"

#include "ui/models/report_words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/label.h"

#include <QVBoxLayout>

namespace headroom::ui
{

SentenceHeader::SentenceHeader(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_sentence(new Label(theme, TextRole::Sentence)),
      m_note(new Label(theme, TextRole::Note)), m_layout(new QVBoxLayout(this))
{
    m_sentence->setObjectName(QStringLiteral("sentence"));
    m_sentence->setWordWrap(true);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_note->setObjectName(QStringLiteral("sentenceNote"));
    m_note->setWordWrap(true);
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->addWidget(m_sentence);
    m_layout->addWidget(m_note);
    applySpacing();
    connect(&theme, &Theme::changed, this, &SentenceHeader::applySpacing);
}

void SentenceHeader::setSentence(const QString& sentence, const Figure& figure)
{
    m_text = sentence;
    m_sentence->setText(readable(sentence));
    setFigure(*m_sentence, figure);
    setAccessibleName(sentence);
}

void SentenceHeader::setNote(const QString& note)
{
    m_note->setText(readable(note));
    m_note->setVisible(!note.isEmpty());
    setAccessibleDescription(note);
}

QString SentenceHeader::sentence() const
{
    return m_text;
}

void SentenceHeader::applySpacing()
{
    m_layout->setSpacing(m_theme.space(1));
}

} // namespace headroom::ui
