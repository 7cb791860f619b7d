// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/attention_call.h"
#include "core/engine/attention/backend_guard.h"
#include "core/engine/attention/kernel_observer.h"
#include "core/engine/attention/refusals.h"
#include "core/run/evidence.h"

#include <ATen/ATen.h>

#include <QtTest>

using namespace headroom;
using namespace headroom::engine;

namespace
{

AttentionInputs smallInputs()
{
    AttentionProblem problem;
    problem.queryHeads = problem.kvHeads = 2;
    problem.queryLength = problem.kvLength = 16;
    problem.headDimQk = problem.headDimV = 16;
    return makeInputs(problem, at::kCPU, 3);
}

} // namespace

class TestKernelObserver : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void provesTheForcedBackend_data()
    {
        QTest::addColumn<int>("backend");
        QTest::newRow("flash") << static_cast<int>(Backend::Flash);
        QTest::newRow("math") << static_cast<int>(Backend::Math);
        QTest::newRow("naive") << static_cast<int>(Backend::Naive);
    }

    void provesTheForcedBackend()
    {
        QFETCH(int, backend);
        const auto forced = static_cast<Backend>(backend);
        const auto inputs = smallInputs();
        const auto forward = observe([&] { attend(forced, inputs); }, false);
        QCOMPARE(backendFromNames(forward.operators, forward.kernels), std::optional(forced));
        QCOMPARE(forward.attentionCalls, std::int64_t{1});

        const auto both = observe([&] { attendWithGradients(forced, inputs, at::ones({1, 2, 16, 16})); }, false);
        QCOMPARE(backendFromNames(both.operators, both.kernels), std::optional(forced));
    }

    void provesTheDefaultOfTheCpu()
    {
        const auto inputs = smallInputs();
        const auto seen = observe([&] { attend(Backend::Default, inputs); }, false);
        QCOMPARE(backendFromNames(seen.operators, seen.kernels), defaultChoice(inputs));
    }

    void seesNothingWhereNoAttentionRuns()
    {
        const auto seen = observe([] { at::matmul(at::ones({4, 4}), at::ones({4, 4})); }, false);
        QVERIFY(seen.operators.empty());
        QVERIFY(!backendFromNames(seen.operators, seen.kernels).has_value());
    }

    void asksLibTorchWhyNot()
    {
        auto inputs = smallInputs();
        QCOMPARE(askSelector(Backend::Flash, inputs).accepts, std::optional(true));
        inputs.value = at::ones({1, 2, 16, 8});
        const auto answer = askSelector(Backend::Flash, inputs);
        QCOMPARE(answer.accepts, std::optional(false));
        QVERIFY(!answer.reasons.empty());
    }

    void guardRestoresTheSwitches()
    {
        const auto before = at::globalContext().userEnabledFlashSDP();
        {
            const BackendGuard math(Backend::Math);
            QVERIFY(!at::globalContext().userEnabledFlashSDP());
            {
                const BackendGuard all(Backend::Default);
                QVERIFY(at::globalContext().userEnabledFlashSDP());
            }
            QVERIFY(!at::globalContext().userEnabledFlashSDP());
        }
        QCOMPARE(at::globalContext().userEnabledFlashSDP(), before);
    }
};

QTEST_APPLESS_MAIN(TestKernelObserver)
#include "tst_kernel_observer.moc"
