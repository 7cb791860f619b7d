// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/desktop/workbench.h"
#include "ui/theme/theme.h"

#include <QStringList>

#include <functional>
#include <memory>

class QApplication;

namespace headroom::desktop
{

class MainWindow;

/// The whole program but its main(): the look, the workbench and the window, put together in the order that has the
/// window on the screen soonest.
class Desktop
{
public:
    Desktop(QApplication& application, std::function<WorkerCommand()> workerFinder);
    ~Desktop();

    /// Shows the window; what takes time, \a files for one, begins when it is there.
    void show(const QStringList& files);

    MainWindow& window() { return *m_window; }
    Workbench& bench() { return m_bench; }
    ui::Theme& theme() { return m_theme; }

private:
    ui::Theme m_theme;
    Workbench m_bench;
    std::unique_ptr<MainWindow> m_window;
};

} // namespace headroom::desktop
