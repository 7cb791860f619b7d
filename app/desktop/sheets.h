// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QObject>

namespace headroom::desktop
{

class Overlay;
class WindowActions;
class Workbench;

/// What the window's overlay shows: the shortcuts, the runs that wait, what this program is.
class Sheets : public QObject
{
    Q_OBJECT

public:
    Sheets(const ui::Theme& theme, Workbench& bench, const WindowActions& actions, Overlay& overlay);

    void showShortcuts(const QString& pageKeys); ///< those of the pages, all of them
    void showQueue();
    void showAbout();

private:
    const ui::Theme& m_theme;
    Workbench& m_bench;
    const WindowActions& m_actions;
    Overlay& m_overlay;
};

} // namespace headroom::desktop
