// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/peak_meter.h"

#include "core/engine/libtorch_engine.h"

#include <QtTest>

using namespace headroom;
using namespace headroom::engine;

class TestPeakMeter : public QObject
{
    Q_OBJECT

    static std::optional<PeakRates> measure(LibtorchEngine& engine, const DeviceSelection& device)
    {
        try
        {
            engine.circumstances(device);
        }
        catch (const EngineError&)
        {
            return std::nullopt;
        }
        Plan plan;
        plan.device = device;
        engine.begin(plan);
        std::optional<PeakRates> peaks;
        engine.probe({AttentionProblem{}, ProbeKind::Peaks},
                     [&](const EventData& data) { peaks = std::get<EvidenceSeen>(data).peaks; }, {});
        return peaks; // or EngineError(Unsupported) on a busy processor
    }

private Q_SLOTS:
    void measuresEveryTypeAndACopy_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("cpu") << static_cast<int>(DeviceKind::Cpu);
        QTest::newRow("cuda") << static_cast<int>(DeviceKind::Cuda);
    }
    void measuresEveryTypeAndACopy()
    {
        QFETCH(int, kind);
        LibtorchEngine engine;
        std::optional<PeakRates> peaks;
        try
        {
            peaks = measure(engine, {static_cast<DeviceKind>(kind), 0});
        }
        catch (const EngineError& error)
        {
            QVERIFY(QString::fromUtf8(error.what()).contains(QStringLiteral("busy with other work")));
            QSKIP(error.what());
        }
        if (!peaks)
        {
            QSKIP("needs a CUDA device");
        }
        for (const auto& [dtype, name] : EnumNames<DType>::names)
        {
            const auto* product = findMatmul(*peaks, dtype);
            QVERIFY2(product != nullptr, name.data());
            qInfo("%s: %.3g FLOP/s, best %.3g, n %lld, spread %.3f, size %lld", name.data(), product->rate.perSecond,
                  product->rate.best, static_cast<long long>(product->rate.n), product->rate.spread,
                  static_cast<long long>(product->size));
            QVERIFY(product->rate.n >= 3);
            QVERIFY(product->rate.best >= product->rate.perSecond);
            QVERIFY(product->rate.perSecond > 1e8); // a broken clock is off by orders of magnitude
        }
        QVERIFY(peaks->copy.has_value());
        QVERIFY(peaks->copy->perSecond > 1e8);
        QVERIFY(!peaks->deviceName.empty() && !peaks->libtorchVersion.empty() && !peaks->utc.empty());
    }

    void aCancelledMeasurementYieldsNothing()
    {
        LibtorchEngine engine;
        engine.circumstances({});
        std::stop_source source;
        source.request_stop();
        int events = 0;
        engine.probe(
            {AttentionProblem{}, ProbeKind::Peaks}, [&](const EventData&) { ++events; }, source.get_token());
        QCOMPARE(events, 0);
    }
};

QTEST_APPLESS_MAIN(TestPeakMeter)
#include "tst_peak_meter.moc"
