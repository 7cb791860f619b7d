// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/system_scheme.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusVariant>
#include <QFile>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QtTest>

#include <memory>

using namespace headroom::ui;

/// A portal as desktops have one, with the one setting.
class FakePortal : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.portal.Settings")

public:
    uint preference = 0;
    bool knows = true; ///< of the setting

    void set(uint value)
    {
        preference = value;
        Q_EMIT SettingChanged(QStringLiteral("org.freedesktop.appearance"), QStringLiteral("color-scheme"),
                              QDBusVariant(value));
    }

public Q_SLOTS:
    /// The interface wants a variant in a variant.
    QDBusVariant Read(const QString& group, const QString& key) // NOLINT: the names are the interface's
    {
        const bool asked = group == QLatin1String("org.freedesktop.appearance") && key == QLatin1String("color-scheme");
        const uint value = asked && knows ? preference : 99;
        return QDBusVariant(QVariant::fromValue(QDBusVariant(value)));
    }

Q_SIGNALS:
    void SettingChanged(const QString& group, const QString& key, const QDBusVariant& value);
};

/// Dark and light as the desktop says, over a bus of this test's own.
class TestSystemScheme : public QObject
{
    Q_OBJECT

public:
    /// Starts the bus; before there is an application, which looks for one.
    TestSystemScheme()
    {
        const QString program = QStandardPaths::findExecutable(QStringLiteral("dbus-daemon"));
        QFile config(m_folder.filePath(QStringLiteral("bus.conf")));
        if (program.isEmpty() || !config.open(QIODevice::WriteOnly))
        {
            return;
        }
        config.write(QStringLiteral("<busconfig><type>session</type><listen>unix:dir=%1</listen>"
                                    "<auth>EXTERNAL</auth><policy context=\"default\"><allow send_destination=\"*\"/>"
                                    "<allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>")
                         .arg(m_folder.path())
                         .toUtf8());
        config.close();
        m_bus.start(program, {QStringLiteral("--config-file=") + config.fileName(), QStringLiteral("--nofork"),
                              QStringLiteral("--print-address=1")});
        if (m_bus.waitForReadyRead(10000))
        {
            m_address = QString::fromLocal8Bit(m_bus.readLine().trimmed());
            qputenv("DBUS_SESSION_BUS_ADDRESS", m_address.toLocal8Bit());
        }
    }

    ~TestSystemScheme() override
    {
        m_bus.kill();
        m_bus.waitForFinished();
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (m_address.isEmpty())
        {
            QSKIP("no dbus-daemon here");
        }
        QDBusConnection own = QDBusConnection::connectToBus(m_address, QStringLiteral("portal"));
        QVERIFY(own.isConnected());
        QVERIFY(own.registerObject(QStringLiteral("/org/freedesktop/portal/desktop"), &m_portal,
                                   QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals));
        QVERIFY(own.registerService(QStringLiteral("org.freedesktop.portal.Desktop")));
    }

    void cleanupTestCase() { QDBusConnection::disconnectFromBus(QStringLiteral("portal")); }

    void theDesktopsChoiceIsTaken_data()
    {
        QTest::addColumn<uint>("preference");
        QTest::addColumn<int>("scheme");
        QTest::newRow("dark") << 1U << static_cast<int>(Scheme::Dark);
        QTest::newRow("light") << 2U << static_cast<int>(Scheme::Light);
    }

    void theDesktopsChoiceIsTaken()
    {
        QFETCH(uint, preference);
        QFETCH(int, scheme);
        m_portal.preference = preference;
        usePalette(scheme == static_cast<int>(Scheme::Dark) ? Qt::white : Qt::black);
        const SystemScheme system;
        QVERIFY(static_cast<int>(system.scheme()) != scheme); // nobody waits for the answer
        QTRY_COMPARE_WITH_TIMEOUT(static_cast<int>(system.scheme()), scheme, 10000);
    }

    void aChangeIsHeard()
    {
        usePalette(Qt::white);
        m_portal.preference = 2;
        SystemScheme system;
        QSignalSpy changed(&system, &SystemScheme::changed);
        m_portal.set(1);
        QTRY_COMPARE_WITH_TIMEOUT(system.scheme(), Scheme::Dark, 10000);
        m_portal.set(2);
        QTRY_COMPARE_WITH_TIMEOUT(system.scheme(), Scheme::Light, 10000);
        QCOMPARE(changed.size(), 2);
    }

    void theThemeFollowsAndAChoiceStandsAgainstIt()
    {
        usePalette(Qt::white);
        m_portal.preference = 2;
        Theme theme;
        theme.setChoice(SchemeChoice::System);
        QSignalSpy changed(&theme, &Theme::changed);
        m_portal.set(1);
        QTRY_COMPARE_WITH_TIMEOUT(theme.scheme(), Scheme::Dark, 10000);
        QVERIFY(!changed.isEmpty());
        theme.setChoice(SchemeChoice::Light);
        m_portal.set(2);
        m_portal.set(1);
        QTest::qWait(100);
        QCOMPARE(theme.scheme(), Scheme::Light);
    }

    void withoutAPreferenceThePaletteTells()
    {
        m_portal.preference = 0;
        usePalette(Qt::black);
        const SystemScheme system;
        QTest::qWait(200); // the answer is there
        QCOMPARE(system.scheme(), Scheme::Dark);
    }

private:
    static void usePalette(const QColor& window) { QApplication::setPalette(QPalette(window)); }

    QTemporaryDir m_folder;
    QProcess m_bus;
    QString m_address;
    FakePortal m_portal;
};

int main(int argc, char** argv)
{
    TestSystemScheme test;
    QApplication application(argc, argv);
    return QTest::qExec(&test, argc, argv);
}

#include "tst_system_scheme.moc"
