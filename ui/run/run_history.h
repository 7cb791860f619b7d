// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/run_index.h"
#include "core/history/trend.h"
#include "ui/run/history_list.h"

#include <QObject>
#include <QString>
#include <QStringList>
#include <QThread>

#include <atomic>
#include <filesystem>
#include <memory>
#include <vector>

namespace headroom::ui
{

/// What the index of a run folder knows, as of one reading.
struct HistorySnapshot
{
    HistoryList runs;               ///< never null
    std::vector<IndexedCase> cases; ///< those in most runs first
    QStringList notes;              ///< what is odd about the index, a sentence each
};

/// The history of runs for the screen: reads the run folder and its index, and changes them, on a thread of its own,
/// one request after the other. Lives in the GUI thread, which never waits for it but at the end.
class RunHistory : public QObject
{
    Q_OBJECT

public:
    explicit RunHistory(std::filesystem::path folder, QObject* parent = nullptr);
    ~RunHistory() override; ///< leaves what is being read

    const RunFolder& folder() const { return m_folder; }

    /// Reads what is new in the folder; ends in listed() or failed(). Of several requests that wait one is done.
    void refresh();

    /// Reads the figures of a case in the runs that \a filter lets pass, and judges where they changed; ends in
    /// trendRead() or failed(). Of several that wait the last is done.
    void readTrend(const std::string& caseId, const HistoryFilter& filter);

    /// Each ends in changed() and listed(), or in failed() with a sentence.
    void changeTags(const std::vector<std::string>& runs, const QStringList& added, const QStringList& removed);
    void setNote(const std::string& run, const QString& note);
    void remove(const std::vector<RunRow>& runs);
    void importFiles(const QStringList& paths);

    /// Writes the report of \a run as \a file, whose name says the format; ends in changed() or failed().
    void exportRun(const RunRow& run, const QString& file);

Q_SIGNALS:
    void progressed(int done, int total); ///< files read, where it takes a while
    void listed(const std::shared_ptr<const headroom::ui::HistorySnapshot>& snapshot);
    void trendRead(const std::shared_ptr<const headroom::Trend>& trend);
    void changed(const QString& sentence); ///< what was done
    void failed(const QString& sentence);

private:
    template <typename Work> void later(Work work);
    template <typename Work> void change(Work work);
    RunIndex& index();
    void read();

    RunFolder m_folder;
    QThread m_thread;
    QObject* m_there;                  ///< lives in the thread
    std::unique_ptr<RunIndex> m_index; ///< the thread's
    std::atomic<bool> m_leave{false};
    std::atomic<bool> m_refreshWaits{false};
    std::atomic<int> m_trendAsked{0};
};

} // namespace headroom::ui
