// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/live_report.h"

#include "core/launch/advised_run.h"

#include <QTimer>

#include <algorithm>

namespace headroom::ui
{
namespace
{

constexpr auto kLeastPause = std::chrono::milliseconds(100);
constexpr int kCopiesShare = 10; ///< a copy takes at most one part in so many of the time

/// Of events that wait to be folded: enough for a second at any rate that was ever seen, and a few megabytes.
constexpr std::size_t kMostWaiting = 20'000;

QString inFlightText(const RunProgress& progress)
{
    const Job* job = progress.current();
    if (job == nullptr)
    {
        return {};
    }
    QString text = QString::fromStdString(job->title.empty() ? job->id : job->title);
    if (const std::string sampling = progress.sampling(); !sampling.empty())
    {
        text += QStringLiteral(" · ") + QString::fromStdString(sampling);
    }
    return text;
}

} // namespace

LiveReport::LiveReport() : m_timer(new QTimer(this)), m_pause(kLeastPause)
{
    m_timer->setSingleShot(true);
    connect(m_timer, &QTimer::timeout, this, &LiveReport::post);
    connect(this, &LiveReport::eventsWaiting, this, &LiveReport::fold, Qt::QueuedConnection);
}

LiveReport::~LiveReport() = default;

void LiveReport::take(const Event& event)
{
    std::unique_lock lock(m_mutex);
    m_drained.wait(lock, [this] { return m_waiting.size() < kMostWaiting; });
    m_waiting.push_back(event);
    const bool first = m_waiting.size() == 1;
    lock.unlock();
    if (first)
    {
        Q_EMIT eventsWaiting();
    }
}

void LiveReport::begin(const Plan& plan, const std::vector<Event>& earlier, const QString& title)
{
    m_fold = std::make_unique<ReportFold>();
    m_progress = std::make_unique<RunProgress>(plan, earlier);
    m_state = {};
    m_state.phase = RunPhase::Running;
    m_state.title = title;
    m_start = Clock::now();
    m_posted = {};
    m_pause = kLeastPause;
    for (const Event& event : earlier)
    {
        m_fold->apply(event);
    }
    post();
}

void LiveReport::finish()
{
    fold();
    m_timer->stop();
    m_updates.take(); // nobody wants to see less than the end
    std::shared_ptr<const Report> report;
    QString note;
    if (m_fold)
    {
        report = std::make_shared<const Report>(m_fold->report());
        note = QString::fromStdString(keepMeasuredPeaks(*report).value_or(std::string()));
    }
    m_fold.reset();
    m_progress.reset();
    Q_EMIT ended(report, note);
}

void LiveReport::fold()
{
    std::vector<Event> events;
    {
        const std::lock_guard lock(m_mutex);
        events.swap(m_waiting);
    }
    m_drained.notify_all();
    if (!m_fold || events.empty())
    {
        return;
    }
    for (const Event& event : events)
    {
        apply(event);
    }
    schedule();
}

void LiveReport::apply(const Event& event)
{
    m_fold->apply(event);
    m_progress->take(event, now());
    if (const auto* stage = std::get_if<StageStarted>(&event.data))
    {
        m_state.stage = stage->stage;
    }
    else if (const auto* reading = std::get_if<Telemetry>(&event.data))
    {
        m_state.telemetry = *reading;
    }
}

void LiveReport::schedule()
{
    if (m_timer->isActive())
    {
        return;
    }
    const auto due = m_posted + m_pause - Clock::now();
    m_timer->start(std::max(std::chrono::milliseconds(0), std::chrono::ceil<std::chrono::milliseconds>(due)));
}

void LiveReport::post()
{
    if (!m_fold)
    {
        return;
    }
    const auto begun = Clock::now();
    m_state.done = m_progress->done();
    m_state.total = m_progress->total();
    m_state.inFlight = inFlightText(*m_progress);
    m_state.ageSeconds = m_progress->age(now());
    m_state.remainingSeconds = m_progress->remainingSeconds(now());
    m_state.overdue = m_progress->isOverdue(now());
    LiveUpdate update{m_state, begun, std::make_shared<const Report>(m_fold->report())};
    if (m_updates.put(std::move(update)))
    {
        Q_EMIT updatePosted();
    }
    m_posted = Clock::now();
    m_pause = std::max<Clock::duration>(kLeastPause, kCopiesShare * (m_posted - begun));
}

double LiveReport::now() const
{
    return std::chrono::duration<double>(Clock::now() - m_start).count();
}

} // namespace headroom::ui
