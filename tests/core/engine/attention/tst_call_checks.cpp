// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/defect_checks.h"
#include "core/engine/attention/determinism_check.h"

#include <ATen/ATen.h>
#include <ATen/Context.h>

#include <QtTest>

#include <algorithm>
#include <map>

using namespace headroom;
using namespace headroom::engine;

namespace
{

CheckSetting setting()
{
    CheckSetting here;
    here.seed = 5;
    return here;
}

AttentionProblem smallCall()
{
    AttentionProblem problem;
    problem.queryHeads = problem.kvHeads = 2;
    problem.queryLength = problem.kvLength = 64;
    problem.headDimQk = problem.headDimV = 32;
    return problem;
}

std::string joined(const std::vector<std::string>& lines)
{
    std::string text;
    for (const auto& line : lines)
    {
        text += line + "\n";
    }
    return text;
}

} // namespace

/// Determinism, batch invariance and known defects of single calls, with LibTorch on the CPU.
class TestCallChecks : public QObject
{
    Q_OBJECT

    std::vector<CheckResult> m_results;
    EventDataSink m_sink = [this](EventData data)
    {
        if (const auto* judged = std::get_if<Judged>(&data))
        {
            m_results.push_back(*judged->check);
        }
    };

    CheckResult defect(const std::string& id)
    {
        m_results.clear();
        checkDefect(id, setting(), m_sink);
        return m_results.size() == 1 ? m_results.front() : CheckResult();
    }

private Q_SLOTS:
    void init() { m_results.clear(); }

    void theCpuRepeatsItsBitsAndThePriceIsSaid()
    {
        const auto timer = makeCaseTimer(at::kCPU);
        checkCallDeterminism(smallCall(), {Backend::Math, Backend::Flash, Backend::Cudnn}, setting(), *timer, m_sink,
                             {});
        QCOMPARE(m_results.size(), std::size_t{3});
        QCOMPARE(m_results[2].status, CheckStatus::NotApplicable);
        for (std::size_t at = 0; at < 2; ++at)
        {
            QVERIFY2(m_results[at].status == CheckStatus::Passed, joined(m_results[at].details).c_str());
            const auto lines = joined(m_results[at].details);
            QVERIFY2(lines.find("dQ: equal to the bit in 5 runs") != std::string::npos, lines.c_str());
            QVERIFY2(lines.find("price of deterministic algorithms: ") != std::string::npos, lines.c_str());
            QVERIFY2(lines.find("the switch changes no bit here") != std::string::npos, lines.c_str());
            QVERIFY2(lines.find("n = 11") != std::string::npos, lines.c_str());
        }
        QVERIFY(!at::globalContext().deterministicAlgorithms());
    }

    void theGuardRestoresTheSwitch()
    {
        {
            const DeterministicGuard on(true);
            QVERIFY(at::globalContext().deterministicAlgorithms());
            {
                const DeterministicGuard off(false);
                QVERIFY(!at::globalContext().deterministicAlgorithms());
            }
            QVERIFY(at::globalContext().deterministicAlgorithms());
        }
        QVERIFY(!at::globalContext().deterministicAlgorithms());
    }

    void batchInvarianceIsAnsweredForEachTensor()
    {
        const auto timer = makeCaseTimer(at::kCPU);
        checkBatchInvariance(smallCall(), {Backend::Flash}, setting(), *timer, m_sink, {});
        QCOMPARE(m_results.size(), std::size_t{1});
        const auto& result = m_results.front();
        QVERIFY(result.status == CheckStatus::Passed || result.status == CheckStatus::Failed);
        QVERIFY2(result.subject.starts_with("B4 "), result.subject.c_str()); // a batch of one tells nothing
        const auto lines = joined(result.details);
        for (const char* tensor : {"O: ", "LSE: ", "dQ: ", "dK: ", "dV: ", "price of 4 items one by one: "})
        {
            QVERIFY2(lines.find(tensor) != std::string::npos, lines.c_str());
        }
    }

    void bitsAreComparedAsBits()
    {
        const auto nan = at::full({3}, std::numeric_limits<double>::quiet_NaN(), at::kFloat);
        QVERIFY(bitEqual(nan, nan.clone()));
        QVERIFY(!bitEqual(at::zeros({2}), -at::zeros({2})));
        QVERIFY(!bitEqual(at::zeros({2}), at::zeros({3})));
    }

    void defectsOfTheCpu_data()
    {
        QTest::addColumn<QString>("row");
        QTest::addColumn<int>("status");
        const auto row = [](const char* id, CheckStatus status)
        { QTest::newRow(id) << QString::fromLatin1(id) << static_cast<int>(status); };
        row("B1", CheckStatus::Passed);
        row("B13", CheckStatus::Passed);
        row("B22", CheckStatus::Failed); // by design
        row("B24", CheckStatus::Passed);
        row("B26", CheckStatus::Failed); // by design
        row("B28", CheckStatus::Passed);
        row("B30", CheckStatus::Passed);
        row("B2", CheckStatus::NotApplicable);
        row("B32", CheckStatus::NotApplicable);
    }
    void defectsOfTheCpu()
    {
        QFETCH(QString, row);
        QFETCH(int, status);
        const auto result = defect(row.toStdString());
        QVERIFY2(static_cast<int>(result.status) == status, result.summary.c_str());
        QCOMPARE(result.item, row.toStdString());
        QVERIFY(!result.summary.empty());
    }

    void figuresOfADefectAreSaid()
    {
        const auto lines = joined(defect("B26").details);
        QVERIFY2(lines.find("NaN in a key that is masked out: 100 % of the output is NaN") != std::string::npos,
                 lines.c_str());
        QVERIFY2(lines.find("NaN in a key that takes part: 100 % of the output is NaN") != std::string::npos,
                 lines.c_str());
        QVERIFY_EXCEPTION_THROWN(checkDefect("B99", setting(), m_sink), EngineError);
    }
};

QTEST_APPLESS_MAIN(TestCallChecks)
#include "tst_call_checks.moc"
