// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/consequences.h"

#include "core/attention/eligibility.h"
#include "core/launch/memory_forecast.h"
#include "core/model/model_memory.h"

#include "example_machine.h"

#include <QElapsedTimer>
#include <QtTest>

using namespace headroom;
using namespace headroom::ui;

class TestConsequences : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aModelsAnswersAreCores()
    {
        auto form = withModelPreset(Configuration(), modelPreset("gpt2"));
        const auto read = interpret(form, gpu());
        const auto answers = consequencesOf(read, gpu());
        QCOMPARE(*answers.headDim, 64);
        QCOMPARE(*answers.parameters, parameterCount(modelPreset("gpt2").model));
        QCOMPARE(answers.backends.size(), std::size_t{4});
        for (const auto& outlook : answers.backends)
        {
            QCOMPARE(outlook.takesAll(), checkEligibility(outlook.backend, answers.problem, gpu()).eligible);
            QCOMPARE(*outlook.peakBytes,
                     static_cast<double>(estimateMemory(read.validation->input, outlook.backend, true).totalBytes()));
        }
        QCOMPARE(*answers.plan, makeValidationPlan(*read.validation, gpu()));
    }

    void float32OnAGpuSaysWhyNotAndHow()
    {
        const auto answers = consequencesOf(interpret(Configuration(), gpu()), gpu());
        const auto& flash = answers.backends[1];
        QCOMPARE(flash.backend, Backend::Flash);
        QVERIFY(flash.takesNone());
        QVERIFY(flash.remedy.has_value());
        QVERIFY(checkEligibility(Backend::Flash, flash.remedy->calls.front(), gpu()).eligible);
    }

    void whatDoesNotFitIsRefusedWithTheBatchThatDoes()
    {
        auto form = withModelPreset(Configuration(), modelPreset("gpt2"));
        form.setText(Field::ModelDtype, "bfloat16");
        form.setText(Field::Batch, "4096");
        const auto answers = consequencesOf(interpret(form, gpu()), gpu());
        QVERIFY(answers.memory.has_value());
        QVERIFY(forecastMemory(*answers.plan, gpu()).problem.has_value());
        QCOMPARE(answers.memory->field, Field::Batch);
        form.setText(Field::Batch, answers.memory->suggestions.front());
        QVERIFY(!consequencesOf(interpret(form, gpu()), gpu()).memory.has_value());
    }

    void memoryIsRefusedAtTheFieldThatHelps()
    {
        auto form = withModelPreset(Configuration(), modelPreset("llama3-70b"));
        form.setText(Field::ModelDtype, "bfloat16");
        form.setText(Field::Batch, "1");
        const auto large = consequencesOf(interpret(form, gpu()), gpu());
        QVERIFY(large.memory.has_value());
        QCOMPARE(large.memory->field, Field::Layers); // its weights alone are too many
        QVERIFY(!large.memory->suggestions.empty());
        form.setText(Field::Layers, large.memory->suggestions.front());
        QVERIFY(!consequencesOf(interpret(form, gpu()), gpu()).memory.has_value());

        form = withModelPreset(Configuration(), modelPreset("gpt2"));
        form.setText(Field::Batch, "1");
        form.setText(Field::Positions, "1048576");
        form.setText(Field::Sequence, "1048576");
        const auto longer = consequencesOf(interpret(form, gpu()), gpu());
        QVERIFY(longer.memory.has_value());
        QCOMPARE(longer.memory->field, Field::Sequence);
    }

    void aPresetIsNamedBesideTheParametersOfWhatIsBuilt()
    {
        const auto answers =
            consequencesOf(interpret(withModelPreset(Configuration(), modelPreset("llama3-8b")), gpu()), gpu());
        QVERIFY(answers.preset != nullptr);
        QCOMPARE(answers.preset->name, std::string_view("llama3-8b"));
        QVERIFY(consequencesOf(interpret(Configuration(), gpu()), gpu()).preset == nullptr);
    }

    void listsCountTheCallsThatEachBackendTakes()
    {
        Configuration form;
        form.subject = ConfiguredSubject::Attention;
        form.setText(Field::Dtypes, "float32,bfloat16");
        const auto answers = consequencesOf(interpret(form, gpu()), gpu());
        const auto& flash = answers.backends[1];
        QCOMPARE(flash.calls, std::size_t{6});
        QCOMPARE(flash.taken, std::size_t{3});
        QCOMPARE(flash.refused.dtype, DType::Float32);
    }

    void theInstantAnswerIsThatOfTheFirstCall()
    {
        for (const auto& preset : sweepPresets())
        {
            const auto read = interpret(withSweepPreset(Configuration(), preset), gpu());
            const auto all = consequencesOf(read, gpu());
            const auto instant = instantConsequencesOf(read, gpu());
            QCOMPARE(instant.problem.dtype, all.problem.dtype);
            QCOMPARE(instant.problem.queryLength, all.problem.queryLength);
            QVERIFY(!instant.plan.has_value());
            QVERIFY2(all.plan.has_value() && all.seconds > 0, preset.name.data());
        }
    }

    /// Prints what a keystroke costs; nothing is asserted of a time.
    void benchmarkOfAKeystroke()
    {
        const auto time = [](const char* what, const Configuration& form)
        {
            double worst = 0;
            for (int i = 0; i < 20; ++i)
            {
                QElapsedTimer timer;
                timer.start();
                const auto read = interpret(form, gpu());
                const auto answers =
                    isInstant(read, gpu()) ? consequencesOf(read, gpu()) : instantConsequencesOf(read, gpu());
                worst = std::max(worst, static_cast<double>(timer.nsecsElapsed()) / 1e6);
            }
            qInfo("%s: at most %.2f ms of a keystroke's 16", what, worst);
        };
        time("a model", withModelPreset(Configuration(), modelPreset("llama3-8b")));
        for (const auto& preset : sweepPresets())
        {
            time(preset.name.data(), withSweepPreset(Configuration(), preset));
        }
        Configuration longer;
        longer.subject = ConfiguredSubject::Attention;
        longer.setText(Field::QueryLengths, "64..16k:64");
        longer.setText(Field::Batches, "1..16:1");
        time("thousands of cases", longer);
    }

private:
    static DeviceFacts gpu() { return exampleMachine(true).devices[1]; }
};

QTEST_APPLESS_MAIN(TestConsequences)
#include "tst_consequences.moc"
