// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/model_preset.h"

#include <QtTest>

#include <set>

using namespace headroom;

class TestModelPreset : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyPresetIsAModelThatCanBe()
    {
        std::set<std::string_view> names;
        for (const auto& preset : modelPresets())
        {
            ModelInput input;
            input.model = preset.model;
            input.sequence = preset.sequence;
            input.causal = preset.causal;
            QVERIFY2(problemsWith(input).empty(), preset.name.data());
            QVERIFY2(names.insert(preset.name).second, preset.name.data());
            QCOMPARE(&modelPreset(preset.name), &preset);
            QCOMPARE(presetOf(input), &preset);
        }
    }

    /// Of those whose layers BenchmarkTransformer has: the published counts, and the output projection that it does not
    /// share with the embedding.
    void parametersAreThePublishedOnes()
    {
        const auto millions = [](std::string_view name)
        {
            const auto& model = modelPreset(name).model;
            return static_cast<double>(parameterCount(model) - model.vocabSize * (model.dModel + 1)) / 1e6;
        };
        QVERIFY(std::abs(millions("gpt2") - 124.4) < 1);
        QVERIFY(std::abs(millions("gpt2-medium") - 354.8) < 2);
        QVERIFY(std::abs(millions("gpt2-xl") - 1557.6) < 5);
        QVERIFY(std::abs(millions("bert-base") - 109) < 2);
        QVERIFY(std::abs(millions("bert-large") - 335) < 3);
        QVERIFY(std::abs(millions("vit-l") - 304) < 3);
    }

    void aChangedModelHasNoPreset()
    {
        ModelInput input;
        input.model = modelPreset("gpt2").model;
        QVERIFY(presetOf(input) == nullptr); // not causal
        input.causal = true;
        input.model.maxSequence = 4096; // follows the input
        QCOMPARE(presetOf(input), &modelPreset("gpt2"));
        input.model.layers = 3;
        QVERIFY(presetOf(input) == nullptr);
    }

    void anUnknownNameListsTheKnownOnes() { QVERIFY_EXCEPTION_THROWN(modelPreset("gpt5"), std::invalid_argument); }
};

QTEST_APPLESS_MAIN(TestModelPreset)
#include "tst_model_preset.moc"
