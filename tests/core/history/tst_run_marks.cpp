// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/history/run_marks.h"

#include "core/history/baseline.h"
#include "kept_runs.h"

#include <QtTest>

#include <thread>

using namespace headroom;
using namespace headroom::testing;

namespace
{
const std::string kRun = "20261101T120000-00000001";
}

class TestRunMarks : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRunWithoutAFileHasNoMarks()
    {
        const TemporaryRunFolder kept;
        QVERIFY(marksOf(kept.folder(), kRun).isEmpty());
    }

    void marksAreReadBack()
    {
        const TemporaryRunFolder kept;
        changeMarks(kept.folder(), kRun,
                    [](RunMarks& marks)
                    {
                        marks.tags = {"h200", "before-upgrade", "h200"};
                        marks.note = "driver 580";
                    });
        QVERIFY(marksOf(kept.folder(), kRun) == (RunMarks{kRun, {"before-upgrade", "h200"}, "driver 580"}));
    }

    void marksThatBecomeEmptyHaveNoFile()
    {
        const TemporaryRunFolder kept;
        changeMarks(kept.folder(), kRun, [](RunMarks& marks) { marks.tags = {"a"}; });
        changeMarks(kept.folder(), kRun, [](RunMarks& marks) { marks.tags.clear(); });
        QVERIFY(kept.folder().marksFiles().empty());
    }

    void aTagIsOneWord_data()
    {
        QTest::addColumn<QString>("tag");
        for (const char* tag : {"", "two words", "a,b", "a/b", "-x", "last", "last~1", "line\nbreak"})
        {
            QTest::newRow(tag) << QString::fromUtf8(tag);
        }
        QTest::newRow("long") << QString(65, QLatin1Char('a'));
    }
    void aTagIsOneWord()
    {
        QFETCH(QString, tag);
        const TemporaryRunFolder kept;
        QVERIFY_EXCEPTION_THROWN(
            changeMarks(kept.folder(), kRun, [&](RunMarks& marks) { marks.tags = {tag.toStdString()}; }),
            std::invalid_argument);
        QVERIFY(kept.folder().marksFiles().empty());
    }

    void whoChangesAtOnceLosesNothing()
    {
        const TemporaryRunFolder kept;
        const auto add = [&](char letter)
        {
            for (int i = 0; i < 20; ++i)
            {
                changeMarks(kept.folder(), kRun,
                            [&](RunMarks& marks) { marks.tags.push_back(fmt::format("{}{:02}", letter, i)); });
            }
        };
        {
            const std::jthread first(add, 'a');
            const std::jthread second(add, 'b');
        }
        QCOMPARE(marksOf(kept.folder(), kRun).tags.size(), std::size_t{40});
    }

    void aDamagedFileIsNotOverwritten()
    {
        const TemporaryRunFolder kept;
        writeText(kept.folder().marksFile(kRun), "{ no json");
        QVERIFY_EXCEPTION_THROWN(changeMarks(kept.folder(), kRun, [](RunMarks& marks) { marks.note = "x"; }),
                                 std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(marksOf(kept.folder(), kRun), std::runtime_error);
    }

    void aBaselineIsReadBack()
    {
        const TemporaryRunFolder kept;
        const Baseline baseline{"driver 580", {kRun, "other"}, "2026-11-23T05:23:11.123Z", "before the upgrade"};
        writeBaseline(kept.folder(), baseline);
        QVERIFY(readBaseline(kept.folder(), "driver 580") == baseline);
        QCOMPARE(baselineNames(kept.folder()), std::vector<std::string>{"driver 580"});
        QVERIFY(removeBaseline(kept.folder(), "driver 580"));
        QVERIFY(!removeBaseline(kept.folder(), "driver 580"));
    }

    void anUnknownBaselineNamesThoseThereAre()
    {
        const TemporaryRunFolder kept;
        writeBaseline(kept.folder(), {"nightly", {kRun}, "", ""});
        try
        {
            readBaseline(kept.folder(), "weekly");
            QFAIL("no error");
        }
        catch (const std::runtime_error& error)
        {
            QVERIFY2(QString::fromUtf8(error.what()).contains(QStringLiteral("it has nightly")), error.what());
        }
    }

    void aBaselineThatCannotBeReadIsLeftOutOfTheList()
    {
        const TemporaryRunFolder kept;
        writeBaseline(kept.folder(), {"good", {kRun}, "", ""});
        writeText(kept.folder().baselineFile("bad"), "[");
        QCOMPARE(readBaselines(kept.folder()).size(), std::size_t{1});
        std::vector<std::string> leftOut;
        QCOMPARE(readBaselines(kept.folder(), &leftOut).size(), std::size_t{1});
        QCOMPARE(leftOut.size(), std::size_t{1});
        QVERIFY2(leftOut[0].find("bad") != std::string::npos, leftOut[0].c_str());
        QCOMPARE(baselineNames(kept.folder()).size(), std::size_t{2});
        QVERIFY_EXCEPTION_THROWN(readBaseline(kept.folder(), "bad"), std::runtime_error);
    }
};

QTEST_APPLESS_MAIN(TestRunMarks)
#include "tst_run_marks.moc"
