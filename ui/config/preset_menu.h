// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/config/saved_configurations.h"

#include <QMenu>

#include <functional>

namespace headroom::ui
{

/// Published models, sweeps with a name, and what the user has saved. Filled each time that it opens.
class PresetMenu : public QMenu
{
    Q_OBJECT

public:
    using Change = std::function<Configuration(const Configuration&)>;

    explicit PresetMenu(QWidget* parent);

    /// Keeps \a configuration under \a name; failed() where it cannot be.
    void save(const QString& name, const Configuration& configuration);

Q_SIGNALS:
    /// \a change is what a choice makes of the form, \a step what that is called in its history.
    void chosen(const QString& step, const headroom::ui::PresetMenu::Change& change);
    void saveRequested();
    void failed(const QString& sentence);

private:
    void fill();
    void addSaved();
    void load(const QString& name);
    void forget(const QString& name);

    SavedConfigurations m_saved;
};

} // namespace headroom::ui
