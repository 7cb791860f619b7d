// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/table.h"
#include "ui/theme/theme.h"

#include <QLabel>

#include <map>

namespace headroom::ui
{

/// Text in one of the theme's roles, which follows the theme. Notes are in the secondary ink, unless a tone is set.
class Label : public QLabel
{
    Q_OBJECT

public:
    explicit Label(const Theme& theme, TextRole role = TextRole::Title, QWidget* parent = nullptr);
    Label(const QString& text, const Theme& theme, TextRole role = TextRole::Title, QWidget* parent = nullptr);

    /// Muted is the secondary ink.
    void setTone(Tone tone);
    Tone tone() const { return m_tone; }

    /// Semi-bold, as the titles of panels.
    void setStrong(bool strong);

    const Theme& theme() const { return m_theme; }

    /// Text that is wrapped can be as narrow as its place is: a long word must not make a whole column wide.
    QSize minimumSizeHint() const override;
    int heightForWidth(int width) const override;

protected:
    void changeEvent(QEvent* event) override;

private:
    void applyFont();
    void applyInk();

    const Theme& m_theme;
    TextRole m_role;
    Tone m_tone = Tone::Plain;
    bool m_strong = false;
    mutable QString m_heightsOf; ///< the text that the heights are of
    mutable std::map<int, int> m_heights;
};

/// The theme's colour for \a tone.
QColor colourOf(Tone tone, const Theme& theme);

} // namespace headroom::ui
