// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QFrame>
#include <QString>

#include <deque>
#include <functional>
#include <vector>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace headroom::desktop
{

/// A sentence for the user, with what can be done about it.
struct Notice
{
    struct Action
    {
        QString text;
        std::function<void()> act; ///< after which the notice goes
    };

    QString sentence;
    std::vector<Action> actions;
    QString kind; ///< a later notice of the same kind takes its place; empty: of no kind
};

/// What has to be said and must not stop anybody: a bar below the title, one notice at a time, each until it is
/// answered or put away.
class NoticeBar : public QFrame
{
    Q_OBJECT

public:
    NoticeBar(const ui::Theme& theme, QWidget* parent);

    void say(Notice notice);
    void putAway(); ///< the notice that is shown
    void putAwayKind(const QString& kind);
    bool shows(const QString& kind) const;

private:
    void applyTheme();
    void showFirst();

    const ui::Theme& m_theme;
    std::deque<Notice> m_notices; ///< the first is shown
    QLabel* m_text;
    QHBoxLayout* m_buttons;
    QPushButton* m_close;
    QPushButton* m_closeAll = nullptr;
};

} // namespace headroom::desktop
