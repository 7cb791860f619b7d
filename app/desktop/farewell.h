// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

namespace headroom::desktop
{

class FileDialogs;
class NoticeBar;
class Workbench;

/// Whether the window may close. A run that is on and a report that is no file yet are asked about, in the notice bar;
/// who closes a second time means it. Nothing is lost either way: the journals are kept.
class Farewell : public QObject
{
    Q_OBJECT

public:
    Farewell(Workbench& bench, NoticeBar& notices, FileDialogs& files, QObject* parent);

    bool mayClose();

Q_SIGNALS:
    void closeWanted(); ///< and then mayClose()

private:
    void leave();

    Workbench& m_bench;
    NoticeBar& m_notices;
    FileDialogs& m_files;
    bool m_decided = false;
    bool m_savingFirst = false;
};

} // namespace headroom::desktop
