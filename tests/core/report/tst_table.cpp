// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/format.h"
#include "core/report/table.h"

#include <QtTest>

using namespace headroom;

namespace
{

QString text(const std::string& value)
{
    return QString::fromStdString(value);
}

Table small()
{
    Table table;
    table.title = "Two rows";
    table.columns = {{"name"}, {"time", Align::Right}};
    table.rows = {{"math", "4.00 ms"}, {Cell("a|b", Tone::Bad), "12 µs"}};
    table.notes = {"a note"};
    return table;
}

} // namespace

class TestTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textIsAligned()
    {
        QCOMPARE(text(textTable(small(), {})), QStringLiteral("Two rows\n"
                                                              "name     time\n"
                                                              "math  4.00 ms\n"
                                                              "a|b     12 µs\n"
                                                              "  a note\n"));
    }

    void emptyHeadersAreNoLine()
    {
        Table table;
        table.columns = {{""}, {""}};
        table.rows = {{"device", "cpu"}};
        QCOMPARE(text(textTable(table, {})), QStringLiteral("device  cpu\n"));
    }

    void theWidestColumnIsWrapped()
    {
        Table table;
        table.columns = {{"backend"}, {"reason"}};
        table.rows = {{"flash", "the head dimension is not a multiple of eight and the mask is not causal"}};
        TextLayout layout;
        layout.width = 40;
        const auto lines = text(textTable(table, layout)).split(QLatin1Char('\n'));
        QCOMPARE(lines.size(), 5); // header, three lines, the end
        for (const auto& line : lines)
        {
            QVERIFY2(line.size() <= 40, qPrintable(line));
        }
        QVERIFY(lines[2].startsWith(QLatin1String("         ")));
    }

    void colourIsAskedFor()
    {
        TextLayout layout;
        QVERIFY(!text(textTable(small(), layout)).contains(QLatin1Char('\033')));
        layout.colour = true;
        QVERIFY(text(textTable(small(), layout)).contains(QLatin1String("\033[31ma|b ")));
        QCOMPARE(text(coloured("x", Tone::Plain, layout)), QStringLiteral("x"));
        QCOMPARE(text(coloured("x", Tone::Good, layout)), QStringLiteral("\033[32mx\033[0m"));
    }

    void markdownIsEscaped()
    {
        QCOMPARE(text(markdownTable(small())), QStringLiteral("### Two rows\n\n"
                                                              "| name | time |\n"
                                                              "| --- | ---: |\n"
                                                              "| math | 4.00 ms |\n"
                                                              "| **a\\|b** | 12 µs |\n\n"
                                                              "- a note\n\n"));
    }

    /// A name with underscores in it is read, and searched for, as it is.
    void underscoresInsideWordsAreNotEscaped()
    {
        QCOMPARE(text(markdownEscaped("layers.0.self_attn")), QStringLiteral("layers.0.self_attn"));
        QCOMPARE(text(markdownEscaped("aten::_flash_attention")), QStringLiteral("aten::\\_flash_attention"));
        QCOMPARE(text(markdownEscaped("_a_")), QStringLiteral("\\_a\\_"));
        QCOMPARE(text(markdownEscaped("_")), QStringLiteral("\\_"));
    }

    void markdownCellsStayOnALine()
    {
        Table table;
        table.columns = {{"reason"}};
        table.rows = {{"one\ntwo"}};
        QVERIFY(text(markdownTable(table)).contains(QLatin1String("| one<br>two |")));
    }

    void wrapping_data()
    {
        QTest::addColumn<QString>("given");
        QTest::addColumn<int>("width");
        QTest::addColumn<QStringList>("expected");
        QTest::newRow("empty") << QString() << 10 << QStringList{QString()};
        QTest::newRow("fits") << QStringLiteral("one two") << 10 << QStringList{QStringLiteral("one two")};
        QTest::newRow("breaks") << QStringLiteral("one two three") << 8
                                << QStringList{QStringLiteral("one two"), QStringLiteral("three")};
        QTest::newRow("a long word stays whole")
            << QStringLiteral("a abcdefghijkl b") << 5
            << QStringList{QStringLiteral("a"), QStringLiteral("abcdefghijkl"), QStringLiteral("b")};
        QTest::newRow("keeps line breaks")
            << QStringLiteral("one\ntwo") << 10 << QStringList{QStringLiteral("one"), QStringLiteral("two")};
        QTest::newRow("a figure keeps its unit")
            << QStringLiteral("is 0.2 % more") << 6
            << QStringList{QStringLiteral("is"), QStringLiteral("0.2 %"), QStringLiteral("more")};
        QTest::newRow("what follows a unit at once stays")
            << QStringLiteral("above 1 %; about 6, or 2 %.") << 40
            << QStringList{QStringLiteral("above 1 %; about 6, or 2 %.")};
    }
    void wrapping()
    {
        QFETCH(QString, given);
        QFETCH(int, width);
        QFETCH(QStringList, expected);
        QStringList lines;
        for (const auto& line : wrapped(given.toStdString(), static_cast<std::size_t>(width)))
        {
            lines << text(line);
        }
        QCOMPARE(lines, expected);
    }

    void paragraphsHang()
    {
        TextLayout layout;
        layout.width = 12;
        QCOMPARE(text(paragraph("- ", "one two three", layout)), QStringLiteral("- one two\n  three\n"));
    }
};

QTEST_APPLESS_MAIN(TestTable)
#include "tst_table.moc"
