// SPDX-License-Identifier: GPL-3.0-or-later
#include "stream_worker.h"

#include "core/run/fake_engine.h"
#include "core/run/worker_protocol.h"

#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>
#include <thread>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr int kSamplesOfJob = kEventsPerSecond;
constexpr std::int64_t kNsPerSample = 1'000'000'000 / kEventsPerSecond;
constexpr int kBurst = 25; ///< events between two looks at the clock

void write(const Reply& reply)
{
    const std::string line = toLine(reply) + "\n";
    std::fwrite(line.data(), 1, line.size(), stdout);
}

void writeEvent(const std::string& job, EventData data)
{
    Event event;
    event.job = job;
    event.data = std::move(data);
    write(EventReply{std::move(event)});
}

void streamJob(const Job& job, std::int64_t index, std::int64_t total)
{
    using Clock = std::chrono::steady_clock;
    writeEvent(job.id, JobStarted{index, total, job.title, job.estimateSeconds, 600});
    const auto cases = casesOf(job);
    std::vector<std::string> ids;
    for (const Case& timed : cases)
    {
        ids.push_back(timed.id());
    }
    const auto begun = Clock::now();
    for (int at = 0; at < kSamplesOfJob; ++at)
    {
        SamplesTaken taken;
        taken.caseId = ids[static_cast<std::size_t>(at) % ids.size()];
        taken.ns = {1e6 + 1000.0 * (at * 7919 % 101)};
        taken.round = {at / static_cast<int>(ids.size())};
        writeEvent(job.id, std::move(taken));
        if (at % kBurst == 0)
        {
            std::fflush(stdout);
            std::this_thread::sleep_until(begun + std::chrono::nanoseconds(kNsPerSample * at));
        }
    }
    JobFinished finished;
    finished.seconds = 1;
    for (const std::string& id : ids)
    {
        CaseResult result;
        result.caseId = id;
        finished.cases.push_back(std::move(result));
    }
    writeEvent(job.id, std::move(finished));
}

} // namespace

Plan streamPlan()
{
    Plan plan;
    plan.command = "validate";
    for (int at = 0; at < kStreamSeconds; ++at)
    {
        ModelInput input;
        input.batch = at + 1;
        CompareJob compare;
        for (const Backend backend : {Backend::Math, Backend::Flash})
        {
            compare.cases.push_back({input, backend, Pass::Forward, Launch::Eager, L2State::Warm});
        }
        const std::string id = at == 0 ? std::string("forward") : fmt::format("batch-{}", at + 1);
        plan.jobs.push_back({id, Stage::Performance, id, 1, compare});
    }
    return plan;
}

std::int64_t samplesOfCase()
{
    return kSamplesOfJob / 2;
}

int serveStream()
{
    FakeEngine engine;
    std::string line;
    while (std::getline(std::cin, line))
    {
        const Request request = requestFromLine(line);
        if (std::holds_alternative<DescribeRequest>(request))
        {
            write(CircumstancesReply{engine.circumstances({})});
        }
        else if (const auto* run = std::get_if<RunRequest>(&request))
        {
            writeEvent({}, CircumstancesSeen{engine.circumstances({})});
            for (std::size_t at = 0; at < run->plan.jobs.size(); ++at)
            {
                streamJob(run->plan.jobs[at], run->indices[at], run->total);
            }
        }
        write(IdleReply{});
        std::fflush(stdout);
    }
    return 0;
}

} // namespace headroom
