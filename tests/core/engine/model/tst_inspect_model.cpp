// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/inspect_model.h"
#include "core/engine/model/model_inputs.h"
#include "tests/core/engine/model/sample_packages.h"
#include "tests/core/model/tiny_models.h"

#include <ATen/ATen.h>

#include <QtTest>

#include <algorithm>
#include <fstream>

using namespace headroom;
using namespace headroom::engine;

namespace
{

InspectionRequest requestFor(const std::filesystem::path& path)
{
    InspectionRequest request;
    request.path = path.string();
    return request;
}

/// A model with the inputs that it was made with.
InspectionRequest sample(const std::string& file)
{
    auto request = requestFor(samplePackage(file));
    request.inputFile = samplePackage(file.substr(0, file.rfind('.')) + ".inputs.safetensors").string();
    request.allowNativeCode = true;
    return request;
}

std::shared_ptr<WatchedModel> inspect(const InspectionRequest& request)
{
    return inspectModel(request, DeviceSelection{});
}

bool hasNote(const ModelInspection& seen, std::string_view text)
{
    return std::ranges::any_of(seen.notes,
                               [&](const std::string& note) { return note.find(text) != std::string::npos; });
}

QString sentenceOf(const InspectionRequest& request)
{
    try
    {
        inspect(request);
    }
    catch (const std::exception& error)
    {
        return QString::fromStdString(error.what());
    }
    return {};
}

double outputError(const std::string& file)
{
    auto request = sample(file);
    QTemporaryDir folder;
    request.outputFile = folder.filePath(QStringLiteral("output.safetensors")).toStdString();
    inspect(request);
    const auto expected =
        readInputs(samplePackage(file.substr(0, file.rfind('.')) + ".expected.safetensors").string()).at("output");
    return (readInputs(request.outputFile).at("output") - expected).abs().max().item<double>();
}

} // namespace

class TestInspectModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachLoaderGivesTheModelsNumbers_data()
    {
        REQUIRE_SAMPLE_PACKAGES();
        QTest::addColumn<QByteArray>("file");
        for (const char* file :
             {"causal.pt",    "traced.pt",          "masked.pt",       "hand_written.pt",  "weights.pt",
              "vision.pt",    "copied_heads.pt",    "fast_path.pt",    "causal.pt2",       "masked.pt2",
              "expanded.pt2", "hand_written.pt2",   "vision.pt2",      "compiled.pt2",     "einsum.pt",
              "einsum.pt2",   "einsum_in_place.pt", "exponentials.pt", "exponentials.pt2", "soft_gate.pt2",
              "bert_like.pt", "bert_like.pt2",      "unnamed_mask.pt", "unnamed_mask.pt2", "einsum_in_place.pt2",
              "gapped.pt",    "gapped.pt2",         "decomposed.pt2"})
        {
            QTest::newRow(file) << QByteArray(file);
        }
    }
    void eachLoaderGivesTheModelsNumbers()
    {
        QFETCH(QByteArray, file);
        const double error = outputError(file.toStdString());
        QVERIFY2(error < 1e-5, qPrintable(QString::number(error)));
    }

    void callsAreSeenWithTheirPlace_data()
    {
        REQUIRE_SAMPLE_PACKAGES();
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<int>("form");
        QTest::addColumn<int>("content");
        QTest::addColumn<bool>("causal");
        const auto add = [](const char* file, CallForm form, MaskContent content, bool causal)
        { QTest::newRow(file) << QByteArray(file) << int(form) << int(content) << causal; };
        add("causal.pt", CallForm::Sdpa, MaskContent::None, true);
        add("traced.pt", CallForm::Sdpa, MaskContent::None, true);
        add("masked.pt", CallForm::Sdpa, MaskContent::Causal, false);
        add("hand_written.pt", CallForm::HandWritten, MaskContent::Causal, false);
        add("causal.pt2", CallForm::Sdpa, MaskContent::None, true);
        add("masked.pt2", CallForm::Sdpa, MaskContent::Causal, false);
        add("expanded.pt2", CallForm::Sdpa, MaskContent::Causal, false);
        add("hand_written.pt2", CallForm::HandWritten, MaskContent::Causal, false);
        for (const char* file :
             {"einsum.pt", "einsum.pt2", "einsum_in_place.pt", "einsum_in_place.pt2", "exponentials.pt"})
        {
            add(file, CallForm::HandWritten, MaskContent::Causal, false);
        }
        add("soft_gate.pt", CallForm::Sdpa, MaskContent::None, true);
        add("soft_gate.pt2", CallForm::Sdpa, MaskContent::None, true);
        add("vision.pt2", CallForm::Sdpa, MaskContent::None, true);
    }
    void callsAreSeenWithTheirPlace()
    {
        QFETCH(QByteArray, file);
        QFETCH(int, form);
        QFETCH(int, content);
        QFETCH(bool, causal);
        const auto watched = inspect(sample(file.toStdString()));
        const auto& calls = watched->inspection.calls;
        QVERIFY2(watched->inspection.notes.empty() ||
                     watched->inspection.notes.back().find("could be watched") == std::string::npos,
                 watched->inspection.notes.empty() ? "" : watched->inspection.notes.back().c_str());
        QCOMPARE(calls.size(), std::size_t{2});
        for (std::size_t call = 0; call < 2; ++call)
        {
            QCOMPARE(int(calls[call].form), form);
            QCOMPARE(int(calls[call].content), content);
            QCOMPARE(calls[call].call.problem.causal, causal);
            QCOMPARE(calls[call].call.role, CallRole::CausalSelf);
            QCOMPARE(QString::fromStdString(calls[call].call.path), QStringLiteral("layers.%1.self_attn").arg(call));
            QCOMPARE(calls[call].call.problem.queryHeads, std::int64_t{2});
            QVERIFY(calls[call].ns.value_or(0) > 0);
            QVERIFY(watched->inputsOf(call).query.defined());
        }
    }

    void attentionThatNativertHidesIsShownByLibTorchsOperators_data()
    {
        REQUIRE_SAMPLE_PACKAGES();
        QTest::addColumn<QByteArray>("file");
        QTest::newRow("decomposed") << QByteArray("decomposed.pt2");
        QTest::newRow("exp over its sum") << QByteArray("exponentials.pt2");
    }

    /// nativert has kernels of its own for operators of this attention, which no watch sees.
    void attentionThatNativertHidesIsShownByLibTorchsOperators()
    {
        QFETCH(QByteArray, file);
        const auto watched = inspect(sample(file.toStdString()));
        const auto& seen = watched->inspection;
        QCOMPARE(seen.calls.size(), std::size_t{2});
        for (std::size_t call = 0; call < 2; ++call)
        {
            QCOMPARE(seen.calls[call].form, CallForm::HandWritten);
            QCOMPARE(seen.calls[call].call.path, "layers." + std::to_string(call) + ".self_attn");
            QCOMPARE(int(seen.calls[call].content), int(MaskContent::Causal));
            const auto& problem = seen.calls[call].call.problem;
            QCOMPARE(problem.batch, std::int64_t{2});
            QCOMPARE(problem.queryHeads, std::int64_t{2});
            QCOMPARE(problem.kvHeads, std::int64_t{2});
            QCOMPARE(problem.queryLength, std::int64_t{12});
            QCOMPARE(problem.kvLength, std::int64_t{12});
            QCOMPARE(problem.headDimQk, std::int64_t{8});
            QCOMPARE(problem.headDimV, std::int64_t{8});
            QVERIFY(seen.calls[call].captured && !seen.calls[call].ns);
            const auto inputs = watched->inputsOf(call);
            QCOMPARE(inputs.value.sizes(), at::IntArrayRef({2, 2, 12, 8}));
            QVERIFY(inputs.mask && !inputs.value.is_inference());
        }
        QVERIFY(hasNote(seen, "in kernels of its own"));
    }

    /// nativert's own kernel of a multiplication by a number does not heed strides (LibTorch 2.11).
    void productsThatNativertComputesWrongAreAlwaysTold()
    {
        REQUIRE_SAMPLE_PACKAGES();
        for (const char* file : {"decomposed.pt2", "einsum_in_place.pt2"})
        {
            QVERIFY2(hasNote(inspect(sample(file))->inspection, "does not fill its memory (the first in layers.0"),
                     file);
        }
        QVERIFY(hasNote(inspect(sample("gapped.pt2"))->inspection, "3 operators of its graph multiply a number"));
        for (const char* file : {"causal.pt2", "hand_written.pt2", "bert_like.pt2", "gapped.pt"})
        {
            QVERIFY2(!hasNote(inspect(sample(file))->inspection, "does not fill its memory"), file);
        }
    }

    void anOutputOfNanIsSaid()
    {
        REQUIRE_SAMPLE_PACKAGES();
        for (const char* file : {"undefined.pt", "undefined.pt2", "causal.pt2"})
        {
            const bool isFinite = std::string_view(file) == "causal.pt2";
            const auto seen = inspect(sample(file))->inspection;
            QCOMPARE(seen.outputIsFinite, isFinite);
            QCOMPARE(hasNote(seen, "NaN"), !isFinite);
        }
    }

    void anOutputThatDiffersIsSaid()
    {
        REQUIRE_SAMPLE_PACKAGES();
        const auto differs = [](const char* file)
        { return hasNote(inspect(sample(file))->inspection, "differs from run to run"); };
        QVERIFY(differs("dropout.pt"));
        QVERIFY(!differs("causal.pt"));
        QVERIFY(!differs("causal.pt2"));
    }

    void whatAnAuditLooksForIsSeen()
    {
        REQUIRE_SAMPLE_PACKAGES();
        QCOMPARE(inspect(sample("copied_heads.pt"))->inspection.calls.at(0).distinctKvHeads, std::int64_t{1});
        QCOMPARE(inspect(sample("dropout.pt"))->inspection.calls.at(0).call.problem.dropout, 0.1);
        const auto weights = inspect(sample("weights.pt"))->inspection;
        QCOMPARE(weights.calls.size(), std::size_t{2});
        QVERIFY2(weights.calls[0].form == CallForm::HandWritten || weights.calls[0].form == CallForm::FastPath,
                 std::string(toString(weights.calls[0].form)).c_str());
        QVERIFY(weights.calls[0].needsWeights);
        QVERIFY(weights.calls[0].call.path.find("attention") != std::string::npos);
        QVERIFY(std::ranges::any_of(weights.modules,
                                    [](const ModelModule& module) { return module.kind == "MultiheadAttention"; }));
        const auto fast = inspect(sample("fast_path.pt"))->inspection;
        QCOMPARE(fast.calls.size(), std::size_t{2});
        QCOMPARE(fast.calls[0].form, CallForm::FastPath);
        QVERIFY(fast.calls[0].call.path.starts_with("encoder.layers.0"));
    }

    void tensorsOfTheFastPathAreThere()
    {
        REQUIRE_SAMPLE_PACKAGES();
        for (const char* file : {"weights.pt", "fast_path.pt"})
        {
            const auto watched = inspect(sample(file));
            for (std::size_t call = 0; call < watched->calls.size(); ++call)
            {
                QVERIFY2(watched->inspection.calls[call].captured, file);
                QVERIFY2(watched->inspection.calls[call].ns.value_or(0) > 0, file);
                QCOMPARE(watched->inputsOf(call).key.sizes().vec(), (std::vector<std::int64_t>{2, 2, 12, 8}));
            }
        }
    }

    void aMaskThatWasExpandedIsHandedOn()
    {
        REQUIRE_SAMPLE_PACKAGES();
        const auto watched = inspect(sample("expanded.pt2"));
        const auto mask = watched->inputsOf(1).mask;
        QVERIFY(mask.has_value());
        QCOMPARE(mask->sizes().vec(), (std::vector<std::int64_t>{2, 2, 12, 12}));
        QCOMPARE(mask->stride(0), std::int64_t{0}); // as the model has it
        QVERIFY(!mask->is_inference());
    }

    void inputsAreMadeToFit_data()
    {
        REQUIRE_SAMPLE_PACKAGES();
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("ids") << QByteArray("causal.pt") << QByteArray("input_ids");
        QTest::newRow("images") << QByteArray("vision.pt") << QByteArray("pixel_values");
        QTest::newRow("features") << QByteArray("fast_path.pt") << QByteArray("features");
        QTest::newRow("fixed by the export") << QByteArray("causal.pt2") << QByteArray("input_ids");
    }
    void inputsAreMadeToFit()
    {
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, name);
        auto request = requestFor(samplePackage(file.toStdString()));
        request.batch = 2;
        request.sequence = 12;
        const auto seen = inspect(request)->inspection;
        QCOMPARE(seen.inputs.size(), std::size_t{1});
        QCOMPARE(seen.inputs[0].name, name.toStdString());
        QCOMPARE(seen.inputs[0].shape.at(0), std::int64_t{2});
    }

    void masksTypesAndPositionsAreGuessed_data()
    {
        REQUIRE_SAMPLE_PACKAGES();
        QTest::addColumn<QByteArray>("file");
        QTest::newRow("TorchScript") << QByteArray("bert_like.pt");
        QTest::newRow("exported") << QByteArray("bert_like.pt2");
    }
    void masksTypesAndPositionsAreGuessed()
    {
        QFETCH(QByteArray, file);
        auto request = requestFor(samplePackage(file.toStdString()));
        request.batch = 2;
        request.sequence = 12;
        const auto watched = inspect(request);
        QVERIFY(watched->inputs.at("attention_mask").eq(1).all().item<bool>());
        QVERIFY(watched->inputs.at("token_type_ids").eq(0).all().item<bool>());
        QVERIFY(at::equal(watched->inputs.at("position_ids")[1], at::arange(12)));
        QVERIFY(watched->inputs.at("input_ids").ne(0).any().item<bool>());
        QCOMPARE(watched->inspection.model.outline->sequence, std::int64_t{12});
    }

    void aMaskIsKnownByWhatIsDoneWithIt()
    {
        REQUIRE_SAMPLE_PACKAGES();
        for (const char* file : {"unnamed_mask.pt", "unnamed_mask.pt2"})
        {
            auto request = requestFor(samplePackage(file));
            request.batch = 2;
            request.sequence = 12;
            const auto watched = inspect(request);
            const auto& mask = watched->inputs.at("hidden");
            QCOMPARE(mask.scalar_type(), at::kBool);
            QVERIFY2(!mask.any().item<bool>(), file); // true hides there
            QVERIFY2(watched->inspection.outputIsFinite, file);
        }
    }

    void anInputThatCannotBeGuessedIsNamed()
    {
        REQUIRE_SAMPLE_PACKAGES();
        const auto sentence = sentenceOf(requestFor(samplePackage("riddle.pt")));
        QVERIFY2(sentence.contains(QStringLiteral("its input riddle")) && sentence.contains(QStringLiteral("--input")),
                 qPrintable(sentence));
    }

    void theDataTypeIsTheModelsOwn()
    {
        REQUIRE_SAMPLE_PACKAGES();
        const auto notesOf = [](const ModelInspection& seen)
        {
            QString all;
            for (const std::string& note : seen.notes)
            {
                all += QString::fromStdString(note) + u'\n';
            }
            return all;
        };
        auto request = requestFor(samplePackage("bfloat16.pt"));
        const auto own = inspect(request)->inspection;
        QCOMPARE(own.dtype, DType::BFloat16);
        QCOMPARE(own.calls.at(0).call.problem.dtype, DType::BFloat16);
        QVERIFY2(!notesOf(own).contains(QLatin1String("converted")), qPrintable(notesOf(own)));
        request.dtype = DType::Float32;
        const auto converted = inspect(request)->inspection;
        QCOMPARE(converted.dtype, DType::Float32);
        QVERIFY2(notesOf(converted).contains(QLatin1String("bfloat16 in the file, and were converted to float32")),
                 qPrintable(notesOf(converted)));
        auto exported = requestFor(samplePackage("causal.pt2"));
        exported.dtype = DType::BFloat16;
        const auto fixed = inspect(exported)->inspection;
        QCOMPARE(fixed.dtype, DType::Float32);
        QVERIFY2(notesOf(fixed).contains(QLatin1String("--dtype bfloat16 does not apply")), qPrintable(notesOf(fixed)));
    }

    void weightsOfSeveralTypesKeepThem()
    {
        REQUIRE_SAMPLE_PACKAGES();
        const auto watched = inspect(requestFor(samplePackage("two_types.pt")));
        QCOMPARE(watched->inspection.dtype, DType::BFloat16);
        for (const auto& [name, parameter] : watched->model->parameters())
        {
            QCOMPARE(parameter.scalar_type(), name.starts_with("head") ? at::kFloat : at::kBFloat16);
        }
    }

    void optionsThatCannotApplyAreNamed_data()
    {
        REQUIRE_SAMPLE_PACKAGES();
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<bool>("ownInput");
        QTest::addColumn<QByteArray>("says");
        const auto add = [](const char* row, const char* file, bool own, const char* says)
        { QTest::newRow(row) << QByteArray(file) << own << QByteArray(says); };
        add("batch of the graph", "causal.pt2", false, "--batch-size 5 does not apply: the model runs with 2");
        add("length of the graph", "causal.pt2", false, "--seq-len 7 does not apply: the model runs with 12");
        add("gradients", "causal.pt2", false, "--backward does not apply: a model loaded as exported");
        add("gradients of native code", "compiled.pt2", true, "--backward does not apply: a model loaded as compiled");
        add("batch of the user's input", "causal.pt", true, "--batch-size 5 does not apply: the inputs are those");
        add("length of the user's input", "causal.pt", true, "--seq-len 7 does not apply: the inputs are those");
        add("length of images", "vision.pt", false, "--seq-len 7 does not apply: the lengths follow");
    }
    void optionsThatCannotApplyAreNamed()
    {
        QFETCH(QByteArray, file);
        QFETCH(bool, ownInput);
        QFETCH(QByteArray, says);
        auto request = ownInput ? sample(file.toStdString()) : requestFor(samplePackage(file.toStdString()));
        request.batch = 5;
        request.sequence = 7;
        request.watchBackward = true;
        const auto notes = inspect(request)->inspection.notes;
        QVERIFY(std::ranges::any_of(notes, [&](const std::string& note) { return note.find(says.constData()) == 0; }));
    }

    void optionsThatApplyAreNotNamed()
    {
        REQUIRE_SAMPLE_PACKAGES();
        auto request = requestFor(samplePackage("causal.pt"));
        request.batch = 5;
        request.sequence = 7;
        request.watchBackward = true;
        const auto seen = inspect(request)->inspection;
        for (const std::string& note : seen.notes)
        {
            QVERIFY2(note.find("does not apply") == std::string::npos, note.c_str());
        }
    }

    void nativeCodeIsNotSeen()
    {
        REQUIRE_SAMPLE_PACKAGES();
        const auto seen = inspect(sample("compiled.pt2"))->inspection;
        QVERIFY(!seen.parameters && !seen.weightBytes && !seen.attentionNs && !seen.peakBytes);
        QVERIFY(seen.forwardNs > 0);
    }

    void backendsCanBeSwitchedWhereTheGraphHoldsSdpa()
    {
        REQUIRE_SAMPLE_PACKAGES();
        QVERIFY(inspect(sample("causal.pt"))->inspection.switchesBackends);
        QVERIFY(inspect(sample("causal.pt2"))->inspection.switchesBackends);
        QVERIFY(!inspect(sample("decomposed.pt2"))->inspection.switchesBackends);
        QVERIFY(!inspect(sample("hand_written.pt"))->inspection.switchesBackends);
        QVERIFY(!inspect(sample("compiled.pt2"))->inspection.switchesBackends);
    }

    void theBackwardPassIsWatched()
    {
        REQUIRE_SAMPLE_PACKAGES();
        auto request = sample("causal.pt");
        request.watchBackward = true;
        const auto seen = inspect(request)->inspection;
        QVERIFY(seen.trainStepNs.value_or(0) > 0);
        QVERIFY(seen.attentionBackwardNs.value_or(0) > 0);
        QCOMPARE(seen.calls[1].backwardOperators.size(), std::size_t{1});
        QVERIFY(seen.calls[1].backwardNs.value_or(0) > 0);
    }

    void everyFamilyIsSeenCallByCall_data() { addTinyModels(); }
    void everyFamilyIsSeenCallByCall()
    {
        QFETCH(QByteArray, name);
        auto request = requestFor(tinyModelFolder(name.toStdString()));
        request.watchBackward = true;
        const auto watched = inspect(request);
        const auto& seen = watched->inspection;
        QCOMPARE(seen.calls.size(), watched->model->callPaths(CallForm::Sdpa).size());
        QCOMPARE(seen.model.outline->calls.size(), seen.calls.size());
        QVERIFY(seen.switchesBackends);
        QVERIFY(seen.parameters > 0 && seen.weightBytes > 0 && seen.peakBytes.value_or(0) > seen.weightBytes);
        QVERIFY(seen.model.outline->matrixFlops > 0);
        QVERIFY(seen.trainStepNs.has_value());
        for (const WatchedCall& call : seen.calls)
        {
            QCOMPARE(call.form, CallForm::Sdpa);
            QVERIFY2(!call.call.path.empty() && call.ran.has_value(), call.call.path.c_str());
        }
    }

    void anEncoderDecoderHasItsThreeRoles()
    {
        for (const char* name : {"t5", "bart"})
        {
            const auto seen = inspect(requestFor(tinyModelFolder(name)))->inspection;
            const auto count = [&](CallRole role)
            { return std::ranges::count_if(seen.calls, [&](const auto& call) { return call.call.role == role; }); };
            QVERIFY2(count(CallRole::Self) > 0, name);
            QVERIFY2(count(CallRole::CausalSelf) > 0, name);
            QVERIFY2(count(CallRole::Cross) > 0, name);
        }
    }

    void aConfigAloneGetsRandomWeights()
    {
        const auto seen = inspect(requestFor(tinyModelFolder("gpt2") / "config.json"))->inspection;
        QCOMPARE(seen.loader, ModelLoader::Config);
        QVERIFY(seen.randomWeights);
        QCOMPARE(seen.output.shape.size(), std::size_t{3});
    }

    void refusalsSayWhatToDo_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("says");
        const auto add = [](const char* row, const std::filesystem::path& path, const char* says)
        { QTest::newRow(row) << QByteArray::fromStdString(path.string()) << QByteArray(says); };
        add("nothing there", "/nowhere/model.pt", "cannot be read");
        add("a folder without config", samplePackage(""), "config.json");
        add("weights alone", samplePackage("causal.inputs.safetensors"), "weights alone");
        if (std::filesystem::exists(samplePackage("causal.pt")))
        {
            add("a state dict", samplePackage("state_dict.pt"), "torch.jit.save");
            add("native code", samplePackage("compiled.pt2"), "--allow-native-code");
        }
    }
    void refusalsSayWhatToDo()
    {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, says);
        const auto sentence = sentenceOf(requestFor(path.toStdString()));
        QVERIFY2(sentence.contains(QString::fromUtf8(says)), qPrintable(sentence));
    }

    void aWrongInputFileIsExplained()
    {
        REQUIRE_SAMPLE_PACKAGES();
        auto request = requestFor(samplePackage("causal.pt"));
        request.inputFile = samplePackage("vision.inputs.safetensors").string();
        const auto sentence = sentenceOf(request);
        QVERIFY2(sentence.contains(QStringLiteral("needs the input input_ids")), qPrintable(sentence));
        QVERIFY2(sentence.contains(QStringLiteral("takes no pixel_values")), qPrintable(sentence));
        request.inputFile.clear();
        request.path = samplePackage("compiled.pt2").string();
        request.allowNativeCode = true;
        QVERIFY(sentenceOf(request).contains(QStringLiteral("--input")));
    }

    void damagedArchivesAreRefused_data()
    {
        REQUIRE_SAMPLE_PACKAGES();
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<int>("thousandths"); ///< of the file that stay; negative: zeros from there on
        for (const char* file : {"causal.pt", "causal.pt2", "compiled.pt2"})
        {
            for (const int kept : {1, 50, 300, 700, 990, -1, -100, -500, -900})
            {
                QTest::addRow("%s %d", file, kept) << QByteArray(file) << kept;
            }
        }
    }
    void damagedArchivesAreRefused()
    {
        QFETCH(QByteArray, file);
        QFETCH(int, thousandths);
        QFile whole(QString::fromStdString(samplePackage(file.toStdString()).string()));
        QVERIFY(whole.open(QIODevice::ReadOnly));
        auto bytes = whole.readAll();
        const auto place = bytes.size() * std::abs(thousandths) / 1000;
        if (thousandths > 0)
        {
            bytes.truncate(place);
        }
        else
        {
            bytes.replace(place, 64, QByteArray(64, '\0'));
        }
        QTemporaryDir folder;
        const auto path = folder.filePath(QString::fromUtf8(file));
        QFile damaged(path);
        QVERIFY(damaged.open(QIODevice::WriteOnly) && damaged.write(bytes) == bytes.size());
        damaged.close();
        auto request = requestFor(path.toStdString());
        request.batch = 2;
        request.sequence = 12;
        const auto sentence = sentenceOf(request); // a hole may fall where nothing is looked at: then it loads
        QVERIFY2(thousandths < 0 || !sentence.isEmpty(), "a file that was cut off was loaded");
    }
};

QTEST_GUILESS_MAIN(TestInspectModel)
#include "tst_inspect_model.moc"
