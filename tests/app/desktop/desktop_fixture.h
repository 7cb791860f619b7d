// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/desktop/desktop.h"
#include "app/desktop/main_window.h"
#include "core/run/fake_engine.h"

#include <QPushButton>
#include <QTemporaryDir>

#include <memory>

namespace headroom
{

/// The whole program over the fake worker, with folders of its own.
class DesktopFixture
{
public:
    DesktopFixture();

    /// A program as it is just after its start; the one before it is gone, as after a crash where \a script hangs.
    desktop::Desktop& start(const FakeScript& script = {}, const QStringList& files = {});
    desktop::Desktop& startWith(const WorkerCommand& worker);
    desktop::Desktop& startWithoutWorker();
    void end() { m_desktop.reset(); }

    desktop::Desktop& desktop() { return *m_desktop; }
    desktop::MainWindow& window() { return m_desktop->window(); }
    QString notice();                      ///< what the notice bar says; empty when it is not there
    QPushButton* button(const char* name); ///< by its object name; null when it is not visible
    void trigger(const char* action);
    QString path(const char* name) const { return m_folder.filePath(QLatin1String(name)); }

private:
    desktop::Desktop& begin(std::function<WorkerCommand()> finder, const QStringList& files);

    QTemporaryDir m_folder;
    std::unique_ptr<desktop::Desktop> m_desktop;
};

} // namespace headroom
