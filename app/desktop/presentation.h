// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QObject>

#include <functional>
#include <vector>

class QMainWindow;
class QShortcut;

namespace headroom::desktop
{

/// Full screen, large type, the page alone; keys go through the pages, Escape ends it.
class Presentation : public QObject
{
    Q_OBJECT

public:
    /// \a hidden are the parts of \a window that are not for an audience.
    Presentation(ui::Theme& theme, QMainWindow& window, std::vector<QWidget*> hidden);

    bool isOn() const { return m_on; }
    void begin();
    void end();

Q_SIGNALS:
    void stepped(int pages); ///< forth or back
    void jumped(bool toLast);
    void changed();

private:
    void addKey(int key, std::function<void()> act);
    void dropFocus();

    ui::Theme& m_theme;
    QMainWindow& m_window;
    std::vector<QWidget*> m_hidden;
    std::vector<QWidget*> m_wereVisible;
    std::vector<QShortcut*> m_keys;
    bool m_on = false;
    bool m_wasMaximized = false;
};

} // namespace headroom::desktop
