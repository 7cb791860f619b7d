// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/preset_menu.h"

#include "ui/models/report_words.h"

#include <exception>

namespace headroom::ui
{

PresetMenu::PresetMenu(QWidget* parent) : QMenu(parent), m_saved(SavedConfigurations::defaultFolder())
{
    setToolTipsVisible(true);
    connect(this, &QMenu::aboutToShow, this, &PresetMenu::fill);
}

void PresetMenu::fill()
{
    clear();
    addSection(tr("Models"));
    for (const auto& preset : modelPresets())
    {
        auto* action = addAction(textOf(preset.title));
        action->setToolTip(preset.note.empty()
                               ? textOf(preset.what)
                               : QStringLiteral("%1\n%2").arg(textOf(preset.what), textOf(preset.note)));
        connect(action, &QAction::triggered, this,
                [this, &preset]
                {
                    Q_EMIT chosen(tr("Preset %1").arg(textOf(preset.title)),
                                  [&preset](const Configuration& before) { return withModelPreset(before, preset); });
                });
    }
    auto* sweeps = addMenu(tr("Attention sweeps"));
    sweeps->setToolTipsVisible(true);
    for (const auto& preset : sweepPresets())
    {
        auto* action = sweeps->addAction(textOf(preset.name));
        action->setToolTip(textOf(preset.what));
        connect(action, &QAction::triggered, this,
                [this, &preset]
                {
                    Q_EMIT chosen(tr("Preset %1").arg(textOf(preset.name)),
                                  [&preset](const Configuration& before) { return withSweepPreset(before, preset); });
                });
    }
    addSaved();
}

void PresetMenu::addSaved()
{
    addSeparator();
    auto* saved = addMenu(tr("Saved"));
    auto* forgotten = addMenu(tr("Forget"));
    for (const auto& name : m_saved.names())
    {
        connect(saved->addAction(name), &QAction::triggered, this, [this, name] { load(name); });
        connect(forgotten->addAction(name), &QAction::triggered, this, [this, name] { forget(name); });
    }
    saved->setEnabled(!saved->isEmpty());
    forgotten->setEnabled(!forgotten->isEmpty());
    connect(addAction(tr("Save this as…")), &QAction::triggered, this, &PresetMenu::saveRequested);
}

void PresetMenu::load(const QString& name)
{
    try
    {
        const Configuration kept = m_saved.load(name);
        Q_EMIT chosen(tr("Load %1").arg(name), [kept](const Configuration&) { return kept; });
    }
    catch (const std::exception& error)
    {
        Q_EMIT failed(QString::fromUtf8(error.what()));
    }
}

void PresetMenu::forget(const QString& name)
{
    try
    {
        m_saved.remove(name);
    }
    catch (const std::exception& error)
    {
        Q_EMIT failed(QString::fromUtf8(error.what()));
    }
}

void PresetMenu::save(const QString& name, const Configuration& configuration)
{
    if (const QString problem = SavedConfigurations::problemWithName(name); !problem.isEmpty())
    {
        Q_EMIT failed(problem);
        return;
    }
    try
    {
        m_saved.save(name.trimmed(), configuration);
    }
    catch (const std::exception& error)
    {
        Q_EMIT failed(QString::fromUtf8(error.what()));
    }
}

} // namespace headroom::ui
