// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/presentation.h"

#include <QMainWindow>
#include <QScreen>
#include <QShortcut>

#include <algorithm>

namespace headroom::desktop
{
namespace
{

/// The window without rail and form leaves room for type this much larger at the size that pages are made for.
constexpr double kUsualWidth = 1000;
constexpr double kUsualHeight = 640;
constexpr double kLeastScale = 1.25;
constexpr double kMostScale = 2.5;

double scaleFor(const QSize& screen)
{
    return std::clamp(std::min(screen.width() / kUsualWidth, screen.height() / kUsualHeight), kLeastScale, kMostScale);
}

} // namespace

Presentation::Presentation(ui::Theme& theme, QMainWindow& window, std::vector<QWidget*> hidden)
    : QObject(&window), m_theme(theme), m_window(window), m_hidden(std::move(hidden))
{
    for (const int key : {Qt::Key_Right, Qt::Key_PageDown, Qt::Key_Space, Qt::Key_Down})
    {
        addKey(key,
               [this]
               {
                   Q_EMIT stepped(1);
                   dropFocus();
               });
    }
    for (const int key : {Qt::Key_Left, Qt::Key_PageUp, Qt::Key_Backspace, Qt::Key_Up})
    {
        addKey(key,
               [this]
               {
                   Q_EMIT stepped(-1);
                   dropFocus();
               });
    }
    addKey(Qt::Key_Home, [this] { Q_EMIT jumped(false); });
    addKey(Qt::Key_End, [this] { Q_EMIT jumped(true); });
    addKey(Qt::Key_Escape, [this] { end(); });
}

void Presentation::addKey(int key, std::function<void()> act)
{
    auto* shortcut = new QShortcut(QKeySequence(key), &m_window);
    shortcut->setEnabled(false);
    connect(shortcut, &QShortcut::activated, this, std::move(act));
    m_keys.push_back(shortcut);
}

/// A field that gets the focus by itself, as the parts are hidden or a page comes up, would keep the keys that step.
void Presentation::dropFocus()
{
    if (QWidget* widget = m_window.focusWidget())
    {
        widget->clearFocus();
    }
}

void Presentation::begin()
{
    if (m_on)
    {
        return;
    }
    m_on = true;
    m_wasMaximized = m_window.isMaximized();
    m_wereVisible.clear();
    for (QWidget* part : m_hidden)
    {
        if (part->isVisible())
        {
            m_wereVisible.push_back(part);
            part->hide();
        }
    }
    for (QShortcut* key : m_keys)
    {
        key->setEnabled(true);
    }
    m_window.showFullScreen();
    m_theme.setScale(scaleFor(m_window.screen()->size()));
    dropFocus();
    Q_EMIT changed();
}

void Presentation::end()
{
    if (!m_on)
    {
        return;
    }
    m_on = false;
    for (QShortcut* key : m_keys)
    {
        key->setEnabled(false);
    }
    m_theme.setScale(1);
    for (QWidget* part : m_wereVisible)
    {
        part->show();
    }
    m_wasMaximized ? m_window.showMaximized() : m_window.showNormal();
    Q_EMIT changed();
}

} // namespace headroom::desktop
