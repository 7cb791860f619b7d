// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/report/event_builder.h"

#include "core/report/export.h"
#include "core/report/fold.h"
#include "core/run/journal.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include <unistd.h>

using namespace headroom;
using namespace headroom::testing;

namespace
{

std::string pathIn(const QTemporaryDir& folder, const char* name)
{
    return folder.filePath(QLatin1String(name)).toStdString();
}

QByteArray contentOf(const std::string& path)
{
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("missing");
}

template <typename Action> QString faultOf(Action action)
{
    try
    {
        action();
    }
    catch (const std::exception& error)
    {
        return QString::fromUtf8(error.what());
    }
    return {};
}

} // namespace

class TestExport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyFormatIsWritten_data()
    {
        QTest::addColumn<int>("format");
        QTest::addColumn<QString>("begins");
        const auto row = [](const char* name, ReportFormat format, const char* begins)
        { QTest::newRow(name) << static_cast<int>(format) << QString::fromLatin1(begins); };
        row("json", ReportFormat::Json, "{\n  \"compatibility_status\"");
        row("markdown", ReportFormat::Markdown, "# Headroom validate: passed\n");
        row("csv", ReportFormat::Csv, "run,job,case,");
        row("text", ReportFormat::Text, "headroom validate: passed\n");
    }
    void everyFormatIsWritten()
    {
        QFETCH(int, format);
        QFETCH(QString, begins);
        const auto text = writeReport(foldEvents(goodRun()), static_cast<ReportFormat>(format));
        QVERIFY2(QString::fromStdString(text).startsWith(begins), text.substr(0, 80).c_str());
    }

    void formatsGoByTheirExtensions()
    {
        for (const auto& entry : EnumNames<ReportFormat>::names)
        {
            QVERIFY(formatOfFile("a/b" + std::string(extensionOf(entry.first))) == entry.first);
        }
        QVERIFY(!formatOfFile("a/b.exe"));
    }

    void theOriginalsReportsBecomeTextOnly()
    {
        QVERIFY(!writeReport(OriginalReport(), ReportFormat::Text).empty());
        QVERIFY(!writeReport(OriginalReport(), ReportFormat::Markdown).empty());
        QVERIFY(faultOf([] { writeReport(OriginalReport(), ReportFormat::Json); }).contains(QLatin1String("already")));
        QVERIFY(faultOf([] { writeReport(OriginalReport(), ReportFormat::Csv); }).contains(QLatin1String("no cases")));
    }

    void anyReportIsOpened()
    {
        const QTemporaryDir folder;
        const auto report = foldEvents(goodRun());
        writeFileAtomically(pathIn(folder, "ours.json"), writeReport(report, ReportFormat::Json));
        QVERIFY(std::get<Report>(openReport(pathIn(folder, "ours.json"))) == report);
        QVERIFY(std::holds_alternative<OriginalReport>(openReport(HEADROOM_TEST_DATA "/original_report.json")));
        QVERIFY(std::holds_alternative<OriginalReport>(openReport(HEADROOM_TEST_DATA "/original_extended.json")));
    }

    void aJournalIsFolded()
    {
        const QTemporaryDir folder;
        std::string lines;
        for (const auto& event : goodRun())
        {
            lines += toLine(event) + "\n";
        }
        writeFileAtomically(pathIn(folder, "run.jsonl"), lines);
        QVERIFY(std::get<Report>(openReport(pathIn(folder, "run.jsonl"))) == foldEvents(goodRun()));
    }

    void whatCannotBeOpenedIsSaid()
    {
        const QTemporaryDir folder;
        const auto fault = [&](const char* name) { return faultOf([&] { openReport(pathIn(folder, name)); }); };
        QVERIFY(fault("none.json").contains(QLatin1String("there is no such file")));
        QVERIFY(fault(".").contains(QLatin1String("it is a folder")));
        writeFileAtomically(pathIn(folder, "foreign.json"), "{\"a\": 1}");
        QVERIFY(fault("foreign.json").contains(QLatin1String("This JSON is no report")));
        QVERIFY(fault("foreign.json").contains(QLatin1String("foreign.json")));
        writeFileAtomically(pathIn(folder, "cut.json"), "{\"a\": [1, 2");
        QVERIFY(fault("cut.json").contains(QLatin1String("cut off")));
    }

    void filesAreWrittenWhole()
    {
        const QTemporaryDir folder;
        const auto path = pathIn(folder, "new/deep/report.txt");
        writeFileAtomically(path, "one");
        QCOMPARE(contentOf(path), QByteArray("one"));
        writeFileAtomically(path, std::string(1 << 20, 'x'));
        QCOMPARE(contentOf(path).size(), qsizetype{1} << 20);
        writeFileAtomically(path, "");
        QCOMPARE(contentOf(path), QByteArray());
        QCOMPARE(QDir(folder.filePath(QStringLiteral("new/deep"))).entryList(QDir::Files | QDir::Hidden).size(), 1);
    }

    void whatCannotBeWrittenLeavesNothingBehind()
    {
        const QTemporaryDir folder;
        writeFileAtomically(pathIn(folder, "file"), "a file");
        const auto below = faultOf([&] { writeFileAtomically(pathIn(folder, "file/report.json"), "x"); });
        QVERIFY2(below.contains(QLatin1String("its folder cannot be made")) ||
                     below.contains(QLatin1String("no file can be made")),
                 qPrintable(below));
        QDir(folder.path()).mkdir(QStringLiteral("taken"));
        const auto taken = faultOf([&] { writeFileAtomically(pathIn(folder, "taken"), "x"); });
        QVERIFY2(taken.contains(QLatin1String("it is a folder")), qPrintable(taken));
        QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden).size(), 1);
    }

    void anUnwritableFolderIsSaid()
    {
        if (::geteuid() == 0)
        {
            const auto fault = faultOf([] { writeFileAtomically("/proc/headroom/report.json", "x"); });
            QVERIFY2(fault.startsWith(QLatin1String("Cannot write /proc/headroom/report.json")), qPrintable(fault));
            return; // nothing else is unwritable for root
        }
        const QTemporaryDir folder;
        QFile::setPermissions(folder.path(), QFile::ReadOwner | QFile::ExeOwner);
        const auto fault = faultOf([&] { writeFileAtomically(pathIn(folder, "report.json"), "x"); });
        QFile::setPermissions(folder.path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        QVERIFY2(fault.contains(QLatin1String("no file can be made in its folder")), qPrintable(fault));
    }
};

QTEST_APPLESS_MAIN(TestExport)
#include "tst_export.moc"
