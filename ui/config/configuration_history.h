// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/config/configuration.h"

#include <QUndoCommand>

#include <functional>

namespace headroom::ui
{

/// One step back in the form: what stood in it before and after. Keystrokes in one field, one after the other, are one
/// step, until the user is done with the field.
class ConfigurationStep : public QUndoCommand
{
public:
    using Show = std::function<void(const Configuration&)>;

    /// \a burst: the same for keystrokes that belong together; below 0 for a step of its own.
    ConfigurationStep(const QString& text, Configuration before, Configuration after, int burst, Show show);

    int id() const override { return m_burst; }
    bool mergeWith(const QUndoCommand* other) override;
    void undo() override { m_show(m_before); }
    void redo() override { m_show(m_after); }

private:
    Configuration m_before;
    Configuration m_after;
    int m_burst;
    Show m_show;
};

} // namespace headroom::ui
