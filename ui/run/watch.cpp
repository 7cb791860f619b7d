// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/watch.h"

#include "core/report/report.h"

#include <QDateTime>

#include <algorithm>
#include <utility>

namespace headroom::ui
{
namespace
{

std::string nowUtc()
{
    return QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs).toStdString();
}

bool wasCancelled(const Report& report)
{
    return report.finished && report.finished->outcome == Outcome::Cancelled;
}

} // namespace

Watch::Watch(QObject* parent) : QObject(parent)
{
    m_next.setSingleShot(true);
    connect(&m_next, &QTimer::timeout, this, &Watch::begin);
}

void Watch::start(const Plan& plan, const QString& title, std::chrono::milliseconds every, const MonitorRule& rule)
{
    MonitorSchedule schedule;
    schedule.everySeconds = std::chrono::duration<double>(every).count();
    m_fold = MonitorFold(rule, schedule, nowUtc());
    m_plan = plan;
    m_title = title;
    m_tick = {};
    m_clock.start();
    m_on = true;
    m_stale = m_running;
    if (!m_running)
    {
        begin();
        return;
    }
    Q_EMIT changed();
}

void Watch::stop()
{
    m_on = false;
    m_next.stop();
    Q_EMIT changed();
}

double Watch::elapsedSeconds() const
{
    return static_cast<double>(m_clock.elapsed()) / 1e3;
}

std::chrono::milliseconds Watch::untilNext() const
{
    const double left = m_on && !m_running ? std::max(0.0, m_tick.atSeconds - elapsedSeconds()) : 0;
    return std::chrono::milliseconds(static_cast<std::int64_t>(left * 1e3));
}

void Watch::begin()
{
    m_running = true;
    m_begunUtc = nowUtc();
    Q_EMIT changed();
    Q_EMIT due(m_plan, m_title);
}

void Watch::take(const std::shared_ptr<const Report>& report)
{
    m_running = false;
    if (!m_on)
    {
        Q_EMIT changed();
        return;
    }
    if (std::exchange(m_stale, false))
    {
        begin();
        return;
    }
    const bool counts = report == nullptr || !wasCancelled(*report);
    if (counts)
    {
        MonitorRepetition repetition;
        repetition.number = state().runs.all() + 1;
        repetition.missed = m_tick.missed;
        repetition.utc = m_begunUtc;
        report ? void(repetition.report = *report) : void(repetition.problem = "it could not be run");
        m_fold.take(repetition);
    }
    m_tick = nextTick(state().schedule, m_tick.number, elapsedSeconds());
    m_next.start(untilNext());
    Q_EMIT changed();
    if (counts)
    {
        tellAlarms(state().runs.all());
    }
}

void Watch::tellAlarms(std::int64_t repetition)
{
    for (const MonitorAlarm& alarm : state().alarms)
    {
        if (alarm.repetition == repetition && alarm.raised)
        {
            Q_EMIT alarmed(
                tr("%1, repetition %2: %3").arg(m_title).arg(repetition).arg(QString::fromStdString(alarm.text)));
        }
    }
}

} // namespace headroom::ui
