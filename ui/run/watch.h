// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/launch/monitor_fold.h"
#include "core/plan/plan.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

#include <chrono>
#include <memory>

namespace headroom::ui
{

/// A plan that is repeated on a schedule: says when it is due, and folds the reports of the repetitions into the state
/// of a monitor, as `headroom-cli monitor` does. It runs nothing itself, and keeps no report. Lives in the GUI thread.
class Watch : public QObject
{
    Q_OBJECT

public:
    explicit Watch(QObject* parent = nullptr);

    /// Begins anew: the first repetition is due now, the others at every multiple of \a every from now on. Those that
    /// pass while one goes on are missed, and not made up for.
    void start(const Plan& plan, const QString& title, std::chrono::milliseconds every, const MonitorRule& rule = {});
    /// No further one is due; what there is stays.
    void stop();

    bool isOn() const { return m_on; }
    bool isRunning() const { return m_running; } ///< a repetition was asked for, and is not over
    const QString& title() const { return m_title; }
    std::chrono::milliseconds untilNext() const; ///< 0 while one is running or due
    const MonitorState& state() const { return m_fold.state(); }

    /// The repetition that was asked for is over. One that was cancelled says nothing and is left out; a null \a report
    /// is one that could not be run. The schedule goes on in either case.
    void take(const std::shared_ptr<const Report>& report);

Q_SIGNALS:
    void due(const headroom::Plan& plan, const QString& title);
    void changed(); ///< it was started or stopped, or a repetition has ended
    void alarmed(const QString& sentence);

private:
    void begin();
    double elapsedSeconds() const;
    void tellAlarms(std::int64_t repetition);

    MonitorFold m_fold{MonitorRule()};
    Plan m_plan;
    QString m_title;
    MonitorTick m_tick;
    std::string m_begunUtc;
    QElapsedTimer m_clock; ///< since the start
    QTimer m_next;
    bool m_on = false;
    bool m_running = false;
    bool m_stale = false; ///< the repetition that is on is of the watch before this one
};

} // namespace headroom::ui
