// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/case_table_model.h"
#include "ui/models/model_tree_model.h"

#include "tests/core/audit/audited_models.h"

#include <QAbstractItemModelTester>
#include <QSortFilterProxyModel>
#include <QtTest>

using namespace headroom;
using namespace headroom::testing;
using namespace headroom::ui;

namespace
{

using At = ModelTreeModel::Column;

std::shared_ptr<const ModelInspection> wellSeen()
{
    return std::make_shared<const ModelInspection>(wellModel(cpuMachine()));
}

QString textAt(const QAbstractItemModel& model, int row, int column, const QModelIndex& parent = {})
{
    return model.index(row, column, parent).data().toString();
}

} // namespace

class TestModelTreeModel : public QObject
{
    Q_OBJECT

    using Mode = QAbstractItemModelTester::FailureReportingMode;

private Q_SLOTS:
    void callsStandBelowTheModulesThatMakeThem()
    {
        ModelTreeModel model;
        const QAbstractItemModelTester tester(&model, Mode::QtTest);
        model.setInspection(wellSeen(), QString());
        QCOMPARE(model.rowCount(), 1);
        const QModelIndex root = model.index(0, 0);
        QCOMPARE(root.data().toString(), QStringLiteral("(model)"));
        QCOMPARE(model.rowCount(root), 3);
        QCOMPARE(textAt(model, 1, At::Name, root), QStringLiteral("layers.1.self_attn"));
        const QModelIndex layer = model.index(1, 0, root);
        QVERIFY(!model.isCall(layer) && model.holdsCalls(layer));
        QCOMPARE(model.rowCount(layer), 1);
        QVERIFY(model.isCall(model.index(0, 0, layer)));
        QCOMPARE(textAt(model, 0, At::Name, layer), QStringLiteral("call 1, causal-self"));
        QVERIFY(textAt(model, 0, At::Kind, layer).startsWith(QLatin1String("B2 H8 S128")));
        QCOMPARE(textAt(model, 0, At::Ran, layer), QStringLiteral("Flash"));
        QCOMPARE(textAt(model, 0, At::Share, layer), QStringLiteral("9.1 %"));
    }

    void aModuleHasTheTimeOfAllBelowIt()
    {
        ModelTreeModel model;
        model.setInspection(wellSeen(), QString());
        QCOMPARE(textAt(model, 0, At::Time), QStringLiteral("3.00 ms"));
        QCOMPARE(textAt(model, 0, At::Share), QStringLiteral("27 %"));
        QVERIFY(model.index(0, 0).data(Qt::ToolTipRole).toString().contains(QLatin1String("3 attention calls")));
    }

    void modulesLieInTheNearestThatIsListed()
    {
        auto seen = wellModel(cpuMachine());
        seen.modules = {{"", "M", 9}, {"a", "A", 5}, {"a.b.c", "C", 3}, {"d", "D", 1}};
        seen.calls.resize(1);
        seen.calls[0].call.path = "a.b.c.not_listed";
        ModelTreeModel model;
        const QAbstractItemModelTester tester(&model, Mode::QtTest);
        model.setInspection(std::make_shared<const ModelInspection>(seen), QString());
        const QModelIndex a = model.index(0, 0, model.index(0, 0));
        QCOMPARE(textAt(model, 0, At::Name, a), QStringLiteral("b.c"));
        QVERIFY(model.isCall(model.index(0, 0, model.index(0, 0, a))));
        QVERIFY(!model.holdsCalls(model.index(1, 0, model.index(0, 0))));
    }

    void withoutModulesTheCallsStandAlone()
    {
        auto seen = wellModel(cpuMachine());
        seen.modules.clear();
        seen.calls[2].ran.reset();
        seen.calls[2].form = CallForm::HandWritten;
        ModelTreeModel model;
        const QAbstractItemModelTester tester(&model, Mode::QtTest);
        model.setInspection(std::make_shared<const ModelInspection>(seen), QString());
        QCOMPARE(model.rowCount(), 3);
        QVERIFY(textAt(model, 2, At::Name).contains(QLatin1String("layers.2.self_attn")));
        QVERIFY(textAt(model, 2, At::Name).endsWith(QLatin1String("hand-written")));
        QCOMPARE(textAt(model, 2, At::Ran), QStringLiteral("not proven"));
    }

    void masksAreSaidByWhatTheyLetThrough()
    {
        auto seen = wellModel(cpuMachine());
        handOverTriangle(seen.calls[0]);
        handOverMask(seen.calls[1], MaskContent::Inverted);
        seen.calls[2].call.problem.causal = false;
        seen.modules.clear();
        ModelTreeModel model;
        model.setInspection(std::make_shared<const ModelInspection>(seen), QString());
        QCOMPARE(textAt(model, 0, At::Mask), QStringLiteral("causal"));
        QCOMPARE(textAt(model, 1, At::Mask), QStringLiteral("inverted"));
        QCOMPARE(model.index(1, At::Mask).data(kToneRole).toInt(), static_cast<int>(Tone::Bad));
        QCOMPARE(textAt(model, 2, At::Mask), QStringLiteral("none"));
        QVERIFY(model.index(1, At::Mask).data(Qt::ToolTipRole).toString().contains(QLatin1String("25 %")));
    }

    void figuresSayWhereTheyStand()
    {
        ModelTreeModel model;
        model.setInspection(wellSeen(), QStringLiteral("/headroom/inspection"));
        const QModelIndex parameters = model.index(0, At::Parameters);
        QCOMPARE(parameters.data(kFigureSourceRole).toString(),
                 QStringLiteral("/headroom/inspection/modules/0/parameters"));
        QCOMPARE(parameters.data(kFigureValueRole).toLongLong(), 1'000'000);
        const QModelIndex layer = model.index(2, 0, model.index(0, 0));
        const QModelIndex time = model.index(0, At::Time, layer);
        QCOMPARE(time.data(kFigureSourceRole).toString(), QStringLiteral("/headroom/inspection/calls/2/ns"));
        QCOMPARE(time.data(kFigureValueRole).toDouble(), 1e6);
    }

    void aFilterKeepsWhatLeadsToAMatch()
    {
        ModelTreeModel model;
        model.setInspection(wellSeen(), QString());
        QSortFilterProxyModel filtered;
        const QAbstractItemModelTester tester(&filtered, Mode::QtTest);
        filtered.setSourceModel(&model);
        filtered.setFilterKeyColumn(-1);
        filtered.setRecursiveFilteringEnabled(true);
        filtered.setFilterFixedString(QStringLiteral("call 2"));
        const QModelIndex root = filtered.index(0, 0);
        QCOMPARE(filtered.rowCount(root), 1);
        QCOMPARE(filtered.rowCount(filtered.index(0, 0, root)), 1);
        filtered.setFilterFixedString(QStringLiteral("nothing like it"));
        QCOMPARE(filtered.rowCount(), 0);
    }

    void nothingIsNoRow()
    {
        ModelTreeModel model;
        const QAbstractItemModelTester tester(&model, Mode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        model.setInspection(wellSeen(), QString());
        model.setInspection(nullptr, QString());
        QCOMPARE(model.rowCount(), 0);
    }
};

QTEST_GUILESS_MAIN(TestModelTreeModel)
#include "tst_model_tree_model.moc"
