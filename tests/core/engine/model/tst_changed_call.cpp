// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/changed_call.h"
#include "core/engine/attention/attention_inputs.h"
#include "core/engine/attention/backend_trial.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <QtTest>

using namespace headroom;
using namespace headroom::engine;

namespace
{

AttentionProblem usualProblem()
{
    AttentionProblem problem;
    problem.batch = 2;
    problem.queryHeads = problem.kvHeads = 4;
    problem.queryLength = problem.kvLength = 24;
    problem.headDimQk = problem.headDimV = 16;
    return problem;
}

/// A call as it would be watched, and its tensors.
struct Planted
{
    WatchedCall watched;
    AttentionInputs inputs;
};

Planted plant(CallChange change)
{
    Planted planted;
    auto& problem = planted.watched.call.problem;
    problem = usualProblem();
    planted.watched.distinctKvHeads = 4;
    planted.watched.unpaddedKeys = 24;
    switch (change)
    {
    case CallChange::UseIsCausal:
        problem.mask = MaskKind::Boolean;
        problem.maskPattern = MaskPattern::CausalTopLeft;
        planted.watched.content = MaskContent::Causal;
        break;
    case CallChange::RepeatKvHeads:
        problem.kvHeads = 2;
        break;
    case CallChange::NoDropout:
        problem.dropout = 0.1;
        break;
    case CallChange::PadHeadDim:
        problem.headDimQk = problem.headDimV = 20;
        break;
    case CallChange::UseSdpa:
        planted.watched.form = CallForm::HandWritten;
        break;
    default:
        break;
    }
    planted.inputs = makeInputs(problem, at::kCPU, 3);
    if (change == CallChange::DropMask)
    {
        planted.inputs.mask = at::ones({24, 24}, at::kBool);
        planted.watched.content = MaskContent::AllTrue;
    }
    if (change == CallChange::CutPadding)
    {
        planted.inputs.mask = at::ones({2, 1, 1, 24}, at::kBool);
        planted.inputs.mask->slice(-1, 18).fill_(false);
        planted.watched.content = MaskContent::Padding;
        planted.watched.unpaddedKeys = 18;
    }
    if (change == CallChange::GroupKvHeads)
    {
        planted.inputs.key = planted.inputs.key.slice(1, 0, 2).repeat_interleave(2, 1);
        planted.inputs.value = planted.inputs.value.slice(1, 0, 2).repeat_interleave(2, 1);
        planted.watched.distinctKvHeads = 2;
    }
    if (change == CallChange::MakeContiguous)
    {
        planted.inputs.query = planted.inputs.query.transpose(-2, -1).contiguous().transpose(-2, -1);
        planted.watched.innermostContiguous = false;
    }
    problem = problemOf(planted.inputs, true);
    return planted;
}

} // namespace

class TestChangedCall : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachChangeIsJudgedRight_data()
    {
        QTest::addColumn<int>("number");
        for (const auto& [change, name] : EnumNames<CallChange>::names)
        {
            QTest::newRow(std::string(name).c_str()) << int(change);
        }
    }
    void eachChangeIsJudgedRight()
    {
        QFETCH(int, number);
        const auto change = static_cast<CallChange>(number);
        const auto planted = plant(change);
        const auto gradient = makeOutputGradient(planted.watched.call.problem, at::kCPU, 5);
        const auto judgement = judgeChangedCall(planted.watched, change, planted.inputs, gradient, AccuracyPolicy{});
        QVERIFY2(judgement.verdict == AccuracyVerdict::Passed, judgement.reason.c_str());
        QVERIFY(judgement.tensors.size() >= (change == CallChange::GroupKvHeads ? 2U : 4U));
    }

    void aChangeThatIsNotTheSameIsCaught()
    {
        // The mask is a window, and the change says that it is a triangle.
        auto planted = plant(CallChange::UseIsCausal);
        planted.inputs.mask = at::ones({24, 24}, at::kBool).tril().logical_and(at::ones({24, 24}, at::kBool).triu(-5));
        const auto judgement =
            judgeChangedCall(planted.watched, CallChange::UseIsCausal, planted.inputs, {}, AccuracyPolicy{});
        QCOMPARE(judgement.verdict, AccuracyVerdict::Failed);
    }

    void theProblemIsThatOfTheTensors_data() { eachChangeIsJudgedRight_data(); }
    void theProblemIsThatOfTheTensors()
    {
        QFETCH(int, number);
        const auto change = static_cast<CallChange>(number);
        const auto planted = plant(change);
        auto expected = changedProblem(planted.watched, change);
        auto made = problemOf(preparedInputs(planted.watched, change, planted.inputs), true);
        // What is done in each call is not yet in the prepared tensors.
        const bool inCall = change == CallChange::RepeatKvHeads || change == CallChange::PadHeadDim;
        if (!inCall)
        {
            QCOMPARE(made.kvHeads, expected.kvHeads);
            QCOMPARE(made.headDimQk, expected.headDimQk);
        }
        QCOMPARE(made.mask, expected.mask);
        QCOMPARE(made.causal, expected.causal);
        QCOMPARE(made.kvLength, expected.kvLength);
        QCOMPARE(made.dtype, expected.dtype);
        QCOMPARE(made.dropout, expected.dropout);
    }
};

QTEST_GUILESS_MAIN(TestChangedCall)
#include "tst_changed_call.moc"
