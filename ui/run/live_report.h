// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/fold.h"
#include "core/run/run_progress.h"
#include "ui/run/mailbox.h"
#include "ui/run/run_state.h"

#include <QObject>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

class QTimer;

namespace headroom::ui
{

/// What a run has come to, as its events say so far.
struct LiveUpdate
{
    RunState state; ///< its age and remaining time are those of the moment at
    std::chrono::steady_clock::time_point at;
    std::shared_ptr<const Report> report; ///< null before the first snapshot
};

/// The fold of the run in flight, in a thread of its own: events are taken from the thread that reads them from the
/// worker, and snapshots of the report are left for the GUI thread in updates().
///
/// A snapshot is a copy. It is made at most ten times a second, and where copying takes long so much more rarely that
/// it takes a tenth of the time at most; one is kept here, one waits, one is shown, however many events come. Who adds
/// events faster than they are folded waits (take()).
class LiveReport : public QObject
{
    Q_OBJECT

public:
    LiveReport();
    ~LiveReport() override;

    /// From the thread of the run: adds \a event, and waits while too many are not folded yet.
    void take(const Event& event);

    Mailbox<LiveUpdate>& updates() { return m_updates; }

public Q_SLOTS: // in the thread that it lives in
    void begin(const headroom::Plan& plan, const std::vector<headroom::Event>& earlier, const QString& title);
    /// Folds what is left and ends in ended().
    void finish();

Q_SIGNALS:
    void updatePosted(); ///< updates() was empty, and is not any more
    /// \a note is empty, or a sentence on what could not be kept of it.
    void ended(const std::shared_ptr<const headroom::Report>& report, const QString& note);
    void eventsWaiting(); ///< to itself

private:
    void fold();
    void apply(const Event& event);
    void schedule();
    void post();
    double now() const;

    using Clock = std::chrono::steady_clock;

    std::mutex m_mutex;
    std::condition_variable m_drained;
    std::vector<Event> m_waiting;

    std::unique_ptr<ReportFold> m_fold;
    std::unique_ptr<RunProgress> m_progress;
    RunState m_state;
    Mailbox<LiveUpdate> m_updates;
    QTimer* m_timer;
    Clock::time_point m_start = Clock::now();
    Clock::time_point m_posted;
    Clock::duration m_pause; ///< between two snapshots
};

} // namespace headroom::ui
