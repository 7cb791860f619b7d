// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/attention/eligibility.h"

#include <QtTest>

#include <algorithm>
#include <functional>

using namespace headroom;

namespace
{

using Change = std::function<void(AttentionProblem&)>;

/// A problem that every backend of an H200 takes.
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

DeviceFacts gpu(int computeCapability = 90, int cudnnVersion = 91900)
{
    DeviceFacts device;
    device.kind = DeviceKind::Cuda;
    device.computeCapability = computeCapability;
    device.cudnnVersion = cudnnVersion;
    return device;
}

std::vector<std::string> failedRules(const Eligibility& eligibility)
{
    std::vector<std::string> names;
    for (const RuleCheck& rule : eligibility.rules)
    {
        if (!rule.passed)
        {
            names.push_back(rule.rule);
        }
    }
    return names;
}

const RuleCheck* ruleNamed(const Eligibility& eligibility, const std::string& name)
{
    const auto found = std::ranges::find(eligibility.rules, name, &RuleCheck::rule);
    return found == eligibility.rules.end() ? nullptr : &*found;
}

} // namespace

Q_DECLARE_METATYPE(Change)

class TestEligibility : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anEasyProblemIsTakenByAll()
    {
        const auto answers = checkEligibility(easyProblem(), gpu());
        QCOMPARE(answers.size(), std::size_t(4));
        for (std::size_t i = 0; i < answers.size(); ++i)
        {
            QCOMPARE(answers[i].backend, kSdpaBackends[i]);
            QVERIFY2(answers[i].eligible, reasonsOf(answers[i]).c_str());
            QVERIFY(!answers[i].rules.empty());
            QVERIFY(std::ranges::all_of(answers[i].rules, [](const RuleCheck& rule) { return rule.fix.empty(); }));
            QCOMPARE(reasonsOf(answers[i]), std::string());
        }
    }

    void oneChangeFailsOneRule_data()
    {
        QTest::addColumn<int>("backend");
        QTest::addColumn<int>("capability");
        QTest::addColumn<Change>("change");
        QTest::addColumn<QByteArray>("rule");
        QTest::addColumn<QByteArray>("fix");
        const auto row =
            [](const char* name, Backend backend, int capability, Change change, const char* rule, const char* fix)
        { QTest::newRow(name) << int(backend) << capability << change << QByteArray(rule) << QByteArray(fix); };
        const Change nothing = [](AttentionProblem&) {};

        row(
            "flash, old GPU", Backend::Flash, 75, [](auto& p) { p.dtype = DType::Float16; }, "compute-capability", "");
        row("flash, newer than known", Backend::Flash, 130, nothing, "compute-capability", "");
        row(
            "flash, float32", Backend::Flash, 90, [](auto& p) { p.dtype = DType::Float32; }, "dtype",
            "cast to bfloat16");
        row(
            "flash, boolean mask", Backend::Flash, 90, [](auto& p) { p.mask = MaskKind::Boolean; }, "mask",
            "use is_causal instead of a mask where the mask is causal");
        row(
            "flash, head dims differ", Backend::Flash, 90, [](auto& p) { p.headDimV = 32; }, "head-dim-equal",
            "pad head_dim of value 32 to 64 with zeros, cut the output");
        row(
            "flash, head dims differ the other way", Backend::Flash, 90, [](auto& p) { p.headDimV = 96; },
            "head-dim-equal", "pad head_dim of query and key 64 to 96 with zeros with scale 1/sqrt(64)");
        row(
            "flash, wide head", Backend::Flash, 90, [](auto& p) { p.headDimQk = p.headDimV = 264; }, "head-dim-limit",
            "use head_dim 256 or less (more heads for the same d_model)");
        row(
            "flash, causal with fewer queries", Backend::Flash, 90,
            [](auto& p) { p.causal = true, p.queryLength = 64; }, "causal-lengths",
            "cut key and value to their first 64 tokens: a top-left triangle never looks past them");
        row(
            "flash, causal with more queries", Backend::Flash, 90, [](auto& p) { p.causal = true, p.kvLength = 100; },
            "causal-lengths", "call twice: the first 100 queries with is_causal, the other 28 without");
        row(
            "flash, training head_dim 200 on 8.9", Backend::Flash, 89, [](auto& p) { p.headDimQk = p.headDimV = 200; },
            "training-head-dim", "pad head_dim 200 to 232 with zeros with scale 1/sqrt(200), cut the output");
        row(
            "flash, training head_dim 256 with dropout on 12.0", Backend::Flash, 120,
            [](auto& p) { p.headDimQk = p.headDimV = 256, p.dropout = 0.1; }, "training-head-dim", "set dropout to 0");
        row(
            "flash, heads that do not divide", Backend::Flash, 90, [](auto& p) { p.queryHeads = 12, p.kvHeads = 5; },
            "kv-heads-divide", "use 4 key/value heads");
        row(
            "flash, no keys", Backend::Flash, 90, [](auto& p) { p.kvLength = 0; }, "sequence-not-empty", "");

        row(
            "memory-efficient, very old GPU", Backend::MemoryEfficient, 37, [](auto& p) { p.dtype = DType::Float32; },
            "compute-capability", "");
        row("memory-efficient, bfloat16 on 7.5", Backend::MemoryEfficient, 75, nothing, "dtype", "cast to float32");
        row(
            "memory-efficient, float64", Backend::MemoryEfficient, 90, [](auto& p) { p.dtype = DType::Float64; },
            "dtype", "cast to float32");
        row(
            "memory-efficient, odd head_dim", Backend::MemoryEfficient, 90,
            [](auto& p) { p.headDimQk = p.headDimV = 83; }, "head-dim-multiple",
            "pad head_dim 83 to 88 with zeros with scale 1/sqrt(83), cut the output");
        row(
            "memory-efficient, value's head_dim", Backend::MemoryEfficient, 90, [](auto& p) { p.headDimV = 60; },
            "head-dim-multiple", "pad head_dim of value 60 to 64 with zeros, cut the output");
        row(
            "memory-efficient, float32 head_dim", Backend::MemoryEfficient, 80,
            [](auto& p) { p.dtype = DType::Float32, p.headDimQk = p.headDimV = 70, p.scale = 1.0; },
            "head-dim-multiple", "pad head_dim 70 to 72 with zeros and keep the scale, cut the output");
        row(
            "memory-efficient, grouped queries", Backend::MemoryEfficient, 90, [](auto& p) { p.kvHeads = 2; },
            "kv-heads-equal", "repeat key and value to 4 heads");
        row(
            "memory-efficient, no queries", Backend::MemoryEfficient, 90, [](auto& p) { p.queryLength = 0; },
            "sequence-not-empty", "");

        row(
            "cuDNN, float32", Backend::Cudnn, 90, [](auto& p) { p.dtype = DType::Float32; }, "dtype",
            "cast to bfloat16");
        row(
            "cuDNN, bfloat16 mask with gradient", Backend::Cudnn, 90,
            [](auto& p) { p.mask = MaskKind::Additive, p.maskNeedsGradient = true; }, "mask-gradient",
            "detach the mask");
        row(
            "cuDNN, head_dim 264", Backend::Cudnn, 90, [](auto& p) { p.headDimQk = p.headDimV = 264; },
            "head-dim-limit", "use head_dim 256 or less (more heads for the same d_model)");
        row(
            "cuDNN, head_dim 136 on 8.0", Backend::Cudnn, 80, [](auto& p) { p.headDimQk = p.headDimV = 136; },
            "head-dim-limit", "use head_dim 128 or less (more heads for the same d_model)");
        row(
            "cuDNN, head_dim 192 on 10.0", Backend::Cudnn, 100, [](auto& p) { p.headDimQk = p.headDimV = 192; },
            "head-dim-limit", "use head_dim 128 or less (more heads for the same d_model)");
        row(
            "cuDNN, head_dim 100", Backend::Cudnn, 90, [](auto& p) { p.headDimQk = p.headDimV = 100; },
            "head-dim-multiple", "pad head_dim 100 to 104 with zeros with scale 1/sqrt(100), cut the output");
        row(
            "cuDNN, one key", Backend::Cudnn, 90, [](auto& p) { p.kvLength = 1; }, "kv-length",
            "return value itself: attention to one key is that key's value");
        row(
            "cuDNN, one query with dropout", Backend::Cudnn, 90, [](auto& p) { p.queryLength = 1, p.dropout = 0.5; },
            "query-length-dropout", "set dropout to 0");
        row(
            "cuDNN, heads that do not divide", Backend::Cudnn, 90, [](auto& p) { p.kvHeads = 3; }, "kv-heads-divide",
            "use 2 key/value heads");

        row(
            "math, mask and causal", Backend::Math, 90, [](auto& p) { p.mask = MaskKind::Boolean, p.causal = true; },
            "mask-with-causal", "fold the triangle into the mask");
        row(
            "math, more key/value heads than query heads", Backend::Math, 90, [](auto& p) { p.kvHeads = 8; },
            "kv-heads-divide", "use 4 key/value heads");
    }
    void oneChangeFailsOneRule()
    {
        QFETCH(int, backend);
        QFETCH(int, capability);
        QFETCH(Change, change);
        QFETCH(QByteArray, rule);
        QFETCH(QByteArray, fix);
        AttentionProblem problem = easyProblem();
        change(problem);
        const Eligibility answer = checkEligibility(static_cast<Backend>(backend), problem, gpu(capability));
        QVERIFY(!answer.eligible);
        QCOMPARE(failedRules(answer), std::vector<std::string>{rule.toStdString()});
        QCOMPARE(QByteArray::fromStdString(ruleNamed(answer, rule.toStdString())->fix), fix);
    }

    void aChangeThatIsAllowedIsTaken_data()
    {
        QTest::addColumn<int>("backend");
        QTest::addColumn<int>("capability");
        QTest::addColumn<Change>("change");
        const auto row = [](const char* name, Backend backend, int capability, Change change)
        { QTest::newRow(name) << int(backend) << capability << change; };
        row("flash pads head_dim", Backend::Flash, 90, [](auto& p) { p.headDimQk = p.headDimV = 83; });
        row("flash, head_dim 256", Backend::Flash, 90, [](auto& p) { p.headDimQk = p.headDimV = 256; });
        row("flash, grouped queries", Backend::Flash, 90, [](auto& p) { p.kvHeads = 1; });
        row("flash, head_dim 200 without gradients on 8.9", Backend::Flash, 89,
            [](auto& p) { p.headDimQk = p.headDimV = 200, p.needsGradients = false; });
        row("flash, head_dim 200 with gradients on 9.0", Backend::Flash, 90,
            [](auto& p) { p.headDimQk = p.headDimV = 200; });
        row("flash, head_dim 192 with gradients on 8.6", Backend::Flash, 86,
            [](auto& p) { p.headDimQk = p.headDimV = 192; });
        row("flash, head_dim 256 with gradients on 8.6", Backend::Flash, 86,
            [](auto& p) { p.headDimQk = p.headDimV = 256; });
        row("flash, lengths differ without causal", Backend::Flash, 90, [](auto& p) { p.queryLength = 1; });
        row("flash, dropout", Backend::Flash, 90, [](auto& p) { p.dropout = 0.1; });
        row("flash on 12.1", Backend::Flash, 121, [](auto&) {});
        row("memory-efficient, mask with gradient", Backend::MemoryEfficient, 90,
            [](auto& p) { p.mask = MaskKind::Additive, p.maskNeedsGradient = true; });
        row("memory-efficient, head_dim 512", Backend::MemoryEfficient, 90,
            [](auto& p) { p.headDimQk = p.headDimV = 512; });
        row("memory-efficient, head dims differ", Backend::MemoryEfficient, 90, [](auto& p) { p.headDimV = 80; });
        row("memory-efficient, causal lengths differ", Backend::MemoryEfficient, 90,
            [](auto& p) { p.causal = true, p.queryLength = 7; });
        row("memory-efficient, float32 and head_dim 68", Backend::MemoryEfficient, 90,
            [](auto& p) { p.dtype = DType::Float32, p.headDimQk = p.headDimV = 68; });
        row("memory-efficient, float32 and any head_dim on 7.0", Backend::MemoryEfficient, 70,
            [](auto& p) { p.dtype = DType::Float32, p.headDimQk = p.headDimV = 67; });
        row("memory-efficient, float16 on 6.1 and any head_dim", Backend::MemoryEfficient, 61,
            [](auto& p) { p.dtype = DType::Float16, p.headDimQk = p.headDimV = 67; });
        row("cuDNN, masks", Backend::Cudnn, 90, [](auto& p) { p.mask = MaskKind::Boolean; });
        row("cuDNN, head_dim 256 on 9.0", Backend::Cudnn, 90, [](auto& p) { p.headDimQk = p.headDimV = 256; });
        row("cuDNN, 192 and 128 on 10.3", Backend::Cudnn, 103, [](auto& p) { p.headDimQk = 192, p.headDimV = 128; });
        row("cuDNN, one query without dropout", Backend::Cudnn, 90, [](auto& p) { p.queryLength = 1; });
        row("cuDNN, causal lengths differ", Backend::Cudnn, 90, [](auto& p) { p.causal = true, p.queryLength = 7; });
        row("math, anything", Backend::Math, 30, [](auto& p) { p.dtype = DType::Float64, p.headDimQk = 1000; });
        row("naive, anything", Backend::Naive, 0, [](auto& p) { p.mask = MaskKind::Boolean, p.causal = true; });
        row("default, anything", Backend::Default, 0, [](auto& p) { p.kvHeads = 3; });
        row("reference, anything", Backend::Fp64, 0, [](auto& p) { p.kvHeads = 3; });
    }
    void aChangeThatIsAllowedIsTaken()
    {
        QFETCH(int, backend);
        QFETCH(int, capability);
        QFETCH(Change, change);
        AttentionProblem problem = easyProblem();
        change(problem);
        const Eligibility answer = checkEligibility(static_cast<Backend>(backend), problem, gpu(capability));
        QVERIFY2(answer.eligible, reasonsOf(answer).c_str());
    }

    void cudnnDependsOnItsVersion_data()
    {
        QTest::addColumn<int>("version");
        QTest::addColumn<Change>("change");
        QTest::addColumn<QByteArray>("failed");
        const Change dropout = [](auto& p) { p.dropout = 0.1; };
        const Change wide = [](auto& p) { p.headDimQk = p.headDimV = 256; };
        const Change none = [](auto&) {};
        QTest::newRow("no cuDNN") << 0 << none << QByteArray("cudnn-version");
        QTest::newRow("cuDNN 8") << 8907 << none << QByteArray("cudnn-version");
        QTest::newRow("first of 9") << 90000 << none << QByteArray();
        QTest::newRow("wide before 9.10") << 90900 << wide << QByteArray("head-dim-limit");
        QTest::newRow("wide with 9.10") << 91000 << wide << QByteArray();
        QTest::newRow("dropout with 9.11.0") << 91100 << dropout << QByteArray();
        QTest::newRow("dropout with 9.11.1") << 91101 << dropout << QByteArray("dropout-cudnn-version");
        QTest::newRow("dropout with 9.13") << 91300 << dropout << QByteArray("dropout-cudnn-version");
        QTest::newRow("dropout with 9.14") << 91400 << dropout << QByteArray();
    }
    void cudnnDependsOnItsVersion()
    {
        QFETCH(int, version);
        QFETCH(Change, change);
        QFETCH(QByteArray, failed);
        AttentionProblem problem = easyProblem();
        change(problem);
        const auto names = failedRules(checkEligibility(Backend::Cudnn, problem, gpu(90, version)));
        QCOMPARE(names, failed.isEmpty() ? std::vector<std::string>() : std::vector{failed.toStdString()});
    }

    void deepSeekDimsNeedCudnn911OnBlackwell()
    {
        AttentionProblem problem = easyProblem();
        problem.headDimQk = 192;
        problem.headDimV = 128;
        QVERIFY(checkEligibility(Backend::Cudnn, problem, gpu(100, 91100)).eligible);
        QVERIFY(!checkEligibility(Backend::Cudnn, problem, gpu(100, 91000)).eligible);
        QVERIFY(!checkEligibility(Backend::Cudnn, problem, gpu(120, 91900)).eligible);
        problem.headDimV = 120;
        QVERIFY(!checkEligibility(Backend::Cudnn, problem, gpu(100, 91900)).eligible);
    }

    void allFailingRulesAreListed()
    {
        AttentionProblem problem = easyProblem();
        problem.dtype = DType::Float32;
        problem.mask = MaskKind::Additive;
        problem.headDimQk = problem.headDimV = 300;
        problem.causal = true;
        problem.queryLength = 4;
        const Eligibility flash = checkEligibility(Backend::Flash, problem, gpu(75));
        QCOMPARE(failedRules(flash),
                 (std::vector<std::string>{"compute-capability", "dtype", "mask", "head-dim-limit", "causal-lengths"}));
        QCOMPARE(reasonsOf(flash),
                 std::string("compute capability 7.5 (takes 8.0 to 12.1); float32 (takes float16); additive mask "
                             "(takes no mask); head_dim 300 (takes at most 256); query length 4, key/value length 128, "
                             "causal (takes equal lengths when causal)"));
    }

    void theCpuHasFlashAndMathAlone()
    {
        const DeviceFacts cpu;
        const AttentionProblem problem = easyProblem(DeviceKind::Cpu);
        QVERIFY(checkEligibility(Backend::Flash, problem, cpu).eligible);
        QVERIFY(checkEligibility(Backend::Math, problem, cpu).eligible);
        for (const Backend backend : {Backend::Cudnn, Backend::MemoryEfficient})
        {
            const Eligibility answer = checkEligibility(backend, problem, cpu);
            QCOMPARE(failedRules(answer), std::vector<std::string>{"device"});
            QCOMPARE(reasonsOf(answer), std::string("device cpu (takes a CUDA device)"));
        }
    }

    void cpuFlash_data()
    {
        QTest::addColumn<Change>("change");
        QTest::addColumn<QByteArray>("failed");
        const auto row = [](const char* name, Change change, const char* failed)
        { QTest::newRow(name) << change << QByteArray(failed); };
        row(
            "float64", [](auto& p) { p.dtype = DType::Float64; }, "");
        row(
            "float16", [](auto& p) { p.dtype = DType::Float16; }, "");
        row(
            "boolean mask with causal", [](auto& p) { p.mask = MaskKind::Boolean, p.causal = true; }, "");
        row(
            "any head_dim", [](auto& p) { p.headDimQk = p.headDimV = 301; }, "");
        row(
            "causal lengths differ", [](auto& p) { p.causal = true, p.kvLength = 9; }, "");
        row(
            "grouped queries", [](auto& p) { p.kvHeads = 2; }, "");
        row(
            "dropout", [](auto& p) { p.dropout = 0.1; }, "dropout");
        row(
            "mask with gradient", [](auto& p) { p.mask = MaskKind::Additive, p.maskNeedsGradient = true; },
            "mask-gradient");
        row(
            "head dims differ", [](auto& p) { p.headDimV = 32; }, "head-dim-equal");
        row(
            "heads that do not divide", [](auto& p) { p.kvHeads = 3; }, "kv-heads-divide");
        row(
            "no key/value heads", [](auto& p) { p.kvHeads = 0; }, "kv-heads-divide");
        row(
            "empty", [](auto& p) { p.kvLength = 0; }, "sequence-not-empty");
    }
    void cpuFlash()
    {
        QFETCH(Change, change);
        QFETCH(QByteArray, failed);
        AttentionProblem problem = easyProblem(DeviceKind::Cpu);
        change(problem);
        const auto names = failedRules(checkEligibility(Backend::Flash, problem, DeviceFacts()));
        QCOMPARE(names, failed.isEmpty() ? std::vector<std::string>() : std::vector{failed.toStdString()});
    }

    void aCudaProblemWithoutADeviceFailsTheDeviceRule()
    {
        for (const Backend backend : kFusedBackends)
        {
            const Eligibility answer = checkEligibility(backend, easyProblem(), DeviceFacts());
            QCOMPARE(reasonsOf(answer), std::string("no CUDA device (takes a CUDA device)"));
        }
    }

    void theDefaultFollowsThePriorityOrder_data()
    {
        QTest::addColumn<int>("capability");
        QTest::addColumn<int>("cudnn");
        QTest::addColumn<Change>("change");
        QTest::addColumn<int>("expected");
        const Change none = [](auto&) {};
        const Change mask = [](auto& p) { p.mask = MaskKind::Boolean; };
        QTest::newRow("H200") << 90 << 91900 << none << int(Backend::Cudnn);
        QTest::newRow("B300") << 103 << 91900 << none << int(Backend::Cudnn);
        QTest::newRow("H200, cuDNN 9.15.0") << 90 << 91500 << none << int(Backend::Flash);
        QTest::newRow("H200, cuDNN 9.15.1") << 90 << 91501 << none << int(Backend::Cudnn);
        QTest::newRow("A100") << 80 << 91900 << none << int(Backend::Flash);
        QTest::newRow("RTX 50") << 120 << 91900 << none << int(Backend::Flash);
        QTest::newRow("A100, mask") << 80 << 91900 << mask << int(Backend::MemoryEfficient);
        QTest::newRow("A100, mask and grouped queries never reach cuDNN")
            << 80 << 91900 << Change([](auto& p) { p.mask = MaskKind::Boolean, p.kvHeads = 2; }) << int(Backend::Math);
        QTest::newRow("H200, float32") << 90 << 91900 << Change([](auto& p) { p.dtype = DType::Float32; })
                                       << int(Backend::MemoryEfficient);
        QTest::newRow("H200, float64") << 90 << 91900 << Change([](auto& p) { p.dtype = DType::Float64; })
                                       << int(Backend::Math);
    }
    void theDefaultFollowsThePriorityOrder()
    {
        QFETCH(int, capability);
        QFETCH(int, cudnn);
        QFETCH(Change, change);
        QFETCH(int, expected);
        AttentionProblem problem = easyProblem();
        change(problem);
        QCOMPARE(predictDefault(problem, gpu(capability, cudnn)), static_cast<Backend>(expected));
    }

    void theDefaultOfTheCpuIsFlashWhereItCan()
    {
        AttentionProblem problem = easyProblem(DeviceKind::Cpu);
        QCOMPARE(predictDefault(problem, DeviceFacts()), Backend::Flash);
        problem.dropout = 0.1;
        QCOMPARE(predictDefault(problem, DeviceFacts()), Backend::Math);
    }

    void answersComeBackFromJson()
    {
        const Eligibility answer = checkEligibility(Backend::Flash, easyProblem(), gpu(75));
        QCOMPARE(parseJson(toJsonLine(answer)).get<Eligibility>(), answer);
    }
};

QTEST_APPLESS_MAIN(TestEligibility)
#include "tst_eligibility.moc"
