// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/farewell.h"

#include "app/desktop/file_dialogs.h"
#include "app/desktop/notice_bar.h"
#include "app/desktop/workbench.h"

namespace headroom::desktop
{
namespace
{

const QString kClosing = QStringLiteral("closing");

} // namespace

Farewell::Farewell(Workbench& bench, NoticeBar& notices, FileDialogs& files, QObject* parent)
    : QObject(parent), m_bench(bench), m_notices(notices), m_files(files)
{
    connect(&files, &FileDialogs::saveGivenUp, this, [this] { m_savingFirst = false; });
    connect(&bench, &Workbench::saved, this,
            [this]
            {
                if (m_savingFirst && !m_bench.hasUnsaved())
                {
                    leave();
                }
            });
}

void Farewell::leave()
{
    m_decided = true;
    Q_EMIT closeWanted();
}

bool Farewell::mayClose()
{
    if (m_decided || m_notices.shows(kClosing))
    {
        return true;
    }
    const Notice::Action stay{tr("Stay"), [] {}};
    if (m_bench.runs().isRunning())
    {
        m_notices.say(
            {tr("A run is on. Its journal keeps what is finished, and the next start offers to go on with it."),
             {{tr("End it and quit"), [this] { leave(); }}, stay},
             kClosing});
        return false;
    }
    if (m_bench.hasUnsaved())
    {
        const auto saveFirst = [this]
        {
            m_savingFirst = true;
            m_files.askWhereToSave();
        };
        m_notices.say(
            {tr("A run's report is not saved as a file. Its journal is kept, and the next start shows it again."),
             {{tr("Save…"), saveFirst}, {tr("Quit without a file"), [this] { leave(); }}, stay},
             kClosing});
        return false;
    }
    return true;
}

} // namespace headroom::desktop
