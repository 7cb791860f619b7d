// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/advice/advise.h"

#include "tests/core/report/event_builder.h"

#include "core/report/fold.h"
#include "core/report/queries.h"

#include <QtTest>

#include <map>

using namespace headroom;
using namespace headroom::testing;

namespace
{

/// What is advised for a run, by rule.
std::map<std::string, Recommendation> adviceFor(const Report& report)
{
    std::map<std::string, Recommendation> byRule;
    for (const auto& recommendation : advise(report))
    {
        byRule[recommendation.rule] = recommendation;
    }
    return byRule;
}

Report wholeRun(double forward, double training, double noise = 0.002)
{
    EventBuilder builder(validationPlan());
    builder.begin().probe(smallModel()).judge();
    builder.compare("forward", 4e6, forward, noise).compare("training-step", 12e6, training, noise);
    return foldEvents(builder.end().events());
}

ModelInput cudaModel(DType dtype)
{
    auto input = smallModel();
    input.device = DeviceKind::Cuda;
    input.dtype = dtype;
    return input;
}

bool says(const std::string& text, const char* part)
{
    return text.find(part) != std::string::npos;
}

} // namespace

class TestAdvise : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anEmptyReportAdvisesNothing() { QVERIFY(advise(Report()).empty()); }

    void theWinnerIsAdvisedWithItsGain()
    {
        const auto advice = adviceFor(wholeRun(1.32, 2.5));
        QVERIFY(advice.contains("use-fused"));
        const auto& use = advice.at("use-fused");
        QCOMPARE(use.severity, Severity::Good); // LibTorch chooses it by itself
        QVERIFY(std::abs(*use.gain - 2.5) < 0.02);
        QVERIFY(says(use.gainText, "in the training step, 1.32×"));
        QCOMPARE(use.evidence.size(), std::size_t{2});
        QVERIFY(!use.cpp.empty() && !use.python.empty());
    }

    void aWinnerThatIsNotTheDefaultIsForced()
    {
        auto report = wholeRun(1.32, 2.5);
        for (auto& layer : report.layers)
        {
            layer.libtorchDefault = Backend::Math;
        }
        const auto advice = adviceFor(report);
        QCOMPARE(advice.at("use-fused").severity, Severity::Advice);
        QVERIFY(says(advice.at("use-fused").python, "SDPBackend.FLASH_ATTENTION"));
        QVERIFY(says(advice.at("use-fused").cpp, "setSDPUseMemEfficient(false)"));
        const auto& slower = advice.at("default-is-slower");
        QVERIFY(says(slower.gainText, "against math"));
        QVERIFY(*slower.gain > 1.3);
    }

    void mathIsAdvisedWhereItIsEnough()
    {
        const auto slower = adviceFor(wholeRun(0.5, 0.8));
        QVERIFY(!slower.contains("use-fused"));
        QVERIFY(*slower.at("math-is-enough").gain > 1.2);
        QVERIFY(says(slower.at("math-is-enough").python, "SDPBackend.MATH]"));
        const auto same = adviceFor(wholeRun(1.0, 1.0, 0.0001));
        QVERIFY(!same.at("math-is-enough").gain);
    }

    void noGainIsClaimedForTheUnverified()
    {
        EventBuilder builder(validationPlan());
        builder.begin().probe(smallModel()).compare("forward", 4e6, 3.0).end();
        for (const auto& recommendation : advise(foldEvents(builder.events())))
        {
            QVERIFY2(!recommendation.gain, recommendation.rule.c_str());
        }
    }

    void wrongNumbersComeFirst()
    {
        EventBuilder builder(validationPlan());
        builder.begin().probe(smallModel()).judge(AccuracyVerdict::Failed).compare("forward", 4e6, 3.0);
        const auto all = advise(foldEvents(builder.end().events()));
        QCOMPARE(all.front().rule, std::string("do-not-use-backend"));
        QCOMPARE(all.front().severity, Severity::Problem);
        QCOMPARE(all.front().title, std::string("Do not use flash for this model on this machine"));
        QCOMPARE(all.front().cpp, std::string("at::globalContext().setSDPUseFlash(false);"));
        QCOMPARE(all.front().python, std::string("torch.backends.cuda.enable_flash_sdp(False)"));
        QCOMPARE(all.front().evidence.size(), std::size_t{3});
    }

    void anotherKernelIsAProblem()
    {
        EventBuilder builder(validationPlan());
        const auto flash = headroom::testing::caseOf(smallModel(), Backend::Flash);
        builder.begin().startJob("forward").ran("forward", flash, Backend::Math).finishJob("forward");
        const auto advice = adviceFor(foldEvents(builder.events()));
        QCOMPARE(advice.at("unexpected-kernel").title, std::string("Flash was asked for, but math ran"));
    }

    void aRefusalComesWithItsFix()
    {
        EventBuilder builder(validationPlan());
        builder.begin().probe(smallModel(), false).end();
        const auto advice = adviceFor(foldEvents(builder.events()));
        const auto& refused = advice.at("backend-refused");
        QVERIFY(says(refused.title, "Flash would take this model after a change: pad head_dim 80 to 128"));
        QVERIFY(!refused.gain);
        QVERIFY(says(refused.gainText, "Not measured"));
    }

    void aRefusalForWantOfADeviceIsNoAdvice()
    {
        // cudnn and memory-efficient are refused on the CPU in every run that is built here
        const auto report = wholeRun(1.3, 1.3);
        QVERIFY(!adviceFor(report).contains("backend-refused"));
    }

    void float32OnCudaIsAdvisedToChange()
    {
        EventBuilder builder(validationPlan(cudaModel(DType::Float32)));
        builder.begin(cudaCircumstances()).probe(smallModel()).end();
        const auto advice = adviceFor(foldEvents(builder.events()));
        const auto& change = advice.at("use-bfloat16");
        QVERIFY(!change.gain);
        QVERIFY2(says(change.gainText, "headroom-cli validate --device cuda:0 --dtype bfloat16 --d-model 256 "
                                       "--num-layers 2 --num-heads 4"),
                 change.gainText.c_str());
        QVERIFY(says(change.python, "torch.autocast"));
        EventBuilder half(validationPlan(cudaModel(DType::BFloat16)));
        half.begin(cudaCircumstances()).end();
        QVERIFY(!adviceFor(foldEvents(half.events())).contains("use-bfloat16"));
        QVERIFY(!adviceFor(wholeRun(1.3, 1.3)).contains("use-bfloat16")); // the CPU's flash takes float32
    }

    void theSweepTellsWhereFusedBegins()
    {
        const auto advice = adviceFor(foldEvents(goodRun()));
        const auto& longer = advice.at("longer-sequences");
        QCOMPARE(longer.title, std::string("Fused attention is faster from sequence length 128 on"));
        QVERIFY(std::abs(*longer.gain - 1.6) < 0.01);
        QVERIFY(says(longer.gainText, "at sequence length 256 with flash"));
    }

    void memoryIsSaved()
    {
        const auto advice = adviceFor(foldEvents(goodRun()));
        QVERIFY(says(advice.at("saves-memory").title, "38 % less memory than math"));
        QVERIFY(says(advice.at("fits-where-math-does-not").why, "batch 8, sequence 128"));
        QVERIFY(!advice.at("saves-memory").gain); // a gain is of time
    }

    void aSmallShareIsNamed()
    {
        const auto advice = adviceFor(wholeRun(1.05, 1.1));
        QVERIFY(says(advice.at("attention-small-share").why, "0.9 % of the floating-point work"));
        QVERIFY(!advice.at("attention-small-share").gain);
    }

    void waitingForTheCpuIsSeen()
    {
        const auto input = cudaModel(DType::BFloat16);
        EventBuilder builder(validationPlan(input));
        builder.begin(cudaCircumstances()).startJob("forward");
        const auto math = headroom::testing::caseOf(input, Backend::Math);
        const auto flash = headroom::testing::caseOf(input, Backend::Flash);
        builder.samples("forward", math, timesNear(4e6)).samples("forward", flash, timesNear(1e6, 40, -0.002));
        builder.add(SamplesTaken{flash.id(), Clock::Wall, std::vector<double>(10, 3e6), {}, {}}, "forward");
        builder.finishJob("forward", Outcome::Passed, Cause::None, {},
                          {EventBuilder::passed(math, 2), EventBuilder::passed(flash, 1)});
        const auto advice = adviceFor(foldEvents(builder.events()));
        QVERIFY(says(advice.at("launch-bound").gainText, "At most 3.00×"));
        QVERIFY(says(advice.at("launch-bound").python, "reduce-overhead"));
    }

    void noiseIsAdvisedAgainst()
    {
        const auto advice = adviceFor(wholeRun(1.01, 1.01, 0.5));
        QVERIFY(says(advice.at("noisy-run").gainText, "--preset thorough"));
        QVERIFY(!adviceFor(wholeRun(1.3, 1.3)).contains("noisy-run"));
    }

    void oddFiguresAreListed()
    {
        auto report = wholeRun(1.3, 1.3);
        QVERIFY(!adviceFor(report).contains("odd-figures"));
        report.cases[0].flags = {"a dip"};
        report.cases[1].flags = {"another"};
        const auto advice = adviceFor(report);
        QCOMPARE(advice.at("odd-figures").title, std::string("Look twice at 2 figures: they are odd"));
        QCOMPARE(advice.at("odd-figures").evidence.size(), std::size_t{2});
    }

    void otherRules()
    {
        auto report = wholeRun(1.3, 1.3);
        QVERIFY(adviceFor(report).contains("no-gpu"));
        report.checks.push_back({CheckKind::Determinism, Backend::Flash, CheckStatus::Failed, "not equal", {}});
        QVERIFY(says(adviceFor(report).at("non-deterministic").cpp, "setDeterministicAlgorithms"));
        report.circumstances = cudaCircumstances();
        QVERIFY(!adviceFor(report).contains("no-gpu"));

        auto none = smallModel();
        none.model.layers = 0;
        EventBuilder builder(validationPlan(none));
        builder.begin().probe(none).end();
        QVERIFY(adviceFor(foldEvents(builder.events())).contains("no-attention"));
    }

    void theyAreOrderedByValue()
    {
        const auto all = advise(foldEvents(goodRun()));
        for (std::size_t i = 1; i < all.size(); ++i)
        {
            QVERIFY(all[i - 1].gain.value_or(1) >= all[i].gain.value_or(1));
            QVERIFY(all[i].title.front() < 'a');
        }
    }
};

QTEST_APPLESS_MAIN(TestAdvise)
#include "tst_advise.moc"
