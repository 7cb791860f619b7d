// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/system_scheme.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QGuiApplication>
#include <QPalette>

namespace headroom::ui
{
namespace
{

const QString kService = QStringLiteral("org.freedesktop.portal.Desktop");
const QString kPath = QStringLiteral("/org/freedesktop/portal/desktop");
const QString kInterface = QStringLiteral("org.freedesktop.portal.Settings");
const QString kGroup = QStringLiteral("org.freedesktop.appearance");
const QString kKey = QStringLiteral("color-scheme");

constexpr unsigned kPrefersDark = 1; ///< others: no preference
constexpr unsigned kPrefersLight = 2;

Scheme schemeOfPalette()
{
    const QPalette palette = QGuiApplication::palette();
    return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness()
               ? Scheme::Dark
               : Scheme::Light;
}

/// The portal wraps the value in a variant in a variant.
unsigned unwrapped(QVariant value)
{
    while (value.canConvert<QDBusVariant>())
    {
        value = value.value<QDBusVariant>().variant();
    }
    return value.toUInt();
}

} // namespace

SystemScheme::SystemScheme(QObject* parent) : QObject(parent), m_ofPalette(schemeOfPalette())
{
    // Without a session bus Qt would try to start one, and wait for it.
    if (qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS"))
    {
        ask();
    }
}

Scheme SystemScheme::scheme() const
{
    return m_told.value_or(m_ofPalette);
}

void SystemScheme::ask()
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    bus.connect(kService, kPath, kInterface, QStringLiteral("SettingChanged"), this,
                SLOT(takeSetting(QString, QString, QDBusVariant)));
    QDBusMessage call = QDBusMessage::createMethodCall(kService, kPath, kInterface, QStringLiteral("Read"));
    call << kGroup << kKey;
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this,
            [this, watcher]
            {
                const QDBusPendingReply<QVariant> reply = *watcher;
                if (!reply.isError())
                {
                    take(unwrapped(reply.value()));
                }
                watcher->deleteLater();
            });
}

void SystemScheme::takeSetting(const QString& group, const QString& key, const QDBusVariant& value)
{
    if (group == kGroup && key == kKey)
    {
        take(unwrapped(value.variant()));
    }
}

void SystemScheme::take(unsigned preference)
{
    const Scheme before = scheme();
    m_told = preference == kPrefersDark    ? std::optional(Scheme::Dark)
             : preference == kPrefersLight ? std::optional(Scheme::Light)
                                           : std::nullopt;
    if (scheme() != before)
    {
        Q_EMIT changed();
    }
}

} // namespace headroom::ui
