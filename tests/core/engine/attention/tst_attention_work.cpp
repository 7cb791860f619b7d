// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/attention_work.h"
#include "core/measure/statistics.h"

#include <ATen/ATen.h>

#include <QtTest>

#include <vector>

using namespace headroom;
using namespace headroom::engine;

namespace
{

AttentionProblem problemOn(DeviceKind device, std::int64_t length)
{
    AttentionProblem problem;
    problem.batch = 2;
    problem.queryHeads = problem.kvHeads = 4;
    problem.queryLength = problem.kvLength = length;
    problem.device = device;
    problem.dtype = device == DeviceKind::Cuda ? DType::BFloat16 : DType::Float32;
    return problem;
}

c10::Device placeOf(DeviceKind device)
{
    return device == DeviceKind::Cuda ? c10::Device(at::kCUDA, 0) : c10::Device(at::kCPU);
}

} // namespace

class TestAttentionWork : public QObject
{
    Q_OBJECT

    static void addDevices()
    {
        QTest::addColumn<int>("device");
        QTest::newRow("cpu") << static_cast<int>(DeviceKind::Cpu);
        QTest::newRow("cuda") << static_cast<int>(DeviceKind::Cuda);
    }

private Q_SLOTS:
    void eachPassShowsItsBackend_data() { addDevices(); }

    void eachPassShowsItsBackend()
    {
        QFETCH(int, device);
        const auto kind = static_cast<DeviceKind>(device);
        if (kind == DeviceKind::Cuda && !at::hasCUDA())
        {
            QSKIP("needs a CUDA device");
        }
        const auto timer = makeCaseTimer(placeOf(kind));
        std::vector<Backend> backends{Backend::Flash, Backend::Math, Backend::Naive};
        if (kind == DeviceKind::Cuda)
        {
            backends.insert(backends.end(), {Backend::Cudnn, Backend::MemoryEfficient});
        }
        for (const auto backend : backends)
        {
            for (const auto pass : {Pass::Forward, Pass::Backward, Pass::TrainingStep})
            {
                const auto problem = problemOn(kind, 64);
                const auto prepared =
                    prepareWork(attentionWork({problem, backend, pass}, problem, placeOf(kind), 1), *timer);
                const auto evidence = prepared->observe();
                QVERIFY2(evidence.ran == backend && evidence.asPredicted,
                         qPrintable(QString::fromStdString(describe(Case{problem, backend, pass}))));
                QVERIFY(backend == Backend::Naive || kind == DeviceKind::Cpu || !evidence.kernels.empty());
                QVERIFY(prepared->sample().ns > 0);
            }
        }
    }

    void aGraphNeedsCuda()
    {
        const auto problem = problemOn(DeviceKind::Cpu, 16);
        try
        {
            attentionWork({problem, Backend::Flash, Pass::Forward, Launch::Graph}, problem, at::kCPU, 1);
            QFAIL("a graph was recorded on the CPU");
        }
        catch (const EngineError& error)
        {
            QCOMPARE(error.cause(), Cause::Unsupported);
        }
    }

    void aGraphReadsWhatEagerReads_data()
    {
        QTest::addColumn<int>("pass");
        for (const auto& [pass, name] : EnumNames<Pass>::names)
        {
            QTest::newRow(name.data()) << static_cast<int>(pass);
        }
    }

    /// For kernels of hundreds of microseconds, where launches do not matter.
    void aGraphReadsWhatEagerReads()
    {
        QFETCH(int, pass);
        if (!at::hasCUDA())
        {
            QSKIP("needs a CUDA device");
        }
        const auto place = placeOf(DeviceKind::Cuda);
        const auto timer = makeCaseTimer(place);
        auto problem = problemOn(DeviceKind::Cuda, 4096);
        problem.queryHeads = problem.kvHeads = 16;
        std::vector<double> medians;
        for (const auto& [launch, l2] :
             {std::pair{Launch::Eager, L2State::Warm}, std::pair{Launch::Graph, L2State::Warm},
              std::pair{Launch::Graph, L2State::Cold}})
        {
            const Case wanted{problem, Backend::Flash, static_cast<Pass>(pass), launch, l2};
            const auto prepared = prepareWork(attentionWork(wanted, problem, place, 1), *timer);
            QCOMPARE(prepared->observe().ran, std::optional(Backend::Flash));
            std::vector<double> ns;
            for (int run = 0; run < 40; ++run)
            {
                ns.push_back(prepared->sample().ns);
            }
            medians.push_back(median(std::span(ns).subspan(20)).value_or(0));
        }
        qInfo("eager %.1f us, graph %.1f us, graph cold %.1f us", medians[0] / 1e3, medians[1] / 1e3, medians[2] / 1e3);
        QVERIFY(std::abs(medians[1] / medians[0] - 1) < 0.1);
        QVERIFY(std::abs(medians[2] / medians[0] - 1) < 0.15);
    }

    /// A decode step: its launch takes longer than its kernel, and a graph leaves it out.
    void aGraphHidesTheLaunch()
    {
        if (!at::hasCUDA())
        {
            QSKIP("needs a CUDA device");
        }
        const auto place = placeOf(DeviceKind::Cuda);
        const auto timer = makeCaseTimer(place);
        auto problem = problemOn(DeviceKind::Cuda, 64);
        const auto wallOf = [&](Launch launch)
        {
            const Case wanted{problem, Backend::Flash, Pass::Forward, launch, L2State::Warm};
            const auto prepared = prepareWork(attentionWork(wanted, problem, place, 1), *timer);
            std::vector<double> ns;
            for (int run = 0; run < 40; ++run)
            {
                ns.push_back(prepared->wallSample()->ns);
            }
            return median(ns).value_or(0);
        };
        QVERIFY(wallOf(Launch::Graph) < wallOf(Launch::Eager));
    }
};

QTEST_APPLESS_MAIN(TestAttentionWork)
#include "tst_attention_work.moc"
