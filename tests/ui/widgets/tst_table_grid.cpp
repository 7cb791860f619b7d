// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"
#include "ui/widgets/label.h"
#include "ui/widgets/table_grid.h"

#include <QPointer>
#include <QtTest>

using namespace headroom;
using namespace headroom::ui;

/// A small table that changes while it is shown.
class TestTableGrid : public QObject
{
    Q_OBJECT

    Theme m_theme;

    static Table tableOf(const std::vector<std::string>& values)
    {
        Table table;
        table.title = "samples";
        table.columns = {{"part"}, {"holds", Align::Right}};
        for (const auto& value : values)
        {
            table.rows.push_back({Cell("row"), Cell(value)});
        }
        return table;
    }

    static QStringList textsOf(const TableGrid& grid)
    {
        QStringList texts;
        for (const auto* label : grid.findChildren<Label*>())
        {
            texts.append(label->text());
        }
        return texts;
    }

private Q_SLOTS:
    void aCellThatDiffersIsWrittenAnew()
    {
        TableGrid grid(m_theme);
        grid.setTable(tableOf({"1", "2"}));
        const QPointer<Label> first = grid.findChild<Label*>();
        Table later = tableOf({"1", "3"});
        later.rows[1][1].tone = Tone::Bad;
        grid.setTable(later);
        QVERIFY(first);
        QCOMPARE(textsOf(grid), (QStringList{QStringLiteral("part"), QStringLiteral("holds"), QStringLiteral("row"),
                                             QStringLiteral("1"), QStringLiteral("row"), QStringLiteral("3")}));
        QCOMPARE(grid.findChildren<Label*>().last()->tone(), Tone::Bad);
    }

    /// The name of a kernel is as long as a column: it is broken and not cut. What is broken is not for copying.
    void longNamesCanBeBroken()
    {
        Table table;
        table.columns = {{"seen"}};
        table.rows = {{Cell("math: aten::_scaled_dot_product_attention_math")}, {Cell("a_short_name of one")}};
        TableGrid grid(m_theme);
        grid.setTable(table);
        const auto labels = grid.findChildren<Label*>();
        QCOMPARE(labels[1]->text().count(QChar(0x200b)), 5);
        QCOMPARE(labels[1]->text().remove(QChar(0x200b)),
                 QStringLiteral("math: aten::_scaled_dot_product_attention_math"));
        QVERIFY(!labels[1]->textInteractionFlags().testFlag(Qt::TextSelectableByMouse));
        QCOMPARE(labels[2]->text(), QStringLiteral("a_short_name of one"));
        QVERIFY(labels[2]->textInteractionFlags().testFlag(Qt::TextSelectableByMouse));
    }

    void anotherNumberOfRowsIsAnotherTable()
    {
        TableGrid grid(m_theme);
        grid.setTable(tableOf({"1"}));
        grid.setTable(tableOf({"1", "2", "3"}), 2);
        QCOMPARE(grid.rowCount(), 2);
        QVERIFY(textsOf(grid).contains(QStringLiteral("and 1 more")));
        grid.setTable(tableOf({"1", "4", "3"}), 2);
        QVERIFY(textsOf(grid).contains(QStringLiteral("4")));
        grid.setTable(tableOf({"1", "4", "3", "5"}), 2);
        QVERIFY(textsOf(grid).contains(QStringLiteral("and 2 more")));
        QCOMPARE(textsOf(grid).size(), 7);
    }

    void columnsWithoutNamesHaveNoHeader()
    {
        TableGrid grid(m_theme);
        Table table = tableOf({"1", "2"});
        table.columns = {{""}, {""}};
        grid.setTable(table);
        const QStringList first{QStringLiteral("row"), QStringLiteral("1"), QStringLiteral("row"), QStringLiteral("2")};
        QCOMPARE(textsOf(grid), first);
        table.rows[1][1].text = "3";
        grid.setTable(table);
        QCOMPARE(textsOf(grid).last(), QStringLiteral("3"));
    }

    void noTableIsEmpty()
    {
        TableGrid grid(m_theme);
        grid.setTable(tableOf({"1"}));
        grid.setTable(Table());
        QVERIFY(textsOf(grid).isEmpty());
        grid.setTable(tableOf({"1"}));
        QCOMPARE(textsOf(grid).size(), 4);
    }
};

QTEST_MAIN(TestTableGrid)
#include "tst_table_grid.moc"
