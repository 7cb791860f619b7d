// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/desktop.h"

#include "app/desktop/main_window.h"

#include <QApplication>
#include <QStyleFactory>
#include <QTimer>

namespace headroom::desktop
{
namespace
{

/// A beat of the event loop later than the first paint, which is done in the one after the window's exposure.
constexpr int kAfterFirstPaintMs = 20;

} // namespace

Desktop::Desktop(QApplication& application, std::function<WorkerCommand()> workerFinder)
    : m_bench(std::move(workerFinder))
{
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    ui::Theme::loadFonts();
    m_theme.setChoice(m_bench.session().scheme());
    m_theme.applyTo(application);
    m_window = std::make_unique<MainWindow>(m_theme, m_bench);
}

Desktop::~Desktop() = default;

void Desktop::show(const QStringList& files)
{
    m_window->show();
    QTimer::singleShot(kAfterFirstPaintMs, m_window.get(), [this, files] { m_window->begin(files); });
}

} // namespace headroom::desktop
