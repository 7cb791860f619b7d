// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/attention_memory.h"

#include "core/engine/attention/frontier_probe.h"
#include "core/engine/libtorch_engine.h"

#include <ATen/Parallel.h>

#include <QtTest>

#include <functional>

using namespace headroom;
using namespace headroom::engine;

namespace
{

struct Variant
{
    const char* name;
    std::function<void(AttentionProblem&)> apply;
};

const std::vector<Variant>& variants()
{
    static const std::vector<Variant> all{
        {"plain", [](AttentionProblem&) {}},
        {"causal", [](AttentionProblem& problem) { problem.causal = true; }},
        {"boolean mask", [](AttentionProblem& problem) { problem.mask = MaskKind::Boolean; }},
        {"alibi",
         [](AttentionProblem& problem)
         {
             problem.mask = MaskKind::Additive;
             problem.maskPattern = MaskPattern::Alibi;
         }},
        {"grouped heads", [](AttentionProblem& problem) { problem.kvHeads = 2; }},
        {"bshd", [](AttentionProblem& problem) { problem.layout = Layout::Bshd; }},
        {"packed",
         [](AttentionProblem& problem)
         {
             problem.layout = Layout::PackedQkv;
             problem.kvLength = problem.queryLength;
         }},
        {"more keys", [](AttentionProblem& problem) { problem.kvLength = 2 * problem.queryLength; }},
        {"one query",
         [](AttentionProblem& problem)
         {
             problem.queryLength = 1;
             problem.kvLength = 4096;
         }},
    };
    return all;
}

/// oneDNN's products take half a MiB for each thread that they use, and which that are depends on the processor's
/// caches: of 16 threads it was all on one machine with AMX, and eight on another.
double unusedWorkspace(const Case& measured, const Circumstances& machine)
{
    const bool products = measured.backend == Backend::Naive || measured.backend == Backend::Math;
    const auto* problem = std::get_if<AttentionProblem>(&measured.subject);
    return products && problem != nullptr && problem->dtype == DType::BFloat16 ? machine.threads * 524288.0 : 0;
}

AttentionProblem baseProblem(DType dtype)
{
    AttentionProblem problem;
    problem.batch = 2;
    problem.queryHeads = problem.kvHeads = 4;
    problem.queryLength = problem.kvLength = 1024;
    problem.dtype = dtype;
    return problem;
}

} // namespace

/// The prediction against LibTorch's own allocation reports, on the CPU.
class TestAttentionMemory : public QObject
{
    Q_OBJECT

    static void addRows()
    {
        QTest::addColumn<int>("variant");
        QTest::addColumn<int>("dtype");
        QTest::addColumn<int>("backend");
        QTest::addColumn<int>("pass");
        for (std::size_t variant = 0; variant < variants().size(); ++variant)
        {
            for (const auto dtype : {DType::Float32, DType::BFloat16})
            {
                for (const auto backend : {Backend::Flash, Backend::Math, Backend::Naive})
                {
                    for (const auto& [pass, name] : EnumNames<Pass>::names)
                    {
                        const auto text =
                            QStringLiteral("%1 %2 %3 %4")
                                .arg(QString::fromUtf8(variants()[variant].name),
                                     QString::fromUtf8(toString(dtype).data()),
                                     QString::fromUtf8(toString(backend).data()), QString::fromUtf8(name.data()));
                        QTest::newRow(text.toUtf8().constData()) << static_cast<int>(variant) << static_cast<int>(dtype)
                                                                 << static_cast<int>(backend) << static_cast<int>(pass);
                    }
                }
            }
        }
    }

private Q_SLOTS:
    void predictsWithinFivePercent_data() { addRows(); }
    void predictsWithinFivePercent()
    {
        QFETCH(int, variant);
        QFETCH(int, dtype);
        QFETCH(int, backend);
        QFETCH(int, pass);
        auto problem = baseProblem(static_cast<DType>(dtype));
        variants()[static_cast<std::size_t>(variant)].apply(problem);
        problem.needsGradients = static_cast<Pass>(pass) != Pass::Forward;
        const Case wanted{problem, static_cast<Backend>(backend), static_cast<Pass>(pass)};
        LibtorchEngine engine;
        const auto machine = engine.circumstances({});
        const auto measured = engine.prepare(wanted)->peakBytes();
        QVERIFY(measured.has_value());
        const auto predicted =
            static_cast<double>(predictMemory(problem, wanted.backend, useOf(wanted.pass), machine.threads).peakBytes);
        const auto text = QStringLiteral("predicted %1, measured %2: %3")
                              .arg(predicted, 0, 'f', 0)
                              .arg(*measured, 0, 'f', 0)
                              .arg(predicted / *measured, 0, 'f', 4);
        const double above = predicted - *measured;
        QVERIFY2(std::abs(above) <= 0.05 * *measured || (above > 0 && above <= unusedWorkspace(wanted, machine)),
                 text.toUtf8().constData());
    }

    void aFrontierTryMeasuresTheSame()
    {
        const auto problem = baseProblem(DType::Float32);
        for (const auto pass : {Pass::Forward, Pass::TrainingStep})
        {
            const auto tried = runOnce(problem, Backend::Math, pass, at::kCPU);
            QCOMPARE(tried.outcome, TryOutcome::Ran);
            const auto predicted = static_cast<double>(
                predictMemory(problem, Backend::Math, useOf(pass), at::get_num_threads()).peakBytes);
            QVERIFY(std::abs(*tried.measuredBytes / predicted - 1) <= 0.05);
        }
    }

    void aRefusalIsNoLackOfMemory()
    {
        auto problem = baseProblem(DType::Float32);
        const auto tried = runOnce(problem, Backend::Cudnn, Pass::Forward, at::kCPU);
        QCOMPARE(tried.outcome, TryOutcome::Refused);
        QVERIFY(!tried.reason.empty());
    }

    void searchesTheFrontierOfTheCpu()
    {
        auto problem = baseProblem(DType::Float32);
        problem.queryLength = problem.kvLength = 256;
        std::vector<FrontierResult> found;
        const auto sink = [&](const EventData& data) { found.push_back(*std::get<EvidenceSeen>(data).frontier); };
        ProbeJob job{problem, ProbeKind::Frontier, {Backend::Math, Backend::Flash}, Pass::TrainingStep};
        LibtorchEngine engine;
        engine.circumstances({});
        engine.probe(job, sink, {});
        QCOMPARE(found.size(), std::size_t{2});
        for (const auto& frontier : found)
        {
            QVERIFY(frontier.longest.has_value() && frontier.shortestNot.has_value());
            QVERIFY(frontier.tries.size() <= 12);
            QCOMPARE(frontier.tries.front().outcome, TryOutcome::Ran);
            QVERIFY(frontier.predicted); // gigabytes are not filled in 2 s, and never beyond what is there
            for (const auto& tried : frontier.tries)
            {
                QVERIFY(tried.outcome != TryOutcome::OutOfMemory);
                QVERIFY(!tried.measuredBytes || std::abs(*tried.measuredBytes / tried.predictedBytes - 1) < 0.25);
            }
        }
        QVERIFY(*found[1].longest > 10 * *found[0].longest); // flash keeps no scores
    }

    void tooLargeACallIsRefusedBefore()
    {
        auto problem = baseProblem(DType::Float32);
        problem.queryLength = problem.kvLength = 1 << 20;
        LibtorchEngine engine;
        engine.circumstances({});
        try
        {
            engine.prepare({problem, Backend::Math, Pass::Forward});
            QFAIL("it fitted");
        }
        catch (const EngineError& error)
        {
            QCOMPARE(error.cause(), Cause::OutOfMemory);
        }
    }
};

QTEST_APPLESS_MAIN(TestAttentionMemory)
#include "tst_attention_memory.moc"
