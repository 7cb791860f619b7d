// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/sweep_plan.h"
#include "core/plan/sweep_preset.h"

#include <QtTest>

#include <set>

using namespace headroom;

namespace
{

DeviceFacts h200()
{
    DeviceFacts device;
    device.kind = DeviceKind::Cuda;
    device.computeCapability = 90;
    device.cudnnVersion = 91900;
    device.freeMemoryBytes = std::int64_t{130} << 30;
    return device;
}

DeviceFacts twoCores()
{
    DeviceFacts device;
    device.cores = 2;
    device.freeMemoryBytes = std::int64_t{8} << 30;
    return device;
}

SweepRequest requestOn(const DeviceFacts& device)
{
    SweepRequest request;
    request.device.kind = device.kind;
    request.specs.front().queryLengths = {128, 256};
    return request;
}

QStringList idsOf(const Plan& plan)
{
    QStringList ids;
    for (const auto& job : plan.jobs)
    {
        ids.append(QString::fromStdString(job.id));
    }
    return ids;
}

const CompareJob& comparison(const Plan& plan, std::string_view id)
{
    for (const auto& job : plan.jobs)
    {
        if (job.id == id)
        {
            return std::get<CompareJob>(job.work);
        }
    }
    throw std::invalid_argument("no such job");
}

std::size_t caseCount(const std::vector<SweepGroup>& groups)
{
    std::size_t count = 0;
    for (const auto& group : groups)
    {
        for (const auto& cell : group.cells)
        {
            count += cell.cases.size();
        }
    }
    return count;
}

QString joined(const std::vector<std::string>& texts)
{
    QString all;
    for (const auto& text : texts)
    {
        all += QString::fromStdString(text) + QLatin1Char('\n');
    }
    return all;
}

} // namespace

/// What a sweep's lists become: problems, cases, jobs.
class TestSweepPlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listsMultiply()
    {
        SweepSpec spec;
        spec.batches = {1, 2};
        spec.queryLengths = {128, 256, 512};
        spec.masks = {SweepMask{}, SweepMask{true}};
        spec.passes = {Pass::Forward, Pass::Backward};
        const auto groups = expand({spec}, DeviceKind::Cuda);
        QCOMPARE(groups.size(), std::size_t{12});
        QCOMPARE(caseCount(groups), std::size_t{12 * 2 * 4});
        QCOMPARE(groups.front().problem.dtype, DType::BFloat16);
        QVERIFY(groups.front().problem.needsGradients);
        const auto& forward = groups.front().cells.front().cases.front();
        QCOMPARE(forward.backend, Backend::Math);
        QVERIFY(!std::get<AttentionProblem>(forward.subject).needsGradients);
        QVERIFY(groups == expand({spec}, DeviceKind::Cuda));
    }

    void caseIsThereOnce()
    {
        SweepSpec spec;
        auto more = spec;
        more.queryLengths = {1024, 4096};
        more.batches = {4, 4};
        const auto groups = expand({spec, more}, DeviceKind::Cuda);
        std::set<std::string> ids;
        for (const auto& group : groups)
        {
            for (const auto& cell : group.cells)
            {
                for (const auto& value : cell.cases)
                {
                    QVERIFY(ids.insert(value.id()).second);
                }
            }
        }
        QCOMPARE(groups.size(), std::size_t{4});
    }

    void productsStayConstant()
    {
        const auto groups = expand(sweepPreset("fa3-paper").specs, DeviceKind::Cuda);
        QCOMPARE(groups.size(), std::size_t{24});
        for (const auto& group : groups)
        {
            QCOMPARE(group.problem.batch * group.problem.queryLength, std::int64_t{16384});
            QCOMPARE(group.problem.queryHeads * group.problem.headDimQk, std::int64_t{2048});
        }
        QCOMPARE(caseCount(groups), std::size_t{24 * 2 * 4});
    }

    void everyPresetIsSound_data()
    {
        QTest::addColumn<QString>("name");
        for (const auto& preset : sweepPresets())
        {
            const std::string name(preset.name);
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
        }
    }

    void everyPresetIsSound()
    {
        QFETCH(QString, name);
        const auto& preset = sweepPreset(name.toStdString());
        SweepRequest request = requestOn(h200());
        request.specs = preset.specs;
        request.mathUpTo = preset.mathUpTo;
        QVERIFY2(problemsWith(request).empty(), qPrintable(joined(problemsWith(request))));
        const Plan plan = makeSweepPlan(request, h200());
        std::set<std::string> ids;
        for (const auto& job : plan.jobs)
        {
            QVERIFY(ids.insert(job.id).second);
            QVERIFY(job.estimateSeconds > 0);
            if (const auto* compare = std::get_if<CompareJob>(&job.work))
            {
                QVERIFY(!compare->cases.empty());
            }
        }
        QVERIFY_EXCEPTION_THROWN(sweepPreset("fa4"), std::invalid_argument);
    }

    void eachProblemIsJudgedBeforeItIsTimed()
    {
        SweepRequest request = requestOn(twoCores());
        request.specs.front().passes = {Pass::Forward, Pass::TrainingStep};
        QCOMPARE(idsOf(makeSweepPlan(request, twoCores())),
                 QStringList({QStringLiteral("judge-1"), QStringLiteral("time-1-forward"),
                              QStringLiteral("time-1-training-step"), QStringLiteral("judge-2"),
                              QStringLiteral("time-2-forward"), QStringLiteral("time-2-training-step")}));
        request.skipAccuracy = true;
        QCOMPARE(makeSweepPlan(request, twoCores()).jobs.size(), std::size_t{4});
        request.skipAccuracy = false;
        request.skipPerformance = true;
        QCOMPARE(makeSweepPlan(request, twoCores()).jobs.size(), std::size_t{2});
    }

    void launchAndL2AreCells()
    {
        SweepRequest request = requestOn(h200());
        request.specs.front().queryLengths = {128};
        request.specs.front().launches = {Launch::Eager, Launch::Graph};
        request.specs.front().l2States = {L2State::Warm, L2State::Cold};
        request.specs.front().gradients = {Gradients::ByPass, Gradients::Always};
        const auto ids = idsOf(makeSweepPlan(request, h200()));
        QCOMPARE(ids.size(), 9);
        QVERIFY(ids.contains(QStringLiteral("time-1-forward-graph-cold")));
        QVERIFY(ids.contains(QStringLiteral("time-1-forward-recorded")));
    }

    void refusedCasesAreRowsWithTheirReason()
    {
        SweepRequest request = requestOn(h200());
        request.specs.front().dtypes = {DType::Float32};
        const Plan plan = makeSweepPlan(request, h200());
        const auto& compare = comparison(plan, "time-1-forward");
        QCOMPARE(compare.cases.size(), std::size_t{2}); // math and memory-efficient
        QCOMPARE(compare.leftOut.size(), std::size_t{2});
        QCOMPARE(compare.leftOut.front().why, LeftOut::NotEligible);
        QVERIFY(QString::fromStdString(compare.leftOut.front().reason).contains(QStringLiteral("float32")));
        const auto& judge = std::get<JudgeJob>(plan.jobs.front().work);
        QVERIFY((judge.backends == std::vector{Backend::Math, Backend::MemoryEfficient}));
        const Plan again = Json(plan).get<Plan>();
        QVERIFY(again == plan);
    }

    void mathEndsWhereItIsAskedTo()
    {
        SweepRequest request = requestOn(h200());
        request.specs = sweepPreset("fa3-paper").specs;
        request.mathUpTo = 4096;
        const Plan plan = makeSweepPlan(request, h200());
        for (const auto& job : plan.jobs)
        {
            for (const auto& value : casesOf(job))
            {
                const auto& problem = std::get<AttentionProblem>(value.subject);
                QVERIFY(value.backend != Backend::Math || problem.queryLength <= 4096);
            }
        }
        QCOMPARE(comparison(plan, "time-5-forward").leftOut.front().why, LeftOut::NotWanted);
        QCOMPARE(comparison(plan, "time-5-forward").cases.front().backend, Backend::Cudnn);
    }

    void scoresThatDoNotFitAreLeftOut()
    {
        SweepRequest request = requestOn(twoCores());
        request.specs.front().queryLengths = {16384};
        const Plan plan = makeSweepPlan(request, twoCores());
        const auto& compare = comparison(plan, "time-1-forward");
        QCOMPARE(compare.leftOut.front().why, LeftOut::TooLarge);
        QCOMPARE(compare.leftOut.front().left.backend, Backend::Math);
        QVERIFY(QString::fromStdString(compare.leftOut.front().reason).contains(QStringLiteral("8 GiB are free")));
    }

    void filterTakesCasesAndEmptyProblemsAway()
    {
        SweepRequest request = requestOn(twoCores());
        request.filter.add("backend=flash,seq>128");
        const Plan plan = makeSweepPlan(request, twoCores());
        QCOMPARE(idsOf(plan), QStringList({QStringLiteral("judge-1"), QStringLiteral("time-1-forward")}));
        QCOMPARE(comparison(plan, "time-1-forward").cases.size(), std::size_t{1});
        request.filter.add("seq>4k");
        QVERIFY(makeSweepPlan(request, twoCores()).jobs.empty());
    }

    void checksStandBehindTheRest()
    {
        SweepRequest request = requestOn(twoCores());
        request.checks = {SweepCheck::Determinism, SweepCheck::BatchInvariance, SweepCheck::Frontier};
        const auto ids = idsOf(makeSweepPlan(request, twoCores()));
        QCOMPARE(ids.mid(4), QStringList({QStringLiteral("determinism-1"), QStringLiteral("batch-invariance-1"),
                                          QStringLiteral("frontier-1-forward"), QStringLiteral("determinism-2"),
                                          QStringLiteral("batch-invariance-2")})); // one frontier for both lengths
    }

    void groupsTakeTheirOwnMask()
    {
        SweepSpec spec;
        spec.groups = {{8, 1, 4096}, {1, 2048, 2048}, {2, 4, 1024}};
        spec.servingMasks = true;
        spec.masks = {SweepMask{}, SweepMask{true}};
        const auto groups = expand({spec}, DeviceKind::Cuda);
        QCOMPARE(groups.size(), std::size_t{3});
        QCOMPARE(groups[0].problem.batch, std::int64_t{8});
        QVERIFY(groups[1].problem.causal);
        QCOMPARE(groups[2].problem.maskPattern, MaskPattern::CausalBottomRight);
        spec.servingMasks = false;
        QCOMPARE(expand({spec}, DeviceKind::Cuda).size(), std::size_t{6});
    }

    void problemsAreSaid_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<QString>("said");
        QTest::newRow("tokens") << QStringLiteral("tokens") << QStringLiteral("--tokens 1000 is no multiple");
        QTest::newRow("width") << QStringLiteral("width") << QStringLiteral("--d-model 100 is no multiple");
        QTest::newRow("graph") << QStringLiteral("graph") << QStringLiteral("--launch graph");
        QTest::newRow("cold") << QStringLiteral("cold") << QStringLiteral("--l2 cold");
        QTest::newRow("many") << QStringLiteral("many") << QStringLiteral("use at most 20000");
        QTest::newRow("dropout") << QStringLiteral("dropout") << QStringLiteral("dropout is 1");
        QTest::newRow("nothing") << QStringLiteral("nothing") << QStringLiteral("nothing is left to do");
        QTest::newRow("seconds") << QStringLiteral("seconds") << QStringLiteral("--max-seconds is 0");
    }

    void problemsAreSaid()
    {
        QFETCH(QString, what);
        QFETCH(QString, said);
        SweepRequest request = requestOn(twoCores());
        SweepSpec& spec = request.specs.front();
        if (what == QLatin1String("tokens"))
        {
            spec.tokens = 1000;
        }
        else if (what == QLatin1String("width"))
        {
            spec.dModel = 100;
        }
        else if (what == QLatin1String("graph"))
        {
            spec.launches = {Launch::Graph};
        }
        else if (what == QLatin1String("cold"))
        {
            spec.l2States = {L2State::Cold};
        }
        else if (what == QLatin1String("many"))
        {
            spec.queryLengths.assign(1000, 128);
            spec.batches.assign(100, 1);
        }
        else if (what == QLatin1String("dropout"))
        {
            spec.dropouts = {1.0};
        }
        else if (what == QLatin1String("nothing"))
        {
            request.skipAccuracy = request.skipPerformance = true;
        }
        else
        {
            request.maxSeconds = 0;
        }
        const QString problems = joined(problemsWith(request));
        QVERIFY2(problems.contains(said), qPrintable(problems));
    }
};

QTEST_APPLESS_MAIN(TestSweepPlan)
#include "tst_sweep_plan.moc"
