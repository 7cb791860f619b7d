// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/attention_call.h"
#include "core/engine/attention/yardstick.h"

#include <ATen/ATen.h>

#include <QtTest>

using namespace headroom;
using namespace headroom::engine;

class TestYardstick : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void partsGiveTheNumbersOfTheWhole_data()
    {
        QTest::addColumn<int>("pattern");
        QTest::addColumn<int>("kvHeads");
        QTest::newRow("no mask") << -1 << 4;
        QTest::newRow("grouped queries") << -1 << 2;
        QTest::newRow("mask of all") << int(MaskPattern::CausalBottomRight) << 2;
        QTest::newRow("mask of each item") << int(MaskPattern::Padding) << 4;
        QTest::newRow("mask of each head") << int(MaskPattern::Alibi) << 2;
    }

    void partsGiveTheNumbersOfTheWhole()
    {
        QFETCH(int, pattern);
        QFETCH(int, kvHeads);
        AttentionProblem problem;
        problem.batch = 3;
        problem.queryHeads = 4;
        problem.kvHeads = kvHeads;
        problem.queryLength = problem.kvLength = 17;
        problem.headDimQk = problem.headDimV = 8;
        if (pattern >= 0)
        {
            problem.mask = MaskKind::Additive;
            problem.maskPattern = static_cast<MaskPattern>(pattern);
        }
        const auto inputs = makeInputs(problem, at::kCPU, 3);
        const auto gradient = at::randn_like(inputs.query);
        const auto whole = attendWithGradients(Backend::Naive, inputs, gradient);
        for (const std::int64_t bytes : {1, 3 * 17 * 17 * 4, 7 * 17 * 17 * 4})
        {
            const auto parts = yardstickAttention(inputs, gradient, bytes);
            for (const auto member :
                 {&AttentionResults::output, &AttentionResults::logSumExp, &AttentionResults::queryGradient,
                  &AttentionResults::keyGradient, &AttentionResults::valueGradient})
            {
                QVERIFY((parts.*member).allclose(whole.*member, 1e-5, 1e-6));
            }
        }
    }

    void withoutAGradientOutputsAlone()
    {
        AttentionProblem problem;
        problem.batch = 2;
        const auto results = yardstickAttention(makeInputs(problem, at::kCPU, 3), {}, 1);
        QVERIFY(results.output.defined() && !results.queryGradient.defined());
    }
};

QTEST_APPLESS_MAIN(TestYardstick)
#include "tst_yardstick.moc"
