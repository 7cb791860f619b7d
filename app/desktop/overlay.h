// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QFrame>
#include <QString>

#include <vector>

class QLabel;
class QPushButton;
class QScrollArea;

namespace headroom::desktop
{

/// A sheet over the window's middle with something to read; Escape puts it away. Nothing behind it stops.
class Overlay : public QFrame
{
    Q_OBJECT

public:
    Overlay(const ui::Theme& theme, QWidget* window);

    void showText(const QString& title, const QString& text); ///< in fixed width
    void showWidget(const QString& title, QWidget* content);  ///< which it takes

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void place();
    void applyTheme();

    const ui::Theme& m_theme;
    QLabel* m_title;
    QScrollArea* m_area;
    QPushButton* m_close;
};

} // namespace headroom::desktop
