// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/consequences.h"
#include "ui/config/model_form.h"
#include "ui/config/model_lookup.h"

#include "tests/core/audit/audited_models.h"

#include <QDir>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace headroom;
using namespace headroom::testing;
using namespace headroom::ui;

namespace
{

DeviceFacts cpu()
{
    return *cpuMachine().selectedDevice();
}

Configuration ofFile(const ModelInspection& seen)
{
    return withModelFile(Configuration(), QStringLiteral("/models/test"), seen);
}

SeenModel answer()
{
    InspectedModel model;
    model.machine = cpuMachine();
    model.device = cpu();
    model.inspection = wellModel(model.machine);
    return std::make_shared<const InspectedModel>(std::move(model));
}

ModelQuestion question(const char* path)
{
    ModelQuestion asked;
    asked.request.path = path;
    return asked;
}

} // namespace

/// What the form holds of a model from a file, and what is known of such models.
class TestModelForm : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatWasSeenFillsTheForm()
    {
        const auto form = ofFile(wellModel(cpuMachine()));
        QVERIFY(isFromFile(form));
        QCOMPARE(form.text(Field::Batch), std::string("2"));
        QCOMPARE(form.text(Field::Sequence), std::string("128"));
        QCOMPARE(form.text(Field::ModelDtype), std::string("float32"));
        const auto asked = questionOf(form, cpu());
        QCOMPARE(asked->request.path, std::string("/models/test"));
        QCOMPARE(asked->request.batch, 2);
        QVERIFY(!isFromFile(withBuiltInModel(form)));
    }

    void autocastStays()
    {
        Configuration form;
        form.setText(Field::ModelDtype, std::string(kAutocast));
        form = withModelFile(form, QStringLiteral("/m"), wellModel(cpuMachine()));
        QVERIFY(questionOf(form, cpu())->request.autocast);
    }

    void aLengthOfTheModelsOwnIsNotAskedFor()
    {
        auto seen = wellModel(cpuMachine());
        seen.model.outline->fixedSequence = true;
        const auto form = ofFile(seen);
        QVERIFY(!questionOf(form, cpu())->request.sequence);
        QVERIFY(!whyFieldIsOff(Field::Sequence, seen).isEmpty());
        QVERIFY(!withBuiltInModel(form).text(Field::Sequence).empty());
    }

    void aNumberThatCannotBeReadIsNoQuestion()
    {
        auto form = ofFile(wellModel(cpuMachine()));
        form.setText(Field::Batch, "many");
        QVERIFY(!questionOf(form, cpu()));
        const auto seen = wellModel(cpuMachine());
        QVERIFY(interpret(form, cpu(), &seen).problemAt(Field::Batch) != nullptr);
        QVERIFY(!questionOf(Configuration(), cpu()));
    }

    void withoutAnAnswerNothingCanBeRun() { QVERIFY(!interpret(ofFile(wellModel(cpuMachine())), cpu()).valid()); }

    void itsValidationIsOfTheFile()
    {
        const auto seen = wellModel(cpuMachine());
        const auto read = interpret(ofFile(seen), cpu(), &seen);
        QVERIFY(read.valid());
        QCOMPARE(read.validation->input.batch, 2);
        QCOMPARE(read.validation->inspection, seen);
        const auto answers = consequencesOf(read, cpu());
        QCOMPARE(answers.backends.front().calls, std::size_t{3});
        QVERIFY(answers.peakBytes.has_value() && answers.training);
        QCOMPARE(answers.plan->modelFile->path, std::string("/models/test"));
        QCOMPARE(auditOf(*read.validation).model.path, std::string("/models/test"));
    }

    void aModelWithoutCallsHasNoBackends()
    {
        auto seen = wellModel(cpuMachine());
        seen.calls.clear();
        seen.model.outline->calls.clear();
        auto device = cpu();
        device.freeMemoryBytes = std::int64_t{1} << 30;
        const auto answers = consequencesOf(interpret(ofFile(seen), device, &seen), device);
        QVERIFY(answers.backends.empty());
        QVERIFY(!answers.memory && answers.plan);
    }

    void aSizeThatTheFileFixesIsSaid()
    {
        const auto seen = wellModel(cpuMachine());
        auto form = ofFile(seen);
        form.setText(Field::Batch, "8");
        const auto read = interpret(form, cpu(), &seen);
        QCOMPARE(read.problemAt(Field::Batch)->suggestions, std::vector<std::string>{"2"});
    }

    void whatALoaderCannotIsOff_data()
    {
        QTest::addColumn<int>("loader");
        QTest::addColumn<bool>("dtypeIsOff");
        QTest::addColumn<bool>("checksAreOff");
        for (const auto& row : loaderAbilities())
        {
            QTest::newRow(std::string(toString(row.loader)).c_str())
                << static_cast<int>(row.loader) << !row.changesType << !row.givesGradients;
        }
    }

    void whatALoaderCannotIsOff()
    {
        QFETCH(int, loader);
        QFETCH(bool, dtypeIsOff);
        QFETCH(bool, checksAreOff);
        auto seen = wellModel(cpuMachine());
        seen.loader = static_cast<ModelLoader>(loader);
        QCOMPARE(!whyFieldIsOff(Field::ModelDtype, seen).isEmpty(), dtypeIsOff);
        QCOMPARE(!whyFieldIsOff(Field::Device, seen).isEmpty(), dtypeIsOff);
        QCOMPARE(!whyFieldIsOff(Field::FullValidation, seen).isEmpty(), checksAreOff);
        QVERIFY(whyFieldIsOff(Field::Depth, seen).isEmpty());
    }

    void namesTellModelsFromReports()
    {
        QTemporaryDir folder;
        const QDir dir(folder.path());
        QVERIFY(dir.mkdir(QStringLiteral("bert")) && dir.mkdir(QStringLiteral("results")));
        QFile config(dir.filePath(QStringLiteral("bert/config.json")));
        QVERIFY(config.open(QIODevice::WriteOnly));
        QVERIFY(looksLikeModel(dir.filePath(QStringLiteral("bert"))));
        QVERIFY(looksLikeModel(config.fileName()));
        QVERIFY(looksLikeModel(QStringLiteral("/x/a.PT2")) && looksLikeModel(QStringLiteral("/x/a.ts")));
        QVERIFY(!looksLikeModel(dir.filePath(QStringLiteral("results"))));
        QVERIFY(!looksLikeModel(QStringLiteral("/x/report.json")));
        QCOMPARE(modelNameOf(dir.filePath(QStringLiteral("bert/"))), QStringLiteral("bert"));
    }

    void whatIsNeededIsAskedOnceTheFormRests()
    {
        ModelLookup lookup(nullptr);
        QSignalSpy asked(&lookup, &ModelLookup::asked);
        lookup.need(question("/a"));
        lookup.need(question("/b"));
        QVERIFY(asked.isEmpty());
        QTRY_COMPARE(asked.size(), 1);
        QCOMPARE(asked.front().front().value<ModelQuestion>().request.path, std::string("/b"));
        lookup.take(question("/b"), answer());
        QVERIFY(lookup.answerTo(question("/b")) != nullptr);
        lookup.need(question("/b")); // known
        QTest::qWait(900);
        QCOMPARE(asked.size(), 1);
    }

    void aLoadEndsInOneOfThree()
    {
        ModelLookup lookup(nullptr);
        QSignalSpy loaded(&lookup, &ModelLookup::loaded);
        QSignalSpy refused(&lookup, &ModelLookup::refused);
        QSignalSpy native(&lookup, &ModelLookup::nativeCodeFound);
        lookup.load(question("/a"));
        QVERIFY(lookup.isLoading());
        lookup.take(question("/a"), answer());
        QCOMPARE(loaded.size(), 1);
        lookup.load(question("/b"));
        lookup.takeFailure(question("/b"), QStringLiteral("It is not there."));
        QCOMPARE(refused.size(), 1);
        QVERIFY(lookup.failureOf(question("/b")).isEmpty()); // the form does not hold it
        lookup.load(question("/c"));
        lookup.takeFailure(question("/c"), QStringLiteral("Give --allow-native-code."));
        QCOMPARE(native.size(), 1);
        QCOMPARE(refused.size(), 1);
        QVERIFY(!lookup.isLoading());
    }

    void permissionIsPartOfTheQuestionAndNotOfTheAnswer()
    {
        ModelLookup lookup(nullptr);
        QSignalSpy asked(&lookup, &ModelLookup::asked);
        lookup.allowNativeCode(QStringLiteral("/a"));
        lookup.load(question("/a"));
        const auto sent = asked.front().front().value<ModelQuestion>();
        QVERIFY(sent.request.allowNativeCode);
        lookup.take(sent, answer());
        QVERIFY(lookup.answerTo(question("/a")) != nullptr);
        lookup.load(question("/b"));
        QVERIFY(!asked.back().front().value<ModelQuestion>().request.allowNativeCode);
    }
};

QTEST_GUILESS_MAIN(TestModelForm)
#include "tst_model_form.moc"
