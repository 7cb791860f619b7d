// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/fold.h"
#include "tests/core/history/kept_runs.h"
#include "ui/run/run_history.h"

#include <QWidget>

#include <memory>

/// What the tests of the history, the watch and their pages begin with.
namespace headroom::testing
{

/// For what is done on another thread or in another process.
inline constexpr int kPatienceMs = 60000;

/// A run as a report: math takes \a mathNs, and flash is \a speedUp times as fast.
inline std::shared_ptr<const Report> foldedRun(double mathNs = 4e6, double speedUp = 1.32,
                                               RunEnd end = RunEnd::Finished)
{
    KeptRun run = runOfDay(1);
    run.mathNs = mathNs;
    run.speedUp = speedUp;
    run.end = end;
    return std::make_shared<const Report>(foldEvents(eventsOf(run)));
}

/// A run folder with a run of each day from the first, and the history that reads it once it is opened.
class KeptHistory
{
public:
    /// With \a bothDevices every other run is of a GPU.
    void keepDays(int days, bool bothDevices = false)
    {
        for (int day = 1; day <= days; ++day)
        {
            KeptRun run = runOfDay(day);
            if (bothDevices && day % 2 == 0)
            {
                run.facts = cudaCircumstances();
                run.input.device = DeviceKind::Cuda;
            }
            keep(m_kept.folder(), run);
        }
    }
    ui::RunHistory& open() { return openIn(m_kept.path()); }
    ui::RunHistory& openIn(const std::filesystem::path& folder)
    {
        m_history = std::make_unique<ui::RunHistory>(folder);
        return *m_history;
    }
    const TemporaryRunFolder& kept() const { return m_kept; }
    ui::RunHistory& history() { return *m_history; }

private:
    TemporaryRunFolder m_kept;
    std::unique_ptr<ui::RunHistory> m_history; // before its folder goes
};

/// The part of \a whole that has this object name, or null.
template <typename T> T* partOf(const QWidget& whole, const char* name)
{
    return whole.findChild<T*>(QLatin1String(name));
}

} // namespace headroom::testing
