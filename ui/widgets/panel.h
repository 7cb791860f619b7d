// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QHBoxLayout;
class QVBoxLayout;

namespace headroom::ui
{

class Label;
class Theme;

/// A surface with a hairline around it: a title at the left, a note at the right (the unit, and which way is better),
/// and a body below.
class Panel : public QFrame
{
    Q_OBJECT

public:
    explicit Panel(const Theme& theme, QWidget* parent = nullptr);
    Panel(const QString& title, const QString& note, const Theme& theme, QWidget* parent = nullptr);

    void setTitle(const QString& title); ///< also its accessible name
    void setNote(const QString& note);
    QString title() const;

    QVBoxLayout* body() const { return m_body; }

    /// \a widget at the right end of the title's line.
    void addToHeader(QWidget* widget);

private:
    void applySpacing();

    const Theme& m_theme;
    Label* m_title;
    Label* m_note;
    QHBoxLayout* m_header;
    QVBoxLayout* m_body;
    QVBoxLayout* m_layout;
};

} // namespace headroom::ui
