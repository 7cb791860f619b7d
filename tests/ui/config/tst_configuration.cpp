// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/configuration.h"
#include "ui/config/interpretation.h"

#include "example_machine.h"

#include <QtTest>

using namespace headroom;
using namespace headroom::ui;

class TestConfiguration : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void jsonKeepsWhatWasTyped()
    {
        Configuration typed;
        typed.subject = ConfiguredSubject::Attention;
        typed.setText(Field::HeadDims, "12x, half typed");
        typed.scale = 0.125;
        QCOMPARE(parseJson(toJsonLine(typed)).get<Configuration>(), typed);
    }

    void unknownAndMissingFieldsAreNoFault()
    {
        const auto read =
            parseJson(R"({"fields": {"layers": "3", "from-the-future": "1", "heads": 4}})").get<Configuration>();
        QCOMPARE(read.text(Field::Layers), std::string("3"));
        QCOMPARE(read.text(Field::Heads), Configuration().text(Field::Heads));
    }

    void everyModelPresetIsReadBackAsItself()
    {
        for (const auto& preset : modelPresets())
        {
            const auto read = interpret(withModelPreset(Configuration(), preset), exampleMachine(true).devices[1]);
            QVERIFY2(read.valid(), preset.name.data());
            QCOMPARE(presetOf(read.validation->input), &preset);
            QCOMPARE(read.validation->input.model, preset.model);
        }
    }

    void everySweepPresetIsReadBackAsItself()
    {
        for (const auto& preset : sweepPresets())
        {
            const auto read = interpret(withSweepPreset(Configuration(), preset), exampleMachine(true).devices[1]);
            QVERIFY2(read.valid(), preset.name.data());
            QVERIFY2(read.sweep->specs == preset.specs, preset.name.data());
            QCOMPARE(read.sweep->mathUpTo, preset.mathUpTo);
            QCOMPARE(read.sweep->policy, preset.policy);
        }
    }

    void aProblemThatAModelCanHaveStaysAModel()
    {
        const auto device = exampleMachine(true).devices[1];
        const auto model = withModelPreset(Configuration(), modelPreset("gpt2"));
        auto problem = attentionProblemOf(interpret(model, device).validation->input, true);
        problem.dtype = DType::BFloat16;
        problem.device = DeviceKind::Cuda;
        const auto after = withProblem(model, problem);
        QCOMPARE(after.subject, ConfiguredSubject::Model);
        QCOMPARE(attentionProblemOf(interpret(after, device).validation->input, true), problem);
    }

    void aProblemThatNoModelHasBecomesTheCall()
    {
        const auto device = exampleMachine(true).devices[1];
        AttentionProblem problem;
        problem.queryHeads = 32;
        problem.kvHeads = 8;
        problem.queryLength = 1;
        problem.kvLength = 4096;
        problem.headDimQk = problem.headDimV = 96;
        problem.scale = 0.1;
        problem.dtype = DType::Float16;
        problem.device = DeviceKind::Cuda;
        const auto after = withProblem(Configuration(), problem);
        QCOMPARE(after.subject, ConfiguredSubject::Attention);
        const auto groups = expand(interpret(after, device).sweep->specs, DeviceKind::Cuda);
        QCOMPARE(groups.size(), std::size_t{1});
        QCOMPARE(groups.front().problem, problem);
    }
};

QTEST_APPLESS_MAIN(TestConfiguration)
#include "tst_configuration.moc"
