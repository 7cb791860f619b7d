// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QObject>

#include <optional>

class QDBusVariant;

namespace headroom::ui
{

/// Whether the desktop wants dark or light: the setting color-scheme of org.freedesktop.portal.Settings, asked without
/// waiting for the answer, and heard when it changes. Qt itself tells from version 6.5 on; this is for older ones too.
class SystemScheme : public QObject
{
    Q_OBJECT

public:
    explicit SystemScheme(QObject* parent = nullptr);

    /// What the desktop says; before it has answered, and where it has no preference or there is nobody to ask, what
    /// the palette looks like.
    Scheme scheme() const;

Q_SIGNALS:
    void changed();

private Q_SLOTS:
    void takeSetting(const QString& group, const QString& key, const QDBusVariant& value);

private:
    void ask();
    void take(unsigned preference);

    std::optional<Scheme> m_told;
    Scheme m_ofPalette;
};

} // namespace headroom::ui
