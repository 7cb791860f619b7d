// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audit/audit_finding.h"

#include "tests/core/audit/audited_models.h"

#include <QFile>
#include <QtTest>

#include <algorithm>
#include <functional>

using namespace headroom;
using namespace headroom::testing;

namespace
{

using Plant = std::function<void(ModelInspection&, Circumstances&)>;

struct Planted
{
    const char* name;
    bool cuda;
    Plant plant;
    std::vector<std::string> rules; ///< all that is found
    CallChange change;              ///< of the first
};

AttentionProblem& problemOf(ModelInspection& seen, std::size_t call)
{
    return seen.calls[call].call.problem;
}

void runInMath(ModelInspection& seen, std::size_t call)
{
    seen.calls[call].ran = Backend::Math;
}

Plant mask(MaskContent content, std::int64_t unpadded = 128, double masked = 0.25)
{
    return [=](ModelInspection& seen, Circumstances&)
    {
        handOverMask(seen.calls[1], content, masked);
        seen.calls[1].unpaddedKeys = unpadded;
        seen.calls[1].ran = Backend::Cudnn;
    };
}

void writtenByHand(ModelInspection& seen, Circumstances&)
{
    seen.calls[1].form = CallForm::HandWritten;
    seen.calls[1].ran.reset();
}

void multihead(ModelInspection& seen, Circumstances& machine)
{
    writtenByHand(seen, machine);
    seen.modules[2].kind = "torch.nn.MultiheadAttention";
}

void withinMultihead(ModelInspection& seen, Circumstances& machine)
{
    writtenByHand(seen, machine);
    seen.modules[2].kind = "MultiheadAttention";
    seen.calls[1].call.path += ".inner";
}

void headDim100(ModelInspection& seen, Circumstances&)
{
    handOverMask(seen.calls[1], MaskContent::Bias);
    problemOf(seen, 1).headDimQk = problemOf(seen, 1).headDimV = 100;
    runInMath(seen, 1);
}

void groupedInMath(ModelInspection& seen, Circumstances&)
{
    problemOf(seen, 1).kvHeads = 2;
    seen.calls[1].distinctKvHeads = 2;
    problemOf(seen, 1).dtype = DType::Float32;
    runInMath(seen, 1);
}

std::vector<Planted> planted()
{
    return {
        {"causal triangle on the CPU",
         false,
         [](ModelInspection& seen, Circumstances&) { handOverTriangle(seen.calls[1]); },
         {"mask-is-causal"},
         CallChange::UseIsCausal},
        {"causal triangle on a GPU",
         true,
         [](ModelInspection& seen, Circumstances&) { handOverTriangle(seen.calls[1]); },
         {"mask-is-causal"},
         CallChange::UseIsCausal},
        {"triangle of more keys than queries",
         true,
         [](ModelInspection& seen, Circumstances&)
         {
             handOverTriangle(seen.calls[1]);
             problemOf(seen, 1).kvLength = 256;
         },
         {"mask-disables-flash"},
         CallChange::None},
        {"mask of all true", false, mask(MaskContent::AllTrue), {"mask-hides-nothing"}, CallChange::DropMask},
        {"padding that rows share",
         true,
         mask(MaskContent::Padding, 96),
         {"mask-disables-flash"},
         CallChange::CutPadding},
        {"padding that no two rows share", true, mask(MaskContent::Padding), {"mask-disables-flash"}, CallChange::None},
        {"window", true, mask(MaskContent::Window), {"mask-disables-flash"}, CallChange::None},
        {"padding on the CPU", false, mask(MaskContent::Padding, 96), {}, CallChange::None},
        {"bias on the CPU", false, mask(MaskContent::Bias), {}, CallChange::None},
        {"inverted mask", true, mask(MaskContent::Inverted), {"mask-inverted"}, CallChange::None},
        {"written by hand", false, writtenByHand, {"hand-written"}, CallChange::UseSdpa},
        {"multi-head attention with weights", false, multihead, {"need-weights"}, CallChange::UseSdpa},
        {"weights that are returned",
         false,
         [](ModelInspection& seen, Circumstances& machine)
         {
             writtenByHand(seen, machine);
             seen.calls[1].needsWeights = true;
         },
         {"need-weights"},
         CallChange::UseSdpa},
        {"fast path that returns weights",
         false,
         [](ModelInspection& seen, Circumstances&)
         {
             seen.calls[1].form = CallForm::FastPath;
             seen.calls[1].needsWeights = true;
             seen.calls[1].ran.reset();
         },
         {"need-weights"},
         CallChange::UseSdpa},
        {"within multi-head attention", false, withinMultihead, {"need-weights"}, CallChange::UseSdpa},
        {"dropout left on",
         true,
         [](ModelInspection& seen, Circumstances&) { problemOf(seen, 1).dropout = 0.1; },
         {"dropout-in-evaluation"},
         CallChange::NoDropout},
        {"float32 on a GPU",
         true,
         [](ModelInspection& seen, Circumstances&) { problemOf(seen, 1).dtype = DType::Float32; },
         {"float32-outside-autocast"},
         CallChange::CastToBFloat16},
        {"float32 on a CPU with AMX",
         false,
         [](ModelInspection& seen, Circumstances& machine)
         {
             machine.devices[0].instructionSet = "AMX";
             problemOf(seen, 0).dtype = problemOf(seen, 2).dtype = DType::BFloat16;
         },
         {"float32-outside-autocast"},
         CallChange::CastToBFloat16},
        {"grouped heads in math",
         true,
         groupedInMath,
         {"float32-outside-autocast", "gqa-falls-to-math"},
         CallChange::CastToBFloat16},
        {"copied heads",
         false,
         [](ModelInspection& seen, Circumstances&) { seen.calls[1].distinctKvHeads = 2; },
         {"kv-heads-copied"},
         CallChange::GroupKvHeads},
        {"heads of which it is not known",
         false,
         [](ModelInspection& seen, Circumstances&) { seen.calls[1].distinctKvHeads = 0; },
         {},
         CallChange::None},
        {"copied heads that keep the fused backend",
         true,
         [](ModelInspection& seen, Circumstances&)
         {
             handOverMask(seen.calls[1], MaskContent::Inverted);
             problemOf(seen, 1).maskNeedsGradient = true; // cudnn and flash refuse; grouped, memory-efficient does too
             seen.calls[1].distinctKvHeads = 2;
             seen.calls[1].ran = Backend::MemoryEfficient;
         },
         {"mask-inverted"},
         CallChange::None},
        {"head_dim 100 with a mask", true, headDim100, {"mask-disables-flash", "head-dim-refused"}, CallChange::None},
        {"head_dim 100 that flash pads",
         true,
         [](ModelInspection& seen, Circumstances&)
         { problemOf(seen, 1).headDimQk = problemOf(seen, 1).headDimV = 100; },
         {},
         CallChange::None},
        {"two head dims on the CPU",
         false,
         [](ModelInspection& seen, Circumstances&)
         {
             problemOf(seen, 1).headDimQk = 96;
             runInMath(seen, 1);
         },
         {"head-dim-refused"},
         CallChange::PadHeadDim},
        {"last dimension not contiguous",
         false,
         [](ModelInspection& seen, Circumstances&) { seen.calls[1].innermostContiguous = false; },
         {"layout-refused"},
         CallChange::MakeContiguous},
        {"fast path",
         false,
         [](ModelInspection& seen, Circumstances&)
         {
             seen.calls[1].form = CallForm::FastPath;
             seen.calls[1].ran.reset();
         },
         {"fast-path"},
         CallChange::UseSdpa},
        {"fast path that is fused",
         true,
         [](ModelInspection& seen, Circumstances&) { seen.calls[1].form = CallForm::FastPath; },
         {},
         CallChange::None},
        {"flash switched off",
         false,
         [](ModelInspection& seen, Circumstances& machine)
         {
             machine.flags["sdpFlash"] = false;
             runInMath(seen, 1);
         },
         {"backend-forced-off"},
         CallChange::None},
        {"flash switched off, and not missed",
         false,
         [](ModelInspection&, Circumstances& machine) { machine.flags["sdpMemoryEfficient"] = false; },
         {},
         CallChange::None},
        {"cudnn put last",
         true,
         [](ModelInspection& seen, Circumstances& machine)
         {
             machine.environment["TORCH_CUDNN_SDPA_DEPRIORITIZED"] = "1";
             seen.calls[0].ran = seen.calls[2].ran = Backend::Cudnn;
         },
         {"backend-forced-off"},
         CallChange::None},
        {"cudnn not put last",
         true,
         [](ModelInspection&, Circumstances& machine) { machine.environment["TORCH_CUDNN_SDPA_DEPRIORITIZED"] = "0"; },
         {},
         CallChange::None},
        {"math for no known reason",
         false,
         [](ModelInspection& seen, Circumstances&) { runInMath(seen, 1); },
         {"math-runs"},
         CallChange::None},
        {"unseen",
         false,
         [](ModelInspection& seen, Circumstances&)
         {
             handOverTriangle(seen.calls[1]);
             seen.calls[1].form = CallForm::Unseen;
         },
         {},
         CallChange::None},
    };
}

const AuditFinding* findRule(const std::vector<AuditFinding>& findings, std::string_view rule)
{
    const auto found = std::ranges::find(findings, rule, &AuditFinding::rule);
    return found == findings.end() ? nullptr : &*found;
}

} // namespace

class TestAuditRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsNothingInAWellModel_data()
    {
        QTest::addColumn<bool>("cuda");
        QTest::newRow("on the CPU") << false;
        QTest::newRow("on a GPU") << true;
    }

    void findsNothingInAWellModel()
    {
        QFETCH(bool, cuda);
        const auto machine = cuda ? gpuMachine() : cpuMachine();
        QVERIFY(auditFindings(wellModel(machine), machine).empty());
        QVERIFY(auditFindings(ModelInspection{}, machine).empty());
    }

    void findsWhatWasPlanted_data()
    {
        QTest::addColumn<int>("at");
        int at = 0;
        for (const auto& entry : planted())
        {
            QTest::newRow(entry.name) << at++;
        }
    }

    void findsWhatWasPlanted()
    {
        QFETCH(int, at);
        const auto entry = planted().at(static_cast<std::size_t>(at));
        auto machine = entry.cuda ? gpuMachine() : cpuMachine();
        auto seen = wellModel(machine);
        entry.plant(seen, machine);
        const auto findings = auditFindings(seen, machine);
        std::vector<std::string> rules;
        std::ranges::transform(findings, std::back_inserter(rules), &AuditFinding::rule);
        QCOMPARE(rules, entry.rules);
        for (const auto& finding : findings)
        {
            QCOMPARE(finding.calls, std::vector<std::int64_t>{1});
            QCOMPARE(finding.tried.size(), finding.change == CallChange::None ? 0u : 1u);
            QVERIFY(finding.title.starts_with("1 of 3 calls "));
            QVERIFY2(finding.why.starts_with("Call 1 (layers.1.self_attn"), finding.why.c_str());
            QVERIFY(finding.why.ends_with('.'));
            QCOMPARE(finding.changesResult, finding.rule == "dropout-in-evaluation");
            QCOMPARE(finding.undo, std::string(undoOfAuditRule(finding.rule)));
            QVERIFY(finding.change == CallChange::None || (!finding.python.empty() && !finding.cpp.empty()));
        }
        if (!findings.empty())
        {
            QCOMPARE(findings.front().change, entry.change);
        }
    }

    void everyRuleIsPlantedSomewhere()
    {
        for (const auto name : auditRuleNames())
        {
            const auto all = planted();
            QVERIFY2(std::ranges::any_of(all, [&](const Planted& entry)
                                         { return std::ranges::find(entry.rules, name) != entry.rules.end(); }),
                     std::string(name).c_str());
        }
    }

    void theManualExplainsEveryRuleAndLoader()
    {
        QFile file(QStringLiteral(HEADROOM_TEST_DATA "/../../docs/models.md"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto manual = file.readAll().toStdString();
        for (const auto name : auditRuleNames())
        {
            QVERIFY2(manual.find("\n| `" + std::string(name) + "` |") != std::string::npos, std::string(name).c_str());
        }
        for (const auto& loader : loaderAbilities())
        {
            const auto yes = [](bool it) { return std::string(it ? "yes" : "no"); };
            const auto row = manual.find("\n| `" + std::string(toString(loader.loader)) + "` |");
            QVERIFY2(row != std::string::npos, std::string(toString(loader.loader)).c_str());
            const auto line = manual.substr(row, manual.find('\n', row + 1) - row);
            QVERIFY2(line.ends_with("| " + yes(loader.switchesBackends) + " | " + yes(loader.showsModules) + " | " +
                                    yes(loader.givesGradients) + " | " + yes(loader.changesType) + " | " +
                                    std::string(toString(loader.foreignCode)) + " |"),
                     line.c_str());
        }
    }

    void findingsOfOwnModulesNameWhoseCallsTheyMake()
    {
        const auto machine = cpuMachine();
        auto seen = wellModel(machine);
        handOverTriangle(seen.calls[1]);
        const auto others = auditFindings(seen, machine);
        QVERIFY(!others.empty() && others[0].why.find("transformers") == std::string::npos);
        seen.callsAs = kTransformers;
        seen.family = "bert";
        const auto findings = auditFindings(seen, machine);
        QVERIFY(findings[0].why.ends_with("makes the call as transformers 5.24 makes it for bert "
                                          "(attn_implementation=\"sdpa\")."));
    }

    void saysNothingWithoutADevice()
    {
        auto machine = cpuMachine();
        auto seen = wellModel(machine);
        handOverTriangle(seen.calls[1]);
        machine.selected = {DeviceKind::Cuda, 3};
        QVERIFY(auditFindings(seen, machine).empty());
    }

    void triesOneCallOfEachKind()
    {
        const auto machine = cpuMachine();
        auto seen = wellModel(machine);
        for (auto& watched : seen.calls)
        {
            handOverTriangle(watched);
        }
        seen.calls[2].call.problem.queryLength = seen.calls[2].call.problem.kvLength = 64;
        const auto findings = auditFindings(seen, machine);
        QCOMPARE(findings.size(), 1u);
        QCOMPARE(findings[0].calls, (std::vector<std::int64_t>{0, 1, 2}));
        QCOMPARE(findings[0].tried, (std::vector<std::int64_t>{0, 2}));
        QCOMPARE(findings[0].title, std::string("3 of 3 calls hand over a causal triangle as a mask"));
        QVERIFY(findings[0].why.starts_with("Calls 0-2 (layers.0-2.self_attn): a boolean mask of [1, 1, 128, 128] "));
    }

    void namesWhatRefusesEachFusedBackend()
    {
        const auto machine = gpuMachine();
        auto seen = wellModel(machine);
        problemOf(seen, 1).headDimQk = problemOf(seen, 1).headDimV = 512;
        runInMath(seen, 1);
        // Memory-efficient takes any head_dim: that it did not run is what nothing explains.
        const auto findings = auditFindings(seen, machine);
        const auto* finding = findRule(findings, "math-runs");
        QVERIFY(finding != nullptr);
        QVERIFY(finding->why.find("Against flash: head_dim 512 (takes at most 256).") != std::string::npos);
        QVERIFY(finding->why.find("The rules know of nothing against memory-efficient.") != std::string::npos);
    }

    void keepsTheMaskOfRowsThatEndApart()
    {
        const auto machine = gpuMachine();
        auto seen = wellModel(machine);
        handOverMask(seen.calls[1], MaskContent::Padding, 0.25); // 32 of 128 keys in both rows
        seen.calls[1].unpaddedKeys = 96;
        QCOMPARE(changedProblem(seen.calls[1], CallChange::CutPadding).mask, MaskKind::None);
        seen.calls[1].masked = 0.3; // one row ends earlier
        const auto cut = changedProblem(seen.calls[1], CallChange::CutPadding);
        QCOMPARE(cut.mask, MaskKind::Boolean);
        QCOMPARE(cut.kvLength, 96);
    }
};

QTEST_APPLESS_MAIN(TestAuditRules)
#include "tst_audit_rules.moc"
