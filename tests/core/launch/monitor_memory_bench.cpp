// SPDX-License-Identifier: GPL-3.0-or-later
// Repeats a plan some hundred times with the worker that pretends, as `headroom-cli monitor` does, and prints what
// memory the monitor holds: headroom-monitor-bench [REPETITIONS]. Figures, not assertions.
#include "core/launch/monitor.h"
#include "core/launch/monitor_metrics.h"
#include "tests/core/report/event_builder.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

namespace
{

using namespace headroom;

class NoWait : public SteadyMonitorClock
{
public:
    bool waitUntil(double) override { return true; }
};

double residentMib()
{
    std::ifstream file("/proc/self/statm");
    double pages = 0;
    file >> pages >> pages;
    return pages * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

} // namespace

int main(int argc, char** argv)
{
    const std::int64_t repetitions = argc > 1 ? std::atoll(argv[1]) : 300;
    std::string name = (std::filesystem::temp_directory_path() / "headroom-monitor-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
    {
        std::perror("a temporary folder");
        return 1;
    }
    Plan plan = testing::validationPlan();
    plan.measurement.iterations = 200;
    plan.measurement.warmup = 1;
    const RunFolder folder{name};
    RepeatedRuns runs(WorkerCommand{{HEADROOM_FAKE_WORKER}, {}}, folder);
    MonitorRule rule;
    rule.keep = 50;
    MonitorFold fold(rule, {1, repetitions});
    NoWait clock;
    double begin = 0;
    runMonitor(fold, clock, repeaterOf(runs, plan, folder, "monitor"),
               [&](const MonitorState& state, const MonitorRepetition& one, std::optional<double> next)
               {
                   const auto served = writePrometheusText(metricsOf(state)).size();
                   begin = one.number == rule.keep ? residentMib() : begin; // every list is as long as it gets
                   if (one.number % 50 == 0 || !next)
                   {
                       fmt::print("{{\"repetition\": {}, \"residentMib\": {:.1f}, \"servedBytes\": {}}}\n", one.number,
                                  residentMib(), served);
                       std::fflush(stdout);
                   }
               });
    fmt::print("{{\"figure\": \"growth of a monitor after its first {} repetitions\", \"value\": {:.2f}, \"unit\": "
               "\"MiB\", \"repetitions\": {}}}\n",
               rule.keep, residentMib() - begin, fold.state().runs.all());
    std::filesystem::remove_all(name);
    return 0;
}
