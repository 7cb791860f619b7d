// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/case.h"

#include <QtTest>

#include <functional>
#include <set>
#include <stdexcept>

using namespace headroom;

class TestCase : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theIdIsSixteenDigitsAndStaysTheSameForEver()
    {
        // Pinned: reports of other days and machines are joined by these.
        QCOMPARE((Case{ModelInput{}}.id()), std::string("654ea1f81ddcdbda"));
        QCOMPARE((Case{AttentionProblem{}}.id()), std::string("9b69abcb6e1e19f2"));
    }

    void everyMemberChangesTheId()
    {
        const std::vector<std::function<void(Case&)>> changes{
            [](Case&) {},
            [](Case& c) { c.backend = Backend::Flash; },
            [](Case& c) { c.pass = Pass::Backward; },
            [](Case& c) { c.launch = Launch::Graph; },
            [](Case& c) { c.l2 = L2State::Cold; },
            [](Case& c) { std::get<ModelInput>(c.subject).batch = 5; },
            [](Case& c) { std::get<ModelInput>(c.subject).model.layers = 5; },
            [](Case& c) { std::get<ModelInput>(c.subject).device = DeviceKind::Cuda; },
            [](Case& c) { c.subject = AttentionProblem{}; },
        };
        std::set<std::string> ids;
        for (const auto& change : changes)
        {
            Case value{ModelInput{}};
            change(value);
            ids.insert(value.id());
            QCOMPARE(value.id().size(), std::size_t(16));
            QCOMPARE(value.id().find_first_not_of("0123456789abcdef"), std::string::npos);
        }
        QCOMPARE(ids.size(), changes.size());
    }

    void jsonBringsEverythingBackAndKeepsTheId()
    {
        AttentionProblem problem;
        problem.dropout = 0.1;
        problem.scale = 1.0 / 3.0;
        const Case value{problem, Backend::Cudnn, Pass::TrainingStep, Launch::Graph, L2State::Cold};
        const Case read = parseJson(toJsonLine(value)).get<Case>();
        QCOMPARE(read, value);
        QCOMPARE(read.id(), value.id());
    }

    void missingMembersKeepTheirDefaults()
    {
        QCOMPARE(parseJson(R"({"subject":{"model":{}}})").get<Case>(), Case{ModelInput{}});
    }

    void aSubjectIsOneOfTwo_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("neither") << QByteArray("{}");
        QTest::newRow("both") << QByteArray(R"({"model":{},"attention":{}})");
        QTest::newRow("list") << QByteArray("[]");
        QTest::newRow("other") << QByteArray(R"({"picture":{}})");
    }
    void aSubjectIsOneOfTwo()
    {
        QFETCH(QByteArray, json);
        QVERIFY_THROWS_EXCEPTION(std::invalid_argument, subjectFromJson(parseJson(json.toStdString())));
    }

    void textsAreShort()
    {
        Case value{ModelInput{}, Backend::Flash, Pass::TrainingStep, Launch::Eager, L2State::Warm};
        QCOMPARE(describe(value), std::string("flash training-step B4 S128 float32"));
        value.launch = Launch::Graph;
        value.l2 = L2State::Cold;
        std::get<ModelInput>(value.subject).autocast = true;
        QCOMPARE(describe(value), std::string("flash training-step B4 S128 float32 autocast graph cold L2"));
        value = {AttentionProblem{}, Backend::Math, Pass::Backward, Launch::Eager, L2State::Warm};
        QCOMPARE(describe(value), std::string("math backward B1 H1 S1 D64 float32"));
        QCOMPARE(describe(value.subject), std::string("B1 H1 S1 D64 float32"));
        QCOMPARE(describeWithSide(value), describe(value));
        value.side = Side::B;
        QCOMPARE(describeWithSide(value), std::string("B: math backward B1 H1 S1 D64 float32"));
    }
};

QTEST_APPLESS_MAIN(TestCase)
#include "tst_case.moc"
