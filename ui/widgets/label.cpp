// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/label.h"

#include <QStyle>

#include <algorithm>

namespace headroom::ui
{
namespace
{

QString toneName(Tone tone)
{
    switch (tone)
    {
    case Tone::Good:
        return QStringLiteral("good");
    case Tone::Caution:
        return QStringLiteral("caution");
    case Tone::Bad:
        return QStringLiteral("bad");
    case Tone::Plain:
    case Tone::Muted:
        break;
    }
    return {};
}

} // namespace

Label::Label(const Theme& theme, TextRole role, QWidget* parent) : QLabel(parent), m_theme(theme), m_role(role)
{
    setTextFormat(Qt::PlainText);
    applyFont();
    applyInk();
    connect(&theme, &Theme::changed, this, &Label::applyFont);
}

Label::Label(const QString& text, const Theme& theme, TextRole role, QWidget* parent) : Label(theme, role, parent)
{
    setText(text);
}

void Label::setTone(Tone tone)
{
    if (tone != m_tone)
    {
        m_tone = tone;
        applyInk();
    }
}

void Label::setStrong(bool strong)
{
    m_strong = strong;
    applyFont();
}

QSize Label::minimumSizeHint() const
{
    const QSize size = QLabel::minimumSizeHint();
    return wordWrap() ? QSize(std::min(size.width(), m_theme.space(10)), size.height()) : size;
}

void Label::applyFont()
{
    QFont font = m_theme.font(m_role);
    if (m_strong)
    {
        font.setWeight(QFont::DemiBold);
    }
    setFont(font);
}

void Label::applyInk()
{
    const bool secondary = m_tone == Tone::Muted || (m_role == TextRole::Note && m_tone == Tone::Plain);
    setProperty("role", secondary ? QStringLiteral("secondary") : QString());
    setProperty("tone", toneName(m_tone));
    style()->unpolish(this); // a style sheet looks at properties only then
    style()->polish(this);
}

QColor colourOf(Tone tone, const Theme& theme)
{
    const Colours& colours = theme.colours();
    switch (tone)
    {
    case Tone::Good:
        return colours.good;
    case Tone::Caution:
        return colours.caution;
    case Tone::Bad:
        return colours.bad;
    case Tone::Muted:
        return colours.secondary;
    case Tone::Plain:
        break;
    }
    return colours.text;
}

} // namespace headroom::ui
