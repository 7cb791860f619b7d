// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/event.h"
#include "core/run/worker_protocol.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace headroom;

namespace
{

std::vector<EventData> oneOfEach()
{
    Recommendation recommendation;
    recommendation.rule = "use-fused";
    LayerEvidence layer;
    layer.path = "encoder.layers.0.self_attn";
    return {RunStarted{Plan{}, "0.1.0", "abc"},
            CircumstancesSeen{},
            StageStarted{Stage::Accuracy},
            JobStarted{1, 3, "forward", 2.5, 30},
            SamplesTaken{"id", Clock::Wall, {1.5, 2.5}, {0, 1}, {1700.0, 1710.0}},
            Telemetry{},
            EvidenceSeen{layer, std::nullopt},
            Judged{Judgement{}, std::nullopt},
            JobFinished{Outcome::Failed, Cause::WorkerDied, "why", 1.0, {CaseResult{}}},
            RecommendationMade{recommendation},
            LogLine{LogLevel::Warning, "text"},
            RunFinished{Outcome::Cancelled, "cancelled"}};
}

} // namespace

class TestEvent : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyTypeSurvivesTheJourney()
    {
        const auto all = oneOfEach();
        QCOMPARE(all.size(), std::variant_size_v<EventData>);
        for (const auto& data : all)
        {
            Event event{1, "run", 2, 7, 99, "2026-01-01T00:00:00.000Z", "job", data};
            const auto line = toLine(event);
            QVERIFY(line.find('\n') == std::string::npos);
            QVERIFY2(eventFromLine(line) == event, line.c_str());
        }
    }

    void theLineIsPinned()
    {
        const Event event{1, "r", 1, 3, 42, "2026-01-01T00:00:00.000Z", "forward", LogLine{LogLevel::Info, "hello"}};
        QCOMPARE(QString::fromStdString(toLine(event)),
                 QStringLiteral("{\"attempt\":1,\"data\":{\"level\":\"info\",\"text\":\"hello\"},\"job\":\"forward\","
                                "\"run\":\"r\",\"seq\":3,\"tNs\":42,\"type\":\"log\","
                                "\"utc\":\"2026-01-01T00:00:00.000Z\",\"v\":1}"));
    }

    void numbersThatJsonLacksTravelAsText()
    {
        SamplesTaken samples{"id", Clock::Device, {std::numeric_limits<double>::infinity(), std::nan("")}, {}, {}};
        const auto line = toLine(Event{1, "r", 1, 0, 0, "", "j", samples});
        QVERIFY(line.find("\"Infinity\"") != std::string::npos);
        const auto back = std::get<SamplesTaken>(eventFromLine(line).data);
        QVERIFY(std::isinf(back.ns[0]) && std::isnan(back.ns[1]));
    }

    void whatIsNoEventIsRefused_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("torn") << QByteArray("{\"v\":1,\"run\":");
        QTest::newRow("foreign") << QByteArray("{\"hello\":1}");
        QTest::newRow("newer") << QByteArray("{\"v\":99}");
        QTest::newRow("unknown type") << QByteArray("{\"v\":1,\"run\":\"\",\"attempt\":1,\"seq\":0,\"tNs\":0,"
                                                    "\"utc\":\"\",\"job\":\"\",\"type\":\"dance\",\"data\":{}}");
    }

    void whatIsNoEventIsRefused()
    {
        QFETCH(QByteArray, line);
        QVERIFY_EXCEPTION_THROWN(eventFromLine(line.toStdString()), std::invalid_argument);
    }

    void requestsAndRepliesSurviveTheJourney()
    {
        RunRequest run;
        run.run = "r";
        run.indices = {2, 3};
        for (const Request& request : {Request(DescribeRequest{}), Request(ExplainRequest{}), Request(run),
                                       Request(PauseRequest{}), Request(ResumeRequest{}), Request(CancelRequest{})})
        {
            QVERIFY(requestFromLine(toLine(request)) == request);
        }
        for (const Reply& reply : {Reply(EventReply{Event{}}), Reply(CircumstancesReply{}), Reply(ExplanationReply{}),
                                   Reply(IdleReply{}), Reply(ErrorReply{Cause::OutOfMemory, "why"})})
        {
            QVERIFY(replyFromLine(toLine(reply)) == reply);
        }
        QVERIFY_EXCEPTION_THROWN(requestFromLine("{\"request\":\"dance\"}"), std::invalid_argument);
        QVERIFY_EXCEPTION_THROWN(replyFromLine("nonsense"), std::invalid_argument);
    }

    void namesProveABackend_data()
    {
        QTest::addColumn<QByteArray>("operatorName");
        QTest::addColumn<QByteArray>("kernel");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("flash cpu") << QByteArray("aten::_scaled_dot_product_flash_attention_for_cpu") << QByteArray()
                                   << QByteArray("flash");
        QTest::newRow("math") << QByteArray("aten::_scaled_dot_product_attention_math") << QByteArray()
                              << QByteArray("math");
        QTest::newRow("cudnn") << QByteArray("aten::_scaled_dot_product_cudnn_attention")
                               << QByteArray("cudnn_generated_fort_native_sdpa_sm90_flash_fprop_wgmma_f16")
                               << QByteArray("cudnn");
        QTest::newRow("efficient") << QByteArray("aten::_scaled_dot_product_efficient_attention")
                                   << QByteArray("fmha_cutlassF_bf16_aligned_64x64_rf_sm80")
                                   << QByteArray("memory-efficient");
        QTest::newRow("contradiction") << QByteArray("aten::_scaled_dot_product_cudnn_attention")
                                       << QByteArray("void pytorch_flash::flash_fwd_kernel<...>") << QByteArray("");
        QTest::newRow("nothing") << QByteArray("aten::matmul") << QByteArray("nvjet_hsh") << QByteArray("");
    }

    void namesProveABackend()
    {
        QFETCH(QByteArray, operatorName);
        QFETCH(QByteArray, kernel);
        QFETCH(QByteArray, expected);
        std::vector<std::string> kernels;
        if (!kernel.isEmpty())
        {
            kernels.push_back(kernel.toStdString());
        }
        const auto seen = backendFromNames({operatorName.toStdString()}, kernels);
        QCOMPARE(seen ? std::string(toString(*seen)) : std::string(), expected.toStdString());
    }
};

QTEST_APPLESS_MAIN(TestEvent)
#include "tst_event.moc"
