// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/export.h"
#include "core/report/html_report.h"
#include "core/report/json_report.h"
#include "ui/charts/chart_view.h"
#include "ui/export/export_job.h"
#include "ui/export/exporter.h"
#include "ui/export/page_sheet.h"
#include "ui/export/pdf_pages.h"
#include "ui/export/render_options.h"

#include <QApplication>
#include <QFileDialog>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSettings>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QtTest>

#include <unistd.h>

using namespace headroom;
using namespace headroom::ui;

namespace
{

ReportSet oneReport()
{
    AnyReport any = openReport(HEADROOM_TEST_DATA "/../../resources/reports/nvidia_h200_validate_bfloat16.json");
    ReportSet set;
    set.reports.push_back(
        {QStringLiteral("run.json"), std::make_shared<const Report>(std::get<Report>(std::move(any))), false});
    return set;
}

QByteArray contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

ExportRequest requestFor(DrawnFormat format, const QString& path)
{
    ExportRequest request;
    request.reports = oneReport();
    request.format = format;
    request.path = path;
    request.pages = {QStringLiteral("overview"), QStringLiteral("recommendations")};
    return request;
}

QStringList run(const ExportRequest& request)
{
    ExportJob job(request);
    while (job.step())
    {
    }
    return job.files();
}

} // namespace

class TestExport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        Theme::loadFonts();
        QVERIFY(qputenv("XDG_CONFIG_HOME", m_settings.path().toLocal8Bit()));
        QCoreApplication::setOrganizationName(QStringLiteral("headroom-test"));
    }

    void picturesAreAFileAPage()
    {
        const QTemporaryDir folder;
        const QStringList files = run(requestFor(DrawnFormat::Png, folder.filePath(QStringLiteral("run"))));
        QCOMPARE(files, (QStringList{folder.filePath(QStringLiteral("run_overview.png")),
                                     folder.filePath(QStringLiteral("run_recommendations.png"))}));
        const QImage image(files.front());
        QCOMPARE(image.width(), 2560);
        QVERIFY(image.height() >= 1600);
    }

    void pagesWithNothingToShowAreLeftOut()
    {
        const QTemporaryDir folder;
        ExportRequest request = requestFor(DrawnFormat::Png, folder.filePath(QStringLiteral("run")));
        request.pages.clear();
        const QStringList files = run(request);
        QVERIFY(!files.contains(folder.filePath(QStringLiteral("run_scaling.png")))); // it has one size alone
        QVERIFY(files.contains(folder.filePath(QStringLiteral("run_latency.png"))));
        request.pages = {QStringLiteral("scaling")};
        QCOMPARE(run(request).size(), 1); // asked for by name
    }

    void aDocumentHasNothingToPress()
    {
        Theme theme;
        PageFactory kernels;
        for (const auto& factory : pageFactories())
        {
            kernels = factory.id == QLatin1String("kernels") ? factory : kernels;
        }
        PageSheet sheet(theme, kernels, oneReport(), QSize(940, 1240));
        sheet.leaveOutControls();
        for (const auto* button : sheet.page().findChildren<QPushButton*>())
        {
            QVERIFY2(!button->isVisible(), qPrintable(button->text()));
        }
        for (const auto* field : sheet.page().findChildren<QLineEdit*>())
        {
            QVERIFY(!field->isVisible());
        }
    }

    /// Neither a row nor a column of the cases is left behind a scroll bar, on paper or in a picture.
    void aTableOfCasesIsWhole()
    {
        Theme theme;
        PageFactory kernels;
        for (const auto& factory : pageFactories())
        {
            kernels = factory.id == QLatin1String("kernels") ? factory : kernels;
        }
        for (const QSize size : {QSize(940, 1240), QSize(1280, 800)})
        {
            const PageSheet sheet(theme, kernels, oneReport(), size);
            const auto* table = sheet.page().findChild<QTableView*>(QStringLiteral("caseTable"));
            QVERIFY(table->model()->rowCount() > 10);
            QVERIFY(table->viewport()->width() >= table->horizontalHeader()->length());
            QVERIFY(table->viewport()->height() >= table->verticalHeader()->length());
            for (const auto* area : sheet.page().findChildren<QAbstractScrollArea*>())
            {
                for (const auto* bar : area->findChildren<QScrollBar*>())
                {
                    QVERIFY2(!bar->isVisible(), qPrintable(area->objectName() + area->parent()->objectName()));
                }
            }
        }
    }

    /// A grey ground would be printed as a grey ground.
    void aDocumentIsOnWhitePaper()
    {
        Theme theme;
        theme.setChoice(SchemeChoice::Light);
        PageSheet sheet(theme, pageFactories().front(), oneReport(), QSize(940, 1240));
        QVERIFY(sheet.image(1).pixelColor(1, 1) != QColor(Qt::white));
        sheet.setGround(groundOf(theme));
        QCOMPARE(sheet.image(1).pixelColor(1, 1), QColor(Qt::white));
    }

    void aChartIsWrittenWhereTheLastExportWent()
    {
        const QTemporaryDir folder;
        Theme theme;
        ChartView chart(theme);
        ChartData data;
        data.title = QStringLiteral("Forward latency");
        data.series.push_back({});
        data.series.back().points.resize(2);
        data.series.back().points.back().x = 1;
        chart.setData(data);
        chart.resize(400, 300);
        QSettings().setValue(QStringLiteral("export/folder"), folder.path());
        QWidget window;
        Exporter exporter(&window);
        exporter.askForChart(chart);
        auto* dialog = window.findChild<QFileDialog*>(QStringLiteral("exportDialog"));
        QVERIFY(dialog != nullptr);
        QCOMPARE(QDir(dialog->directory()).canonicalPath(), QDir(folder.path()).canonicalPath());
        QCOMPARE(QFileInfo(dialog->selectedFiles().value(0)).fileName(), QStringLiteral("Forward_latency.png"));
        Q_EMIT dialog->fileSelected(folder.filePath(QStringLiteral("deeper.svg")));
        QVERIFY(contentOf(folder.filePath(QStringLiteral("deeper.svg"))).contains("<svg"));
        dialog->close();
    }

    void drawingsAreSvg()
    {
        const QTemporaryDir folder;
        const QStringList files = run(requestFor(DrawnFormat::Svg, folder.filePath(QStringLiteral("run"))));
        QCOMPARE(files.size(), 2);
        QVERIFY(contentOf(files.front()).contains("<svg"));
    }

    void aDocumentIsOneFile()
    {
        const QTemporaryDir folder;
        const QStringList files = run(requestFor(DrawnFormat::Pdf, folder.filePath(QStringLiteral("run.pdf"))));
        QCOMPARE(files.size(), 1);
        QVERIFY(contentOf(files.front()).startsWith("%PDF"));
    }

    void htmlLoadsNothing()
    {
        const QTemporaryDir folder;
        const QString file = run(requestFor(DrawnFormat::Html, folder.filePath(QStringLiteral("run.html")))).value(0);
        const QByteArray html = contentOf(file);
        QVERIFY(html.contains("data:image/svg+xml"));
        QVERIFY(html.contains("prefers-color-scheme: dark"));
        for (const char* foreign : {"src=\"http", "href=\"http", "srcset=\"http", "@import", "<script"})
        {
            QVERIFY2(!html.contains(foreign), foreign);
        }
    }

    void markupInTheReportIsText()
    {
        Report report;
        report.conclusionReasons = {"<script>alert(1)</script>"};
        const std::string html = writeHtmlReport(report);
        QVERIFY(html.find("<script>") == std::string::npos);
        QVERIFY(html.find("&lt;script&gt;") != std::string::npos);
    }

    void aFolderThatCannotBeWrittenIsSaid()
    {
        if (::geteuid() == 0)
        {
            QSKIP("root may write anywhere");
        }
        const QTemporaryDir folder;
        QFile(folder.path()).setPermissions(QFileDevice::ReadOwner | QFileDevice::ExeOwner);
        expectFailure(folder.filePath(QStringLiteral("run.pdf")));
    }

    void aPlaceThatIsNoFolderIsSaid() { expectFailure(QStringLiteral("/dev/null/run.pdf")); }

    void aFullDiskIsSaid()
    {
        if (!QFile::exists(QStringLiteral("/dev/full")))
        {
            QSKIP("no /dev/full here");
        }
        expectFailure(QStringLiteral("/dev/full/run.json"));
    }

    void jsonIsTheReport()
    {
        const QTemporaryDir folder;
        const ReportSet reports = oneReport();
        Exporter exporter(nullptr);
        QSignalSpy written(&exporter, &Exporter::written);
        const QString path = folder.filePath(QStringLiteral("run.json"));
        exporter.begin(reports, QStringLiteral("json"), path, Scheme::Light);
        QVERIFY(written.wait());
        QCOMPARE(contentOf(path).toStdString(), writeJsonReport(*reports.front().report));
    }

    void optionsAreRead()
    {
        const auto options =
            readRenderOptions({QStringLiteral("--render"), QStringLiteral("a.json"), QStringLiteral("--output=out"),
                               QStringLiteral("--format"), QStringLiteral("pdf,html"), QStringLiteral("--size"),
                               QStringLiteral("900x700"), QStringLiteral("--scheme"), QStringLiteral("dark")});
        QCOMPARE(options.reports, QStringList{QStringLiteral("a.json")});
        QCOMPARE(options.output, QStringLiteral("out"));
        QCOMPARE(options.formats, (QStringList{QStringLiteral("pdf"), QStringLiteral("html")}));
        QCOMPARE(options.size, QSize(900, 700));
        QCOMPARE(options.scheme, Scheme::Dark);
    }

    void wrongOptionsAreSaid_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("no report") << QStringList{QStringLiteral("--render"), QStringLiteral("--output"),
                                                  QStringLiteral("x")};
        QTest::newRow("no folder") << QStringList{QStringLiteral("--render"), QStringLiteral("a.json")};
        QTest::newRow("format") << QStringList{QStringLiteral("a.json"), QStringLiteral("--format=gif")};
        QTest::newRow("size") << QStringList{QStringLiteral("a.json"), QStringLiteral("--size=12")};
        QTest::newRow("page") << QStringList{QStringLiteral("a.json"), QStringLiteral("--pages=nowhere")};
        QTest::newRow("unknown") << QStringList{QStringLiteral("a.json"), QStringLiteral("--colour"),
                                                QStringLiteral("red")};
    }

    void wrongOptionsAreSaid()
    {
        QFETCH(QStringList, arguments);
        QVERIFY_EXCEPTION_THROWN(readRenderOptions(arguments), std::invalid_argument);
    }

private:
    QTemporaryDir m_settings;

    static void expectFailure(const QString& path)
    {
        Exporter exporter(nullptr);
        QSignalSpy failed(&exporter, &Exporter::failed);
        QSignalSpy written(&exporter, &Exporter::written);
        exporter.begin(oneReport(), QFileInfo(path).suffix(), path, Scheme::Light);
        QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, 60'000);
        QVERIFY(failed.front().front().toString().size() > 20);
        QCOMPARE(written.count(), 0);
        QVERIFY(!exporter.isBusy());
    }
};

QTEST_MAIN(TestExport)
#include "tst_drawn_export.moc"
