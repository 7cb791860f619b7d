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
    setProperty("strong", strong); // the style sheet would take the weight away again when the theme changes
    applyFont();
    applyInk();
}

QSize Label::minimumSizeHint() const
{
    const QSize size = QLabel::minimumSizeHint();
    return wordWrap() ? QSize(std::min(size.width(), m_theme.space(10)), size.height()) : size;
}

/// Layouts inside each other ask the same again and again, and a label whose text can be selected would be laid out
/// each time.
int Label::heightForWidth(int width) const
{
    if (m_heightsOf != text() || !wordWrap())
    {
        m_heights.clear();
        m_heightsOf = text();
    }
    if (!wordWrap())
    {
        return QLabel::heightForWidth(width);
    }
    const auto [known, isNew] = m_heights.try_emplace(width, 0);
    if (isNew)
    {
        known->second = QLabel::heightForWidth(width);
    }
    return known->second;
}

void Label::changeEvent(QEvent* event)
{
    m_heights.clear();
    QLabel::changeEvent(event);
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
    if (testAttribute(
            Qt::WA_WState_Polished)) // a style sheet looks at properties only then; a new label it has not met
    {
        style()->unpolish(this);
        style()->polish(this);
    }
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
