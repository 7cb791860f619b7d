// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/interpretation.h"

#include "example_machine.h"

#include <QtTest>

using namespace headroom;
using namespace headroom::ui;

class TestInterpretation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_form = Configuration(); }

    void headsThatDoNotDivideNameTheNearestThatDo()
    {
        m_form.setText(Field::Heads, "7");
        const auto read = interpret(m_form, cpu());
        QVERIFY(!read.valid());
        QCOMPARE(read.problemAt(Field::Heads)->suggestions, (std::vector<std::string>{"6", "8"}));
        QCOMPARE(read.problemAt(Field::DModel)->suggestions, (std::vector<std::string>{"763", "770"}));
    }

    void eachSuggestionMakesTheFieldRight_data()
    {
        QTest::addColumn<int>("field");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("letters") << static_cast<int>(Field::Sequence) << QByteArray("12x");
        QTest::newRow("nothing") << static_cast<int>(Field::Batch) << QByteArray();
        QTest::newRow("zero") << static_cast<int>(Field::Heads) << QByteArray("0");
        QTest::newRow("negative") << static_cast<int>(Field::Layers) << QByteArray("-3");
        QTest::newRow("not divided") << static_cast<int>(Field::Heads) << QByteArray("11");
        QTest::newRow("far too large") << static_cast<int>(Field::Vocabulary) << QByteArray("99999999999999999999");
    }
    void eachSuggestionMakesTheFieldRight()
    {
        QFETCH(int, field);
        QFETCH(QByteArray, text);
        const auto at = static_cast<Field>(field);
        m_form.setText(at, text.toStdString());
        const auto read = interpret(m_form, cpu());
        const auto* problem = read.problemAt(at);
        QVERIFY(problem != nullptr);
        QVERIFY(!problem->suggestions.empty());
        for (const auto& suggestion : problem->suggestions)
        {
            m_form.setText(at, suggestion);
            QVERIFY2(interpret(m_form, cpu()).problemAt(at) == nullptr, suggestion.c_str());
        }
    }

    void aSequenceBeyondThePositionsIsSaidAtBoth()
    {
        m_form.setText(Field::Positions, "512");
        m_form.setText(Field::Sequence, "1k");
        const auto read = interpret(m_form, cpu());
        QCOMPARE(read.problemAt(Field::Sequence)->suggestions, std::vector<std::string>{"512"});
        QCOMPARE(read.problemAt(Field::Positions)->suggestions, std::vector<std::string>{"1024"});
    }

    void listsAreReadAsTheCommandLineReadsThem()
    {
        m_form.subject = ConfiguredSubject::Attention;
        m_form.setText(Field::QueryLengths, "512..2k, 4096");
        m_form.setText(Field::Masks, "none,causal,sliding-window:128");
        m_form.setText(Field::Passes, "forward,backward");
        const auto read = interpret(m_form, cpu());
        QVERIFY(read.valid());
        const auto& spec = read.sweep->specs.front();
        QCOMPARE(spec.queryLengths, (std::vector<std::int64_t>{512, 1024, 2048, 4096}));
        QCOMPARE(spec.masks.size(), std::size_t{3});
        QCOMPARE(spec.passes, (std::vector{Pass::Forward, Pass::Backward}));
    }

    void aWrongWordIsSaidAtItsField()
    {
        m_form.subject = ConfiguredSubject::Attention;
        m_form.setText(Field::Dtypes, "bfloat15");
        const auto read = interpret(m_form, cpu());
        QVERIFY(!read.valid());
        QCOMPARE(read.problemAt(Field::Dtypes)->suggestions, std::vector<std::string>{"bfloat16"});
    }

    void keyHeadsThatDoNotDivideNameTheNearest()
    {
        m_form.subject = ConfiguredSubject::Attention;
        m_form.setText(Field::QueryHeads, "32");
        m_form.setText(Field::KvHeads, "6");
        QCOMPARE(interpret(m_form, cpu()).problemAt(Field::KvHeads)->suggestions, (std::vector<std::string>{"4", "8"}));
    }

    void whatOnlyAGpuHasIsSaidAtItsField()
    {
        m_form.subject = ConfiguredSubject::Attention;
        m_form.setText(Field::Launches, "graph");
        const auto read = interpret(m_form, cpu());
        QVERIFY(read.problemAt(Field::Launches) != nullptr);
        QVERIFY(read.problemAt(Field::Launches)->sentence.find("--") == std::string::npos);
        QVERIFY(interpret(m_form, exampleMachine(true).devices[1]).valid());
    }

    void tooManyCasesAreRefused()
    {
        m_form.subject = ConfiguredSubject::Attention;
        m_form.setText(Field::QueryLengths, "1..1000:1");
        m_form.setText(Field::Batches, "1..100:1");
        QVERIFY(!interpret(m_form, cpu()).valid());
    }

private:
    static DeviceFacts cpu() { return exampleMachine(false).devices.front(); }
    Configuration m_form;
};

QTEST_APPLESS_MAIN(TestInterpretation)
#include "tst_interpretation.moc"
