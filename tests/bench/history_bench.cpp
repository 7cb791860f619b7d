// SPDX-License-Identifier: GPL-3.0-or-later
// Prints how long a history of 10,000 runs takes, as JSON lines with their targets. Figures, not assertions.
#include "core/history/run_index.h"
#include "core/history/run_marks.h"
#include "core/history/trend.h"
#include "tests/core/report/event_builder.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>

using namespace headroom;
using namespace headroom::testing;

namespace
{

constexpr int kRuns = 10'000;
constexpr int kMarked = 500;
constexpr int kRepeats = 15;

using Steady = std::chrono::steady_clock;

double msSince(Steady::time_point start)
{
    return std::chrono::duration<double, std::milli>(Steady::now() - start).count();
}

double cpuMs()
{
    return 1e3 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double medianOf(std::vector<double> values)
{
    std::nth_element(values.begin(), values.begin() + kRepeats / 2, values.end());
    return values[kRepeats / 2];
}

struct Cost
{
    double wallMs = 0;
    double processorMs = 0; ///< less than the wall time where other programs want the processor too
};

/// Medians of what \a work takes.
template <typename Work> Cost costOf(const Work& work)
{
    std::vector<double> wall;
    std::vector<double> processor;
    for (int i = 0; i < kRepeats; ++i)
    {
        const auto start = Steady::now();
        const double before = cpuMs();
        work();
        processor.push_back(cpuMs() - before);
        wall.push_back(msSince(start));
    }
    return {medianOf(wall), medianOf(processor)};
}

void say(const char* figure, double value, const char* unit, double target, const std::string& note)
{
    const Json line{{"figure", figure},       {"value", std::round(value * 100) / 100},
                    {"unit", unit},           {"target", target},
                    {"met", value <= target}, {"note", note}};
    fmt::print("{}\n", line.dump());
    std::fflush(stdout);
}

/// A small validation: judged, and timed in two passes; that of \a number, with times and a device of its own.
std::string journalOf(int number)
{
    const int batch = 1 << (number % 4);
    Plan plan = validationPlan(smallModel(batch));
    plan.jobs = {judgeJob(smallModel(batch)), compareJob("forward", smallModel(batch), Pass::Forward),
                 compareJob("training-step", smallModel(batch), Pass::TrainingStep)};
    Circumstances facts = cpuCircumstances();
    facts.devices.front().name = fmt::format("Test CPU {}", number % 7);
    const double drift = 1 + 0.01 * std::sin(0.7 * number);
    EventBuilder builder(plan);
    builder.begin(facts).judge().compare("forward", 4e6 * drift, 1.32).compare("training-step", 12e6 * drift, 2.5);
    std::string text;
    std::vector<Event> events = builder.end().events();
    for (Event& event : events)
    {
        event.run = fmt::format("20260101T000000-{:08x}", number);
        event.utc = fmt::format("2026-{:02}-{:02}T{:02}:{:02}:00.000Z", 1 + number / 900, 1 + number / 32 % 28,
                                number % 24, number % 60);
        text += toLine(event) + "\n";
    }
    return text;
}

/// Their bytes.
std::uintmax_t makeRuns(const RunFolder& folder)
{
    std::filesystem::create_directories(folder.path());
    std::uintmax_t bytes = 0;
    for (int number = 0; number < kRuns; ++number)
    {
        const std::string text = journalOf(number);
        bytes += text.size();
        std::ofstream(folder.path() / fmt::format("run-{:05}{}", number, kJournalEnding), std::ios::binary) << text;
        if (number % (kRuns / kMarked) == 0)
        {
            changeMarks(folder, fmt::format("20260101T000000-{:08x}", number),
                        [](RunMarks& marks) { marks.tags = {"nightly"}; });
        }
    }
    return bytes;
}

void sayLists(const RunFolder& folder)
{
    RunFilter filter;
    filter.text = "validate nightly";
    filter.device = "CPU";
    std::size_t rows = 0;
    const auto sayCost = [](const char* what, const Cost& cost, double target, const std::string& note)
    {
        say(fmt::format("history of 10,000 runs: {}", what).c_str(), cost.wallMs, "ms", target,
            fmt::format("{}{:.1f} ms of the processor", note, cost.processorMs));
    };
    Cost cost = costOf(
        [&]
        {
            RunIndex index(folder);
            index.sync();
            rows = index.list().size();
        });
    sayCost("open, look for changes, list all", cost, 100, fmt::format("{} rows, ", rows));
    RunIndex index(folder);
    cost = costOf(
        [&]
        {
            index.sync();
            rows = index.list(filter).size();
        });
    sayCost("look for changes and filter", cost, 100, fmt::format("{} rows, ", rows));
    sayCost("look for changes alone", costOf([&] { index.sync(); }), 100, "");
    cost = costOf([&] { rows = index.list().size(); });
    sayCost("list all alone", cost, 100, fmt::format("{} rows, ", rows));
    const std::string one = index.cases().front().caseId;
    std::size_t points = 0;
    filter = {};
    filter.device = "CPU 3";
    cost = costOf([&] { points = trendOf(index, one, filter).points.size(); });
    sayCost("trend of one case with change points", cost, 1000, fmt::format("{} points, ", points));
}

/// A history of one case: 10,000 times with five levels.
void sayLongTrend()
{
    std::vector<double> medians;
    for (int number = 0; number < kRuns; ++number)
    {
        medians.push_back(4e6 * (1 + 0.02 * (number / 2000 % 2)) * (1 + 0.003 * std::sin(7.3 * number)));
    }
    const auto start = Steady::now();
    const std::size_t found = changePoints(medians).size();
    say("change points of 10,000 times of one case", msSince(start) / 1e3, "s", 5, fmt::format("{} found", found));
}

} // namespace

int main()
{
    std::string name = (std::filesystem::temp_directory_path() / "headroom-history-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
    {
        return 1;
    }
    const RunFolder folder{std::filesystem::path(name)};
    const std::uintmax_t bytes = makeRuns(folder);
    {
        RunIndex index(folder);
        const auto start = Steady::now();
        index.sync();
        say("history of 10,000 runs: make the index anew", msSince(start) / 1e3, "s", 60,
            fmt::format("{:.0f} MB of journals, {:.1f} MB of index", static_cast<double>(bytes) / 1e6,
                        static_cast<double>(std::filesystem::file_size(folder.indexFile())) / 1e6));
    }
    sayLists(folder);
    sayLongTrend();
    std::filesystem::remove_all(folder.path());
    return 0;
}
