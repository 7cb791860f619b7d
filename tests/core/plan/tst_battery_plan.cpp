// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/battery_plan.h"

#include "core/plan/defects.h"

#include <QtTest>

#include <set>

using namespace headroom;

namespace
{

DeviceFacts gpuOf(int capability)
{
    DeviceFacts facts;
    facts.kind = DeviceKind::Cuda;
    facts.computeCapability = capability;
    facts.cudnnVersion = 91900;
    return facts;
}

std::string why(const char* id, const DeviceFacts& device)
{
    return whyNotApplicable(*findDefect(id), device);
}

} // namespace

class TestBatteryPlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void all32RowsAreThereInOrder()
    {
        const auto defects = knownDefects();
        QCOMPARE(defects.size(), std::size_t{32});
        for (std::size_t at = 0; at < defects.size(); ++at)
        {
            const auto& row = defects[at];
            QCOMPARE(row.id, std::string_view("B" + std::to_string(at + 1)));
            QVERIFY(row.link.starts_with("https://github.com/"));
            QVERIFY(!row.issues.empty() && !row.history.empty());
            QVERIFY(row.title.ends_with('.'));
            QVERIFY(row.onCpu || row.onCuda);
            QVERIFY(!row.backends.empty());
        }
        QVERIFY(findDefect("B33") == nullptr);
    }

    void devicesDecide()
    {
        const DeviceFacts cpu;
        QVERIFY(why("B1", cpu).empty());
        QVERIFY(why("B27", cpu).empty());
        QVERIFY(!why("B2", cpu).empty());
        QVERIFY(why("B2", gpuOf(90)).empty());
        QVERIFY(!why("B27", gpuOf(90)).empty());
        QVERIFY2(why("B3", gpuOf(90)).find("10.0 to 10.9") != std::string::npos, why("B3", gpuOf(90)).c_str());
        QVERIFY(why("B3", gpuOf(100)).empty());
        QVERIFY(!why("B32", gpuOf(90)).empty());
        QVERIFY(!why("B31", gpuOf(80)).empty());
        auto without = gpuOf(90);
        without.cudnnVersion = 0;
        QVERIFY(!why("B2", without).empty());
        QVERIFY(why("B1", without).empty());
    }

    void aPlanHasAJobForEachRowAndOnesThatCrashAreIsolated()
    {
        const auto plan = makeBatteryPlan({}, DeviceFacts{});
        QCOMPARE(plan.command, std::string("battery"));
        QCOMPARE(plan.jobs.size(), knownDefects().size());
        std::set<std::string> isolated;
        for (const auto& job : plan.jobs)
        {
            QCOMPARE(std::get<CheckJob>(job.work).item, job.id);
            QVERIFY(job.estimateSeconds > 0);
            if (job.isolated)
            {
                isolated.insert(job.id);
            }
        }
        QCOMPARE(isolated, std::set<std::string>{"B27"}); // what does not fit the device starts no worker
        QVERIFY(Json(plan).get<Plan>() == plan);
    }

    void rowsAndFailOnPresentReachThePlan()
    {
        BatteryRequest request;
        request.rows = {"B22", "B1"};
        request.failOnPresent = true;
        const auto plan = makeBatteryPlan(request, DeviceFacts{});
        QCOMPARE(plan.jobs.size(), std::size_t{2});
        QCOMPARE(plan.jobs[0].id, std::string("B1"));
        QVERIFY(plan.failOnPresent);
        QVERIFY(problemsWith(request).empty());
        request.rows = {"B99"};
        QCOMPARE(problemsWith(request).size(), std::size_t{1});
    }
};

QTEST_APPLESS_MAIN(TestBatteryPlan)
#include "tst_battery_plan.moc"
