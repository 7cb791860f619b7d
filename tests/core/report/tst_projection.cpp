// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/projection.h"

#include "tests/core/report/audited_run.h"

#include <QtTest>

using namespace headroom;
using namespace headroom::testing;

namespace
{

/// 0.5 s a step, 0.49 to 0.52 with 95 %.
CaseReport measuredStep()
{
    CaseReport step;
    step.measured = caseOf(smallModel(4, 128), Backend::Flash, Pass::TrainingStep);
    step.device.emplace();
    step.device->medianNs = 0.5e9;
    step.device->medianIntervalNs = Interval{0.49e9, 0.52e9};
    return step;
}

} // namespace

class TestProjection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void timeIsTheStepTimesTheSteps()
    {
        // 7200 steps of 0.5 s: an hour; 0.98 to 1.04 of it.
        const auto projection = project(measuredStep(), {7200, std::nullopt, "USD"});
        QVERIFY(projection.has_value());
        QCOMPARE(projection->backend, Backend::Flash);
        QCOMPARE(projection->seconds, 3600.0);
        QCOMPARE(projection->secondsInterval->low, 3528.0);
        QCOMPARE(projection->secondsInterval->high, 3744.0);
        QVERIFY(!projection->joules && !projection->cost && !projection->costInterval);
    }

    void costAndEnergyFollow()
    {
        auto step = measuredStep();
        step.energy = EnergyReport{300, 600, 10, 0.9};
        // 2.50 an hour for an hour; 300 J for 7200 steps are 600 Wh.
        const auto projection = project(step, {7200, 2.5, "EUR"});
        QCOMPARE(*projection->cost, 2.5);
        QCOMPARE(projection->costInterval->low, 2.45);
        QCOMPARE(projection->costInterval->high, 2.6);
        QCOMPARE(*projection->joules, 2.16e6);
    }

    void theHostCountsWhereItWasTimed()
    {
        auto step = measuredStep();
        step.wall.emplace();
        step.wall->medianNs = 1e9;
        const auto projection = project(step, {10, std::nullopt, "USD"});
        QCOMPARE(projection->seconds, 10.0);
        QVERIFY(!projection->secondsInterval); // too few wall times for one
    }

    void aStepThatWasNotMeasuredIsNotProjected()
    {
        auto step = measuredStep();
        step.outcome = Outcome::Skipped;
        QVERIFY(!project(step, {10, std::nullopt, "USD"}));
        step = measuredStep();
        step.device.reset();
        QVERIFY(!project(step, {10, std::nullopt, "USD"}));
    }

    void tokensOrImages()
    {
        auto input = smallModel(4, 128);
        QCOMPARE(projectedInput(input, 1000), (ProjectedInput{512'000, false}));
        input.model.outline.emplace().fixedSequence = true;
        QCOMPARE(projectedInput(input, 1000), (ProjectedInput{4000, true}));
    }

    void aRowForEachBackend()
    {
        auto report = triangleAudit();
        QVERIFY(projectionTables(report, Format(true)).empty()); // not asked for
        report.plan.projection = ProjectionRequest{1'000'000, 3.0, "USD"};
        const auto tables = projectionTables(report, Format(true));
        QCOMPARE(tables.size(), 1u);
        QCOMPARE(tables[0].title, std::string("1,000,000 training steps, 256,000,000 tokens"));
        QCOMPARE(tables[0].rows.size(), 3u); // math, flash and LibTorch's own choice
        QCOMPARE(tables[0].rows[0][0].text, std::string("math"));
        // Steps of 3 ms: 3000 s, and 2.5 of the 3 an hour.
        QVERIFY2(tables[0].rows[0][1].text.starts_with("50 min 0"), tables[0].rows[0][1].text.c_str());
        QCOMPARE(tables[0].rows[0][2].text, std::string("-"));
        QVERIFY2(tables[0].rows[0][3].text.starts_with("2.50 USD"), tables[0].rows[0][3].text.c_str());
    }
};

QTEST_APPLESS_MAIN(TestProjection)
#include "tst_projection.moc"
