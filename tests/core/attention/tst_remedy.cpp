// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/remedy.h"

#include <QtTest>

#include <algorithm>
#include <functional>
#include <random>

using namespace headroom;

namespace
{

using Change = std::function<void(AttentionProblem&)>;

DeviceFacts gpu(int computeCapability = 90, int cudnnVersion = 91900)
{
    DeviceFacts device;
    device.kind = DeviceKind::Cuda;
    device.computeCapability = computeCapability;
    device.cudnnVersion = cudnnVersion;
    return device;
}

AttentionProblem easyProblem(DeviceKind device = DeviceKind::Cuda)
{
    AttentionProblem problem;
    problem.batch = 2;
    problem.queryHeads = problem.kvHeads = 4;
    problem.queryLength = problem.kvLength = 128;
    problem.dtype = DType::BFloat16;
    problem.device = device;
    return problem;
}

AttentionProblem randomProblem(std::mt19937& draw, DeviceKind device)
{
    const auto among = [&draw](auto values) { return *(values.begin() + draw() % values.size()); };
    using Numbers = std::initializer_list<std::int64_t>;
    AttentionProblem problem;
    problem.device = device;
    problem.batch = among(Numbers{1, 2});
    problem.queryHeads = among(Numbers{1, 4, 6});
    problem.kvHeads = among(Numbers{1, 2, 4});
    problem.queryLength = among(Numbers{1, 7, 128});
    problem.kvLength = among(Numbers{1, 64, 128});
    problem.headDimQk = among(Numbers{1, 3, 64, 80, 83, 200, 256, 264, 512});
    problem.headDimV = draw() % 3 == 0 ? among(Numbers{2, 64, 128}) : problem.headDimQk;
    problem.dtype =
        among(std::initializer_list<DType>{DType::Float32, DType::BFloat16, DType::Float16, DType::Float64});
    problem.mask = among(std::initializer_list<MaskKind>{MaskKind::None, MaskKind::Boolean, MaskKind::Additive});
    problem.maskNeedsGradient = problem.mask == MaskKind::Additive && draw() % 2 == 0;
    problem.causal = draw() % 2 == 0;
    problem.dropout = draw() % 4 == 0 ? 0.1 : 0.0;
    problem.needsGradients = draw() % 2 == 0;
    return problem;
}

} // namespace

Q_DECLARE_METATYPE(Change)
Q_DECLARE_METATYPE(headroom::DeviceFacts)

class TestRemedy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsTakenNeedsNone()
    {
        for (const auto backend : kSdpaBackends)
        {
            QVERIFY(!remedyFor(backend, easyProblem(), gpu()));
        }
    }

    void oneRuleIsOneStep_data()
    {
        QTest::addColumn<int>("backend");
        QTest::addColumn<Change>("make");
        QTest::addColumn<Change>("remedied");
        QTest::addColumn<int>("effect");
        QTest::addColumn<DeviceFacts>("device");
        const auto row = [](const char* name, Backend backend, Change make, Change remedied, RemedyEffect effect,
                            const DeviceFacts& device = gpu())
        {
            QTest::newRow(name) << static_cast<int>(backend) << std::move(make) << std::move(remedied)
                                << static_cast<int>(effect) << device;
        };
        using P = AttentionProblem;
        row(
            "cast for flash", Backend::Flash, [](P& p) { p.dtype = DType::Float32; },
            [](P& p) { p.dtype = DType::BFloat16; }, RemedyEffect::Rounding);
        row(
            "cast on an older GPU", Backend::Flash, [](P& p) { p.dtype = DType::Float64; },
            [](P& p) { p.dtype = DType::BFloat16; }, RemedyEffect::Rounding, gpu(80));
        row(
            "memory-efficient keeps float32", Backend::MemoryEfficient, [](P& p) { p.dtype = DType::Float64; },
            [](P& p) { p.dtype = DType::Float32; }, RemedyEffect::Rounding);
        row(
            "a mask becomes is_causal", Backend::Flash, [](P& p) { p.mask = MaskKind::Boolean; },
            [](P& p) { p.causal = true; }, RemedyEffect::IfCausal);
        row(
            "a learned mask is detached", Backend::Cudnn,
            [](P& p)
            {
                p.mask = MaskKind::Additive;
                p.maskNeedsGradient = true;
            },
            [](P& p) { p.mask = MaskKind::Additive; }, RemedyEffect::OtherResult);
        row(
            "unequal dims are padded", Backend::Flash, [](P& p) { p.headDimV = 128; },
            [](P& p)
            {
                p.headDimQk = p.headDimV = 128;
                p.scale = 1.0 / 8;
            },
            RemedyEffect::Same);
        row(
            "odd dims are padded", Backend::MemoryEfficient, [](P& p) { p.headDimQk = p.headDimV = 81; },
            [](P& p)
            {
                p.headDimQk = p.headDimV = 88;
                p.scale = 1.0 / 9;
            },
            RemedyEffect::Same);
        row(
            "float32 pads to four", Backend::MemoryEfficient,
            [](P& p)
            {
                p.dtype = DType::Float32;
                p.headDimQk = p.headDimV = 9;
            },
            [](P& p)
            {
                p.dtype = DType::Float32;
                p.headDimQk = p.headDimV = 12;
                p.scale = 1.0 / 3;
            },
            RemedyEffect::Same);
        row(
            "a wide head becomes two", Backend::Flash, [](P& p) { p.headDimQk = p.headDimV = 512; },
            [](P& p)
            {
                p.headDimQk = p.headDimV = 256;
                p.queryHeads = p.kvHeads = 8;
            },
            RemedyEffect::OtherResult);
        row(
            "keys are repeated", Backend::MemoryEfficient, [](P& p) { p.kvHeads = 2; }, [](P&) {}, RemedyEffect::Same);
        row(
            "keys past the triangle are cut", Backend::Flash,
            [](P& p)
            {
                p.causal = true;
                p.queryLength = 64;
            },
            [](P& p)
            {
                p.causal = true;
                p.queryLength = p.kvLength = 64;
            },
            RemedyEffect::Same);
        row(
            "dropout with a broken cuDNN", Backend::Cudnn, [](P& p) { p.dropout = 0.1; }, [](P&) {},
            RemedyEffect::OtherResult, gpu(90, 91200));
        row(
            "training above 192 on a small GPU", Backend::Flash, [](P& p) { p.headDimQk = p.headDimV = 200; },
            [](P& p)
            {
                p.headDimQk = p.headDimV = 232;
                p.scale = 1.0 / std::sqrt(200.0);
            },
            RemedyEffect::Same, gpu(86));
    }

    void oneRuleIsOneStep()
    {
        QFETCH(int, backend);
        QFETCH(Change, make);
        QFETCH(Change, remedied);
        QFETCH(int, effect);
        QFETCH(DeviceFacts, device);
        auto problem = easyProblem();
        make(problem);
        auto expected = easyProblem();
        remedied(expected);
        const auto remedy = remedyFor(static_cast<Backend>(backend), problem, device);
        QVERIFY(remedy.has_value());
        QCOMPARE(remedy->steps.size(), std::size_t{1});
        QCOMPARE(remedy->effect, static_cast<RemedyEffect>(effect));
        QCOMPARE(remedy->calls.size(), std::size_t{1});
        QVERIFY2(remedy->calls[0] == expected, qPrintable(QString::fromStdString(toJsonLine(Json(remedy->calls[0])))));
    }

    void moreQueriesThanKeysAreTwoCalls()
    {
        auto problem = easyProblem();
        problem.causal = true;
        problem.kvLength = 48;
        const auto remedy = remedyFor(Backend::Flash, problem, gpu());
        QVERIFY(remedy && remedy->calls.size() == 2);
        QCOMPARE(remedy->calls[0].queryLength, std::int64_t{48});
        QVERIFY(remedy->calls[0].causal);
        QCOMPARE(remedy->calls[1].queryLength, std::int64_t{80});
        QVERIFY(!remedy->calls[1].causal);
        QCOMPARE(remedy->effect, RemedyEffect::Same);
    }

    void severalRulesAreSeveralSteps()
    {
        auto problem = easyProblem();
        problem.dtype = DType::Float32;
        problem.mask = MaskKind::Boolean;
        problem.headDimV = 96;
        const auto remedy = remedyFor(Backend::Flash, problem, gpu());
        QVERIFY(remedy.has_value());
        QCOMPARE(remedy->steps.size(), std::size_t{3});
        QCOMPARE(remedy->effect, RemedyEffect::IfCausal);
    }

    void noChangeOfACallBringsAnotherDevice()
    {
        QVERIFY(!remedyFor(Backend::Cudnn, easyProblem(DeviceKind::Cpu), DeviceFacts{}));
        QVERIFY(!remedyFor(Backend::Flash, easyProblem(), gpu(75)));
        QVERIFY(!remedyFor(Backend::Cudnn, easyProblem(), gpu(90, 0)));
    }

    void everyRemedyIsTakenByTheRules()
    {
        std::mt19937 draw(1);
        int remedied = 0;
        for (int at = 0; at < 5000; ++at)
        {
            const bool cuda = at % 4 != 0;
            const auto device = cuda ? gpu(at % 3 == 0 ? 86 : 90) : DeviceFacts{};
            const auto problem = randomProblem(draw, cuda ? DeviceKind::Cuda : DeviceKind::Cpu);
            for (const auto backend : kSdpaBackends)
            {
                const bool eligible = checkEligibility(backend, problem, device).eligible;
                const auto remedy = remedyFor(backend, problem, device);
                QVERIFY(!(eligible && remedy));
                if (remedy)
                {
                    ++remedied;
                    QVERIFY(!remedy->steps.empty());
                    QVERIFY(std::none_of(remedy->steps.begin(), remedy->steps.end(),
                                         [](const std::string& step) { return step.empty(); }));
                    for (const auto& call : remedy->calls)
                    {
                        QVERIFY(checkEligibility(backend, call, device).eligible);
                    }
                }
            }
        }
        QVERIFY(remedied > 3000);
    }
};

QTEST_APPLESS_MAIN(TestRemedy)
#include "tst_remedy.moc"
