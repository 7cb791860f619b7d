// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/history/run_folder.h"
#include "tests/core/report/event_builder.h"

#include <QString>
#include <QTemporaryDir>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>

/// Runs as a history keeps them, of one small comparison each.
namespace headroom::testing
{

enum class RunEnd
{
    Finished,
    Cancelled,
    CutOff
};

struct KeptRun
{
    std::string id = "20261101T120000-00000001";
    std::string utc = "2026-11-01T12:00:00.000Z"; ///< of every event
    double mathNs = 4e6;
    double speedUp = 1.32;
    RunEnd end = RunEnd::Finished;
    Circumstances facts = cpuCircumstances();
    ModelInput input = smallModel();
};

inline std::vector<Event> eventsOf(const KeptRun& run)
{
    Plan plan = validationPlan(run.input);
    plan.device = run.facts.selected;
    plan.jobs = {judgeJob(run.input), compareJob("forward", run.input, Pass::Forward)};
    EventBuilder builder(plan);
    builder.begin(run.facts).judge();
    if (run.end != RunEnd::CutOff)
    {
        builder.compare("forward", run.mathNs, run.speedUp);
        builder.end(run.end == RunEnd::Finished ? Outcome::Passed : Outcome::Cancelled);
    }
    std::vector<Event> events = builder.events();
    for (Event& event : events)
    {
        event.run = run.id;
        event.utc = run.utc;
    }
    return events;
}

inline void writeText(const std::filesystem::path& file, const std::string& text)
{
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

inline std::string journalText(const KeptRun& run)
{
    std::string text;
    for (const Event& event : eventsOf(run))
    {
        text += toLine(event) + "\n";
    }
    return text;
}

/// Writes the journal of \a run into \a folder, under its id as name.
inline std::filesystem::path keep(const RunFolder& folder, const KeptRun& run)
{
    const auto file = folder.path() / (run.id + std::string(kJournalEnding));
    writeText(file, journalText(run));
    return file;
}

/// A run of November, by its day: "20261107T120000-00000007".
inline KeptRun runOfDay(int day)
{
    KeptRun run;
    run.id = fmt::format("202611{:02}T120000-{:08x}", day, day);
    run.utc = fmt::format("2026-11-{:02}T12:00:00.000Z", day);
    return run;
}

/// A run folder that is gone with its owner.
class TemporaryRunFolder
{
public:
    RunFolder folder() const { return RunFolder(path()); }
    std::filesystem::path path() const { return std::filesystem::path(m_folder.path().toStdString()) / "runs"; }
    std::filesystem::path outside(const char* name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

private:
    QTemporaryDir m_folder;
};

} // namespace headroom::testing
