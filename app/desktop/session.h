// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/run/history_list.h"
#include "ui/theme/theme.h"

#include <QByteArray>
#include <QSettings>
#include <QString>
#include <QStringList>

namespace headroom::desktop
{

/// What is kept between two starts, in headroom/desktop.ini of the configuration folder. Written at each change, so
/// that it is as good after a crash as after a goodbye.
class Session
{
public:
    Session();

    QByteArray geometry() const;
    void setGeometry(const QByteArray& geometry);

    QString page() const;
    void setPage(const QString& id);

    /// Files that were open, the one in front first: reports, and journals of runs.
    QStringList openFiles() const;
    void setOpenFiles(const QStringList& paths);

    /// The last ten files that were opened or saved, the latest first; without those that are gone.
    QStringList recentFiles() const;
    void addRecent(const QString& path);

    /// Likewise the files of models that the form was given.
    QStringList recentModels() const;
    void addRecentModel(const QString& path);

    QByteArray form() const; ///< the configuration as JSON
    void setForm(const QByteArray& json);

    /// The journal of the run in flight; set while there is one, so that after a crash it is known.
    QString unfinishedRun() const;
    void setUnfinishedRun(const QString& journal);

    ui::SchemeChoice scheme() const;
    void setScheme(ui::SchemeChoice choice);

    QString folder() const; ///< that a file dialog opened last
    void setFolder(const QString& path);

    ui::HistoryFilter historyFilter() const; ///< of the page History
    void setHistoryFilter(const ui::HistoryFilter& filter);

    int watchMinutes() const; ///< of the page Dashboard
    void setWatchMinutes(int minutes);

    /// Where journals of runs go: the run folder of the history (core/history/run_folder.h).
    static QString runsFolder();

private:
    QStringList thereOf(const QString& key) const;
    void prepend(const QString& key, const QString& path);

    QSettings m_settings;
};

} // namespace headroom::desktop
