// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/configuration_history.h"

namespace headroom::ui
{

ConfigurationStep::ConfigurationStep(const QString& text, Configuration before, Configuration after, int burst,
                                     Show show)
    : QUndoCommand(text), m_before(std::move(before)), m_after(std::move(after)), m_burst(burst),
      m_show(std::move(show))
{
}

bool ConfigurationStep::mergeWith(const QUndoCommand* other)
{
    const auto* next = static_cast<const ConfigurationStep*>(other); // the same id: the same kind
    m_after = next->m_after;
    setObsolete(m_after == m_before);
    return true;
}

} // namespace headroom::ui
