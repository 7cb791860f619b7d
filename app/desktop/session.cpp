// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/session.h"

#include "core/history/run_folder.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace headroom::desktop
{
namespace
{

constexpr qsizetype kMostRecent = 10;

const QString kGeometry = QStringLiteral("window/geometry");
const QString kPage = QStringLiteral("window/page");
const QString kOpen = QStringLiteral("files/open");
const QString kRecent = QStringLiteral("files/recent");
const QString kRecentModels = QStringLiteral("files/recentModels");
const QString kFolder = QStringLiteral("files/folder");
const QString kForm = QStringLiteral("form/configuration");
const QString kUnfinished = QStringLiteral("run/unfinished");
const QString kHistory = QStringLiteral("history/filter");
const QString kWatchMinutes = QStringLiteral("dashboard/minutes");
const QString kScheme = QStringLiteral("window/scheme");

QString settingsFile()
{
    return QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) +
           QStringLiteral("/headroom/desktop.ini");
}

} // namespace

Session::Session() : m_settings(settingsFile(), QSettings::IniFormat) {}

QByteArray Session::geometry() const
{
    return m_settings.value(kGeometry).toByteArray();
}

void Session::setGeometry(const QByteArray& geometry)
{
    m_settings.setValue(kGeometry, geometry);
}

QString Session::page() const
{
    return m_settings.value(kPage).toString();
}

void Session::setPage(const QString& id)
{
    m_settings.setValue(kPage, id);
}

QStringList Session::openFiles() const
{
    return m_settings.value(kOpen).toStringList();
}

void Session::setOpenFiles(const QStringList& paths)
{
    m_settings.setValue(kOpen, paths);
    m_settings.sync();
}

QStringList Session::recentFiles() const
{
    return thereOf(kRecent);
}

void Session::addRecent(const QString& path)
{
    prepend(kRecent, path);
}

QStringList Session::recentModels() const
{
    return thereOf(kRecentModels);
}

void Session::addRecentModel(const QString& path)
{
    prepend(kRecentModels, path);
}

/// The paths below \a key without those that are gone.
QStringList Session::thereOf(const QString& key) const
{
    QStringList there;
    for (const QString& path : m_settings.value(key).toStringList())
    {
        if (QFileInfo::exists(path))
        {
            there.append(path);
        }
    }
    return there;
}

void Session::prepend(const QString& key, const QString& path)
{
    QStringList recent = thereOf(key);
    recent.removeAll(path);
    recent.prepend(path);
    m_settings.setValue(key, QStringList(recent.mid(0, kMostRecent)));
}

QByteArray Session::form() const
{
    return m_settings.value(kForm).toByteArray();
}

void Session::setForm(const QByteArray& json)
{
    m_settings.setValue(kForm, json);
}

QString Session::unfinishedRun() const
{
    return m_settings.value(kUnfinished).toString();
}

void Session::setUnfinishedRun(const QString& journal)
{
    m_settings.setValue(kUnfinished, journal);
    m_settings.sync();
}

ui::SchemeChoice Session::scheme() const
{
    const QString text = m_settings.value(kScheme).toString();
    return text == QLatin1String("dark")    ? ui::SchemeChoice::Dark
           : text == QLatin1String("light") ? ui::SchemeChoice::Light
                                            : ui::SchemeChoice::System;
}

void Session::setScheme(ui::SchemeChoice choice)
{
    const char* text = choice == ui::SchemeChoice::Dark    ? "dark"
                       : choice == ui::SchemeChoice::Light ? "light"
                                                           : "system";
    m_settings.setValue(kScheme, QLatin1String(text));
}

QString Session::folder() const
{
    return m_settings.value(kFolder, QDir::homePath()).toString();
}

void Session::setFolder(const QString& path)
{
    m_settings.setValue(kFolder, path);
}

ui::HistoryFilter Session::historyFilter() const
{
    const QVariantMap kept = m_settings.value(kHistory).toMap();
    const auto text = [&](const char* name) { return kept.value(QLatin1String(name)).toString(); };
    return {text("text"), text("device"), text("tag"), fromString<DType>(text("dtype").toStdString()),
            fromString<RunState>(text("state").toStdString())};
}

void Session::setHistoryFilter(const ui::HistoryFilter& filter)
{
    QVariantMap kept{{QStringLiteral("text"), filter.text},
                     {QStringLiteral("device"), filter.device},
                     {QStringLiteral("tag"), filter.tag}};
    const auto name = [](std::string_view value)
    { return QString::fromLatin1(value.data(), static_cast<qsizetype>(value.size())); };
    if (filter.dtype)
    {
        kept[QStringLiteral("dtype")] = name(toString(*filter.dtype));
    }
    if (filter.state)
    {
        kept[QStringLiteral("state")] = name(toString(*filter.state));
    }
    m_settings.setValue(kHistory, kept);
}

int Session::watchMinutes() const
{
    constexpr int kFirst = 10;
    return m_settings.value(kWatchMinutes, kFirst).toInt();
}

void Session::setWatchMinutes(int minutes)
{
    m_settings.setValue(kWatchMinutes, minutes);
}

QString Session::runsFolder()
{
    const std::string path = RunFolder::defaultPath().string();
    return path.empty() ? QDir::tempPath() + QStringLiteral("/headroom/runs") : QString::fromStdString(path);
}

} // namespace headroom::desktop
