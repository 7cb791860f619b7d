// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/export.h"
#include "core/report/json_report.h"
#include "core/run/journal.h"
#include "tests/core/report/small_disk.h"
#include "tests/core/run/fake_plan.h"
#include "ui/charts/chart_file.h"
#include "ui/charts/chart_view.h"
#include "ui/export/exporter.h"
#include "ui/pages/page_set.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QDir>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace headroom;
using namespace headroom::testing;
using namespace headroom::ui;

namespace
{

constexpr std::size_t kBytes = 32 * 1024; ///< that the disk holds

} // namespace

/// Everything that is written, to a disk that is full: the sentence says so, and no half of a file is left.
class TestFullDisk : public QObject
{
    Q_OBJECT

public:
    explicit TestFullDisk(const SmallDisk& disk) : m_disk(disk) {}

private Q_SLOTS:
    void initTestCase()
    {
        Theme::loadFonts();
        auto any = openReport(HEADROOM_TEST_DATA "/../../resources/reports/nvidia_h200_validate_bfloat16.json");
        m_reports.reports.push_back(
            {QStringLiteral("run"), std::make_shared<const Report>(std::get<Report>(any)), false});
    }

    void cleanup()
    {
        for (const QString& file : m_disk.files())
        {
            QFile::remove(m_disk.path(qPrintable(file)));
        }
    }

    void noHalfReportIsLeft()
    {
        const std::string text = writeJsonReport(*m_reports.front().report);
        QVERIFY(text.size() > kBytes);
        try
        {
            writeFileAtomically(m_disk.path("report.json").toStdString(), text);
            QFAIL("it was written");
        }
        catch (const std::runtime_error& error)
        {
            const QString sentence = QString::fromUtf8(error.what());
            QVERIFY2(sentence.contains(QStringLiteral("report.json")) && sentence.contains(m_disk.cause()),
                     error.what());
        }
        QCOMPARE(m_disk.files(), QStringList());
    }

    void anEarlierReportStays()
    {
        const std::string path = m_disk.path("report.json").toStdString();
        writeFileAtomically(path, "earlier");
        QVERIFY_EXCEPTION_THROWN(writeFileAtomically(path, writeJsonReport(*m_reports.front().report)),
                                 std::runtime_error);
        QCOMPARE(m_disk.files(), QStringList{QStringLiteral("report.json")});
        QFile file(QString::fromStdString(path));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("earlier"));
    }

    /// What was in it before stays, line by line, and a run that goes on from there finds it.
    void theJournalHasWholeLines()
    {
        const std::string path = m_disk.path("run.journal.jsonl").toStdString();
        std::size_t appended = 0;
        {
            Journal journal = Journal::open(path);
            Event event;
            event.data = LogLine{LogLevel::Info, std::string(601, 'x')};
            try
            {
                for (; appended < kBytes; ++appended)
                {
                    event.seq = static_cast<std::int64_t>(appended);
                    journal.append(event);
                }
                QFAIL("the disk is not full");
            }
            catch (const std::runtime_error& error)
            {
                const QString sentence = QString::fromUtf8(error.what());
                QVERIFY2(sentence.contains(QStringLiteral("run.journal.jsonl")) && sentence.contains(m_disk.cause()),
                         error.what());
            }
        }
        QVERIFY(appended > 10);
        const JournalContent content = readJournal(path);
        QVERIFY(!content.torn);
        QCOMPARE(content.events.size(), appended);
    }

    void noHalfPictureIsLeft_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("name");
        QTest::newRow("pictures") << QStringLiteral("png") << QStringLiteral("run");
        QTest::newRow("drawings") << QStringLiteral("svg") << QStringLiteral("run");
        QTest::newRow("document") << QStringLiteral("pdf") << QStringLiteral("run.pdf");
        QTest::newRow("JSON") << QStringLiteral("json") << QStringLiteral("run.json");
        QTest::newRow("HTML") << QStringLiteral("html") << QStringLiteral("run.html");
    }

    void noHalfPictureIsLeft()
    {
        QFETCH(QString, format);
        QFETCH(QString, name);
        Exporter exporter(nullptr);
        QSignalSpy failed(&exporter, &Exporter::failed);
        exporter.begin(m_reports, format, m_disk.path(qPrintable(name)), Scheme::Light);
        QTRY_COMPARE_WITH_TIMEOUT(failed.size(), 1, 60000);
        const QString sentence = failed.front().front().toString();
        QVERIFY2(sentence.contains(m_disk.cause()), qPrintable(sentence));
        for (const QString& file : m_disk.files()) // pages that were written before it was full are whole
        {
            QVERIFY2(file.endsWith(QLatin1String(".png")) || file.endsWith(QLatin1String(".svg")), qPrintable(file));
            QFile written(m_disk.path(qPrintable(file)));
            QVERIFY(written.open(QIODevice::ReadOnly));
            const QByteArray content = written.readAll();
            QVERIFY2(content.contains("IEND") || content.contains("</svg>"), qPrintable(file));
        }
    }

    void noHalfChartIsLeft()
    {
        Theme theme;
        ChartView chart(theme);
        chart.resize(1600, 1200);
        ChartSeries series;
        for (int at = 0; at < 4000; ++at)
        {
            ChartPoint point;
            point.x = at;
            point.y = at * 7919 % 1013;
            series.points.push_back(point);
        }
        ChartData data;
        data.series.push_back(series);
        chart.setData(data);
        for (const char* name : {"chart.png", "chart.svg"})
        {
            const QString problem = saveChart(chart, m_disk.path(name));
            QVERIFY2(problem.contains(m_disk.cause()), qPrintable(problem));
            QCOMPARE(m_disk.files(), QStringList());
        }
    }

private:
    const SmallDisk& m_disk;
    ReportSet m_reports;
};

int main(int argc, char** argv)
{
    const SmallDisk disk(kBytes); // before there are threads
    QApplication application(argc, argv);
    TestFullDisk test(disk);
    return QTest::qExec(&test, argc, argv);
}

#include "tst_full_disk.moc"
