// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QWidget>

class QHBoxLayout;
class QVBoxLayout;

namespace headroom::ui
{

class Label;
class Theme;

/// In place of a page, or of a panel's body, that has nothing to show: what will be there, and the buttons that fill
/// it.
class Hint : public QWidget
{
    Q_OBJECT

public:
    Hint(const QString& title, const QString& text, const Theme& theme, QWidget* parent = nullptr);

    void setTitle(const QString& title);
    void setText(const QString& text);

    /// The first one is the primary one. \a action is what actionRequested() says.
    void addAction(const QString& text, const QString& action);

    /// The buttons that every empty page has: run what the form holds, the 20-second demonstration, open a report.
    void addUsualActions();

Q_SIGNALS:
    void actionRequested(const QString& action);

private:
    void applySpacing();

    const Theme& m_theme;
    Label* m_title;
    Label* m_text;
    QHBoxLayout* m_buttons;
    QVBoxLayout* m_layout;
    int m_count = 0;
};

} // namespace headroom::ui
