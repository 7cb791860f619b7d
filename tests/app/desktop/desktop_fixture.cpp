// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop_fixture.h"

#include "core/encoding/json.h"

#include <QAction>
#include <QApplication>
#include <QLabel>

namespace headroom
{

DesktopFixture::DesktopFixture()
{
    for (const char* name : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"})
    {
        qputenv(name, m_folder.filePath(QLatin1String(name)).toLocal8Bit());
    }
}

desktop::Desktop& DesktopFixture::start(const FakeScript& script, const QStringList& files)
{
    const WorkerCommand command{{HEADROOM_FAKE_WORKER}, {{"HEADROOM_FAKE", toJsonLine(Json(script))}}};
    return begin([command] { return command; }, files);
}

desktop::Desktop& DesktopFixture::startWith(const WorkerCommand& worker)
{
    return begin([worker] { return worker; }, {});
}

desktop::Desktop& DesktopFixture::startWithoutWorker()
{
    return begin([] { return WorkerCommand{{"/nowhere/headroom-worker"}, {}}; }, {});
}

desktop::Desktop& DesktopFixture::begin(std::function<WorkerCommand()> finder, const QStringList& files)
{
    m_desktop.reset();
    m_desktop = std::make_unique<desktop::Desktop>(*qApp, std::move(finder));
    m_desktop->show(files);
    return *m_desktop;
}

QString DesktopFixture::notice()
{
    const auto* bar = window().findChild<QWidget*>(QStringLiteral("noticeBar"));
    return bar->isVisible() ? window().findChild<QLabel*>(QStringLiteral("noticeText"))->text() : QString();
}

QPushButton* DesktopFixture::button(const char* name)
{
    for (auto* found : window().findChildren<QPushButton*>(QLatin1String(name)))
    {
        if (found->isVisible())
        {
            return found;
        }
    }
    return nullptr;
}

void DesktopFixture::trigger(const char* action)
{
    window().findChild<QAction*>(QLatin1String(action))->trigger();
}

} // namespace headroom
