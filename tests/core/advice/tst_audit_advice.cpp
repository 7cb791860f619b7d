// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/advice/advise.h"
#include "core/advice/trial.h"

#include "tests/core/report/audited_run.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace headroom;
using namespace headroom::testing;

namespace
{

const Recommendation* findRule(const std::vector<Recommendation>& all, std::string_view rule)
{
    const auto found = std::ranges::find(all, rule, &Recommendation::rule);
    return found == all.end() ? nullptr : &*found;
}

bool says(const std::string& text, const char* part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

class TestAuditAdvice : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aGainIsStatedAsItWasMeasured()
    {
        const auto report = triangleAudit();
        const auto all = advise(report);
        const auto* card = findRule(all, "mask-is-causal");
        QVERIFY(card != nullptr);
        QCOMPARE(card->severity, Severity::Advice);
        QVERIFY(std::abs(*card->gain - 1.5) < 0.02);
        QVERIFY2(card->gainText.starts_with("Call 1: 1.50×"), card->gainText.c_str());
        QVERIFY(says(card->gainText, "as fast in the forward pass; 1.25×"));
        QVERIFY(says(card->gainText, "in the training step of the call; its accuracy passed."));
        // 1 ms of 10 ms: 1 / (0.9 + 0.1 / 1.5) and 1 / 0.9.
        QVERIFY2(says(card->gainText,
                      "These calls take 9.1 % of the forward pass: the whole of it gains 1.03× by this, "
                      "and could gain 1.10× at most."),
                 card->gainText.c_str());
        const auto cases = casesOf(*std::ranges::find(report.plan.jobs, "try-mask-is-causal-1", &Job::id));
        QCOMPARE(card->evidence, (std::vector{cases[1].id(), cases[0].id(), std::string("layers.1.self_attn")}));
        QVERIFY(says(card->python, "is_causal=True"));
        QCOMPARE(undoOf(*card), std::string("To undo it hand over the mask again, without is_causal."));
    }

    void severityFollowsWhatWasMeasured_data()
    {
        QTest::addColumn<double>("speedUp");
        QTest::addColumn<int>("accuracy");
        QTest::addColumn<double>("noise");
        QTest::addColumn<int>("severity");
        QTest::addColumn<QByteArray>("title");
        QTest::addColumn<QByteArray>("gain");
        const auto row = [](const char* name, double speedUp, AccuracyVerdict accuracy, double noise, Severity severity,
                            const char* title, const char* gain)
        {
            QTest::newRow(name) << speedUp << static_cast<int>(accuracy) << noise << static_cast<int>(severity)
                                << QByteArray(title) << QByteArray(gain);
        };
        const auto passed = AccuracyVerdict::Passed;
        row("the same", 1.0, passed, 0.002, Severity::Good, "gains nothing here", "the same speed (1.00×");
        row("slower", 0.7, passed, 0.002, Severity::Good, "gains nothing here", "slower, 0.70");
        row("noise", 1.02, passed, 0.5, Severity::Advice, "cannot be told", "cannot tell (");
        row("not accurate", 1.5, AccuracyVerdict::Failed, 0.002, Severity::Problem, "not exact enough here",
            "its accuracy FAILED");
    }

    void severityFollowsWhatWasMeasured()
    {
        QFETCH(double, speedUp);
        QFETCH(int, accuracy);
        QFETCH(double, noise);
        QFETCH(int, severity);
        QFETCH(QByteArray, title);
        QFETCH(QByteArray, gain);
        const auto all = advise(triangleAudit({speedUp, static_cast<AccuracyVerdict>(accuracy), noise}));
        const auto* card = findRule(all, "mask-is-causal");
        QVERIFY(card != nullptr && !card->gain);
        QCOMPARE(static_cast<int>(card->severity), severity);
        QVERIFY2(says(card->title, title), card->title.c_str());
        QVERIFY2(says(card->gainText, gain), card->gainText.c_str());
    }

    void timesThatAreWaitsAreNoFigureOfAGain()
    {
        const auto all = advise(triangleAudit({1.5, AccuracyVerdict::Passed, 0.002, 24}));
        const auto* card = findRule(all, "mask-is-causal");
        QVERIFY(card != nullptr && !card->gain);
        QCOMPARE(card->severity, Severity::Advice);
        QVERIFY2(card->gainText.starts_with("Call 1: faster, also without the waits for a core that others had; by how "
                                            "much is not known, in the forward pass"),
                 card->gainText.c_str());
        QVERIFY2(!says(card->gainText, "gains"), card->gainText.c_str());
        const auto guessed = advise(triangleAudit({1.0, AccuracyVerdict::Passed, 0.002, 24, false}));
        card = findRule(guessed, "mask-is-causal");
        QVERIFY(card != nullptr && !card->gain);
        QVERIFY2(says(card->title, "what the fix gains cannot be told"), card->title.c_str());
    }

    void aFindingWithoutAChangeSaysThatNothingWasMeasured()
    {
        const auto machine = cpuMachine();
        auto seen = wellModel(machine);
        handOverMask(seen.calls[1], MaskContent::Inverted);
        const auto report = auditRun(auditPlanOf(seen, machine), machine);
        const auto all = advise(report);
        QCOMPARE(all.front().rule, std::string("mask-inverted")); // problems stand first
        QCOMPARE(all.front().severity, Severity::Problem);
        QVERIFY(all.front().gainText.starts_with("Not measured: "));
        QVERIFY(!trialOf(report, all.front()));
    }

    void theTrialOfACardIsItsOwnJobs()
    {
        const auto report = triangleAudit();
        const auto all = advise(report);
        const auto trial = trialOf(report, *findRule(all, "mask-is-causal"));
        QVERIFY(trial.has_value());
        std::vector<std::string> ids;
        std::ranges::transform(trial->plan.jobs, std::back_inserter(ids), &Job::id);
        QCOMPARE(ids, (std::vector<std::string>{"judge-mask-is-causal-1", "try-mask-is-causal-1",
                                                "try-mask-is-causal-1-training"}));
        QVERIFY(trial->plan.modelFile && trial->plan.inspection);
        QVERIFY(trial->changed); // the fix is applied
    }

    void float32OnAGpuIsSaidOnce()
    {
        const auto machine = gpuMachine();
        auto seen = wellModel(machine);
        seen.dtype = DType::Float32;
        for (auto& watched : seen.calls)
        {
            watched.call.problem.dtype = DType::Float32;
            watched.ran = Backend::MemoryEfficient;
        }
        const auto all = advise(auditRun(auditPlanOf(seen, machine), machine));
        QVERIFY(findRule(all, "float32-outside-autocast") != nullptr);
        QVERIFY(findRule(all, "use-bfloat16") == nullptr);
    }

    void everyRuleOfAnAuditWithAFixCanBeUndone()
    {
        for (const auto name : auditRuleNames())
        {
            Recommendation card;
            card.rule = name;
            card.python = "x";
            QCOMPARE(undoOf(card).empty(), name == "math-runs");
        }
    }
};

QTEST_APPLESS_MAIN(TestAuditAdvice)
#include "tst_audit_advice.moc"
