// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/explanation.h"

#include "core/report/explanation_tables.h"

#include <QtTest>

#include <algorithm>

using namespace headroom;

namespace
{

DeviceFacts gpu()
{
    DeviceFacts device;
    device.kind = DeviceKind::Cuda;
    device.computeCapability = 90;
    device.cudnnVersion = 91900;
    return device;
}

/// float32 on CUDA: memory-efficient and math take it, flash and cuDNN do not.
AttentionProblem floatProblem()
{
    AttentionProblem problem;
    problem.device = DeviceKind::Cuda;
    problem.queryLength = problem.kvLength = 128;
    return problem;
}

/// A LibTorch that says what the rules say, but for \a lie.
SelectorQuestion libtorchThat(std::optional<Backend> lie = {})
{
    return [lie](const AttentionProblem& problem)
    {
        auto evidence = evidenceByRules(problem, gpu());
        for (auto& answer : evidence.answers)
        {
            if (answer.rules.backend != Backend::Math)
            {
                answer.libtorchAccepts = answer.rules.eligible != (lie == answer.rules.backend);
            }
        }
        evidence.libtorchDefault = evidence.predictedDefault;
        return evidence;
    };
}

std::string textOf(const std::vector<Table>& tables)
{
    std::string text;
    for (const auto& table : tables)
    {
        text += textTable(table, {200, false});
    }
    return text;
}

} // namespace

class TestExplanation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theRulesAloneAnswerWithoutLibTorch()
    {
        const auto explanation = explainProblem(floatProblem(), gpu(), {});
        QCOMPARE(explanation.evidence.answers.size(), kSdpaBackends.size());
        QVERIFY(!explanation.evidence.libtorchDefault);
        QVERIFY(disagreements(explanation.evidence).empty());
        QCOMPARE(explanation.remedies.size(), std::size_t{2}); // cuDNN and flash, by a cast
        QVERIFY(!explanation.remedies[0].libtorchAccepts);
        const auto text = textOf(explanationTables(explanation, Format()));
        QVERIFY2(text.find("cast to bfloat16") != std::string::npos, text.c_str());
        QVERIFY2(text.find("not asked") != std::string::npos, text.c_str());
        QVERIFY2(text.find("is expected to choose memory-efficient") != std::string::npos, text.c_str());
    }

    void remediesAreAskedAgain()
    {
        const auto explanation = explainProblem(floatProblem(), gpu(), libtorchThat());
        QCOMPARE(explanation.remedies.size(), std::size_t{2});
        QVERIFY(std::all_of(explanation.remedies.begin(), explanation.remedies.end(),
                            [](const CheckedRemedy& checked) { return checked.libtorchAccepts == true; }));
    }

    void aDisagreementIsShown()
    {
        const auto explanation = explainProblem(floatProblem(), gpu(), libtorchThat(Backend::Flash));
        QCOMPARE(disagreements(explanation.evidence), std::vector<Backend>{Backend::Flash});
        const auto text = textOf(explanationTables(explanation, Format()));
        QVERIFY2(text.find("yes, against the rules") != std::string::npos, text.c_str());
        QVERIFY2(text.find("disagree on flash") != std::string::npos, text.c_str());
    }

    void aLibTorchThatCannotAnswerLeavesTheRules()
    {
        const auto explanation = explainProblem(floatProblem(), gpu(),
                                                [](const AttentionProblem&) -> LayerEvidence
                                                { throw std::runtime_error("not enough memory"); });
        QCOMPARE(explanation.notAsked, std::string("not enough memory"));
        QCOMPARE(explanation.evidence.answers.size(), kSdpaBackends.size());
    }

    void everyRuleIsARow()
    {
        auto problem = floatProblem();
        problem.mask = MaskKind::Boolean;
        const auto explanation = explainProblem(problem, gpu(), {});
        std::size_t rules = 0;
        for (const auto& answer : explanation.evidence.answers)
        {
            rules += answer.rules.rules.size();
        }
        QCOMPARE(explanationTables(explanation, Format()).back().rows.size(), rules);
    }

    void whatCannotBeHelpedIsSaid()
    {
        auto problem = floatProblem();
        problem.device = DeviceKind::Cpu;
        const auto text = textOf(explanationTables(explainProblem(problem, DeviceFacts{}, {}), Format()));
        QVERIFY2(text.find("No change of the call makes cudnn take it: device cpu (takes a CUDA device).") !=
                     std::string::npos,
                 text.c_str());
    }

    void survivesJson()
    {
        const auto explanation = explainProblem(floatProblem(), gpu(), libtorchThat());
        QVERIFY(Json(explanation).get<Explanation>() == explanation);
    }

    void theMatrixHasEveryCombination()
    {
        auto base = floatProblem();
        const auto cells = supportMatrix(base, {DType::Float32, DType::BFloat16}, {64, 512}, gpu(), libtorchThat());
        QCOMPARE(cells.size(), std::size_t{2 * 2 * 2 * 4});
        const auto tables = supportTables(cells, Format());
        QCOMPARE(tables.size(), std::size_t{2});
        const auto text = textOf(tables);
        QVERIFY2(text.find("512") != std::string::npos && text.find("no") != std::string::npos, text.c_str());
    }

    void aDirectionThatIsRefusedIsNamed()
    {
        auto small = gpu();
        small.computeCapability = 86;
        auto base = floatProblem();
        const auto cells = supportMatrix(base, {DType::BFloat16}, {200}, small, {});
        const auto text = textOf(supportTables(cells, Format()));
        QVERIFY2(text.find("inference only") != std::string::npos, text.c_str());
    }
};

QTEST_APPLESS_MAIN(TestExplanation)
#include "tst_explanation.moc"
