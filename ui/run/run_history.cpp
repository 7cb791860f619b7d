// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/run_history.h"

#include "core/history/run_exchange.h"
#include "core/history/run_marks.h"
#include "core/report/export.h"
#include "core/report/format.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace headroom::ui
{
namespace
{

QString text(const std::string& from)
{
    return QString::fromStdString(from);
}

QString countOf(std::size_t count, std::string_view noun)
{
    return text(Format().plural(static_cast<std::int64_t>(count), noun));
}

} // namespace

RunHistory::RunHistory(std::filesystem::path folder, QObject* parent)
    : QObject(parent), m_folder(std::move(folder)), m_there(new QObject)
{
    m_there->moveToThread(&m_thread);
    m_thread.setObjectName(QStringLiteral("history"));
}

RunHistory::~RunHistory()
{
    m_leave = true;
    m_thread.quit();
    m_thread.wait();
    delete m_there;
}

/// Calls \a work on the thread, after what was asked for before. What it throws is a sentence for the user.
template <typename Work> void RunHistory::later(Work work)
{
    if (!m_thread.isRunning())
    {
        m_thread.start();
    }
    QMetaObject::invokeMethod(m_there,
                              [this, work = std::move(work)]
                              {
                                  if (m_leave)
                                  {
                                      return;
                                  }
                                  try
                                  {
                                      work();
                                  }
                                  catch (const std::exception& error)
                                  {
                                      Q_EMIT failed(text(error.what()));
                                  }
                              });
}

/// As later(), with a sentence on what was done. What there is now is listed in any case: half of it may be done.
template <typename Work> void RunHistory::change(Work work)
{
    later(
        [this, work = std::move(work)]
        {
            try
            {
                Q_EMIT changed(work());
            }
            catch (const std::exception& error)
            {
                Q_EMIT failed(text(error.what()));
            }
            read();
        });
}

RunIndex& RunHistory::index()
{
    if (!m_index)
    {
        m_index = std::make_unique<RunIndex>(m_folder);
    }
    return *m_index;
}

void RunHistory::refresh()
{
    if (!m_refreshWaits.exchange(true))
    {
        later(
            [this]
            {
                m_refreshWaits = false;
                read();
            });
    }
}

/// On the thread. Signals go to their receivers by queue.
void RunHistory::read()
{
    constexpr std::size_t kTold = 200; // files that are read between two words about it
    index().sync(
        [this](std::size_t done, std::size_t total)
        {
            if (total > kTold && done % kTold == 0)
            {
                Q_EMIT progressed(static_cast<int>(done), static_cast<int>(total));
            }
            return !m_leave;
        });
    if (m_leave)
    {
        return;
    }
    auto snapshot = std::make_shared<HistorySnapshot>();
    snapshot->runs = historyListOf(index().list());
    snapshot->cases = index().cases();
    for (const std::string& note : index().notes())
    {
        snapshot->notes << text(note);
    }
    Q_EMIT listed(snapshot);
}

void RunHistory::readTrend(const std::string& caseId, const HistoryFilter& filter)
{
    later(
        [this, caseId, filter, asked = ++m_trendAsked]
        {
            if (asked == m_trendAsked)
            {
                Q_EMIT trendRead(std::make_shared<const Trend>(trendOf(index(), caseId, runFilterOf(filter))));
            }
        });
}

void RunHistory::changeTags(const std::vector<std::string>& runs, const QStringList& added, const QStringList& removed)
{
    change(
        [this, runs, added, removed]
        {
            for (const QString& tag : added)
            {
                checkTag(tag.toStdString());
            }
            for (const std::string& run : runs)
            {
                changeMarks(m_folder, run,
                            [&](RunMarks& marks)
                            {
                                std::erase_if(marks.tags,
                                              [&](const std::string& tag) { return removed.contains(text(tag)); });
                                for (const QString& tag : added)
                                {
                                    marks.tags.push_back(tag.toStdString());
                                }
                            });
            }
            return tr("The tags of %1 are kept.").arg(countOf(runs.size(), "run"));
        });
}

void RunHistory::setNote(const std::string& run, const QString& note)
{
    change(
        [this, run, note]
        {
            changeMarks(m_folder, run, [&](RunMarks& marks) { marks.note = note.toStdString(); });
            return tr("The note is kept.");
        });
}

void RunHistory::remove(const std::vector<RunRow>& runs)
{
    change(
        [this, runs]
        {
            index().sync();
            for (const RunRow& run : runs)
            {
                if (const std::string why = whyKept(index(), run.id, false); !why.empty())
                {
                    throw std::runtime_error(why);
                }
            }
            for (const RunRow& run : runs)
            {
                if (index().find(run.id)) // two rows may be of one run
                {
                    removeRun(index(), run.id);
                    index().sync();
                }
            }
            return tr("%1 removed.").arg(countOf(runs.size(), "run"));
        });
}

void RunHistory::importFiles(const QStringList& paths)
{
    change(
        [this, paths]
        {
            for (const QString& path : paths)
            {
                importRun(m_folder, path.toStdString());
            }
            return tr("%1 taken in.").arg(countOf(static_cast<std::size_t>(paths.size()), "report"));
        });
}

void RunHistory::exportRun(const RunRow& run, const QString& file)
{
    later(
        [this, run, file]
        {
            const std::filesystem::path path(file.toStdString());
            const Report report = readRun(m_folder.path() / run.file.name);
            writeFileAtomically(path, writeReport(report, formatOfFile(path).value_or(ReportFormat::Json)));
            Q_EMIT changed(tr("Written: %1").arg(file));
        });
}

} // namespace headroom::ui
