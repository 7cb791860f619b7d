// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/cli/cli_process.h"

#include "core/history/baseline.h"
#include "core/history/run_folder.h"
#include "tests/core/history/kept_runs.h"
#include "tests/core/measure/noise.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QRegularExpression>
#include <QTest>

#include <csignal>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace headroom;

namespace
{

const QString kHistory = QStringLiteral("history");

QString only(const QString& folder, const QString& pattern)
{
    const QStringList names = QDir(folder).entryList({pattern}, QDir::Files);
    return names.size() == 1 ? QDir(folder).filePath(names.front()) : QString();
}

QJsonArray rowsOf(const Cli& cli, const QStringList& more = {})
{
    const auto result = cli.run(QStringList{kHistory, QStringLiteral("list"), QStringLiteral("--json")} + more);
    return QJsonDocument::fromJson(result.out).array();
}

QString idOf(const Cli& cli)
{
    return rowsOf(cli).first().toObject()[u"id"].toString();
}

std::filesystem::path native(const QString& path)
{
    return path.toStdString();
}

} // namespace

/// Runs that are kept, and `headroom-cli history` over them.
class HistoryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRunIsKeptUnderTwoNames();
    void onAnotherFileSystemByASymbolicLink();
    void aDeadLinkGivesWay_data();
    void aDeadLinkGivesWay();
    void noHistoryKeepsNone();
    void historyNamesAnotherFolder();
    void aFolderThatCannotBeWrittenStopsNoRun();
    void forceKeepsTheEarlierRunInTheHistory();
    void whatCannotStartLeavesNothing();
    void aRunIsResumedByItsId();
    void runsAreListedForPeopleAndPrograms();
    void theListObeysItsFilters();
    void theBareCommandHasTheOptionsOfTheList();
    void anEmptyHistorySaysSo();
    void tagsAndNotesAreKept();
    void showHasTheRowAndTheReport();
    void exportWritesWhatIsAskedFor();
    void importTakesReportsIn();
    void removeNeedsTheWholeId();
    void aRunOfABaselineIsKept();
    void removeChoosesAsListDoes();
    void aRunOutlivesWhoReadsItsProgress();
    void trendShowsCases();
    void trendTellsTheSidesOfAComparison();
    void trendMarksAChangeWithWhatElseChanged();
    void aFasterLevelIsTheShareOfWhatItTakesNow();
    void misuseIsASentence_data();
    void misuseIsASentence();
};

void HistoryTest::aRunIsKeptUnderTwoNames()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation()).status, 0);
    const QString kept = only(cli.runFolder(), QStringLiteral("*-validate.journal.jsonl"));
    QVERIFY(!kept.isEmpty());
    QVERIFY(std::filesystem::equivalent(native(kept), native(cli.path(kJournalFile))));
    QCOMPARE(std::filesystem::hard_link_count(native(kept)), std::uintmax_t{2});
}

void HistoryTest::onAnotherFileSystemByASymbolicLink()
{
    QTemporaryDir other(QStringLiteral("/dev/shm/headroom-XXXXXX"));
    Cli cli;
    struct stat here = {};
    struct stat there = {};
    if (!other.isValid() || ::stat(other.path().toLocal8Bit().constData(), &there) != 0 ||
        ::stat(cli.path(QString()).toLocal8Bit().constData(), &here) != 0 || here.st_dev == there.st_dev)
    {
        QSKIP("there is no other file system at /dev/shm");
    }
    cli.set("HEADROOM_HISTORY", other.path());
    QCOMPARE(cli.run(smallValidation()).status, 0);
    QVERIFY(QFileInfo(cli.path(kJournalFile)).isSymLink());
    QVERIFY(cli.read(kJournalFile).contains("runFinished"));
    QVERIFY(!only(other.path(), QStringLiteral("*.journal.jsonl")).isEmpty());
    const auto again = cli.run({QStringLiteral("resume"), kJsonFile});
    QVERIFY2(again.err.contains("the report is written again"), again.err.constData());
}

void HistoryTest::aDeadLinkGivesWay_data()
{
    QTest::addColumn<QStringList>("more");
    QTest::newRow("with history") << QStringList();
    QTest::newRow("without") << QStringList{QStringLiteral("--no-history")};
}

void HistoryTest::aDeadLinkGivesWay()
{
    QFETCH(QStringList, more);
    const Cli cli;
    cli.write(QStringLiteral("out/note"), "");
    std::filesystem::create_symlink(native(cli.path(QStringLiteral("gone"))), native(cli.path(kJournalFile)));
    QCOMPARE(cli.run(smallValidation(more)).status, 0);
    QVERIFY(!QFileInfo(cli.path(kJournalFile)).isSymLink());
    QVERIFY(cli.read(kJournalFile).contains("runFinished"));
    QVERIFY(!QFileInfo::exists(cli.path(QStringLiteral("gone"))));
}

void HistoryTest::noHistoryKeepsNone()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation({QStringLiteral("--no-history")})).status, 0);
    QVERIFY(!QFileInfo::exists(cli.runFolder()));
    QVERIFY(cli.read(kJournalFile).contains("runFinished"));
}

void HistoryTest::historyNamesAnotherFolder()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation({QStringLiteral("--history"), QStringLiteral("mine")})).status, 0);
    QVERIFY(!only(cli.path(QStringLiteral("mine")), QStringLiteral("*.journal.jsonl")).isEmpty());
    QVERIFY(!QFileInfo::exists(cli.runFolder()));
    QCOMPARE(rowsOf(cli, {QStringLiteral("--history"), QStringLiteral("mine")}).size(), 1);
}

void HistoryTest::aFolderThatCannotBeWrittenStopsNoRun()
{
    const Cli cli;
    cli.write(QStringLiteral("file"), "in the way");
    const auto result = cli.run(smallValidation({QStringLiteral("--history"), QStringLiteral("file/runs")}));
    QCOMPARE(result.status, 0);
    QVERIFY2(result.err.contains("Runs cannot be kept in file/runs") &&
                 result.err.contains("The journal of this run is beside its report alone."),
             result.err.constData());
    QVERIFY(cli.read(kJournalFile).contains("runFinished"));
}

void HistoryTest::forceKeepsTheEarlierRunInTheHistory()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation()).status, 0);
    const QByteArray first = cli.read(kJournalFile);
    QCOMPARE(cli.run(smallValidation({QStringLiteral("--force")})).status, 0);
    QVERIFY(cli.read(kJournalFile) != first);
    QCOMPARE(rowsOf(cli).size(), 2);
}

void HistoryTest::whatCannotStartLeavesNothing()
{
    Cli cli;
    cli.pretend(R"({"fault": "kill", "faultAtStep": "probe"})");
    cli.set("HEADROOM_WORKER", QStringLiteral("/no/such/worker"));
    QCOMPARE(cli.run(smallValidation()).status, 3);
    QCOMPARE(QDir(cli.runFolder()).entryList(QDir::Files), QStringList());
}

void HistoryTest::aRunIsResumedByItsId()
{
    Cli cli;
    cli.pretend(R"({"sampleSleepMs": 30})");
    const auto process = cli.start(smallValidation());
    QVERIFY(QTest::qWaitFor([&] { return cli.read(kJournalFile).count("\"type\":\"jobFinished\"") >= 2; }, 60000));
    QVERIFY(send(*process, SIGKILL));
    finish(*process);
    QCOMPARE(rowsOf(cli, {QStringLiteral("--state"), QStringLiteral("unfinished")}).size(), 1);
    cli.pretend("{}");
    const auto resumed = cli.run({QStringLiteral("resume"), idOf(cli).left(12)});
    QVERIFY2(resumed.status == 0, resumed.err.constData());
    QVERIFY2(resumed.out.contains("The history keeps it"), resumed.out.constData());
    QCOMPARE(rowsOf(cli).first().toObject()[u"state"].toString(), QStringLiteral("finished"));
    QCOMPARE(QDir(cli.runFolder()).entryList({QStringLiteral("*.json"), QStringLiteral("*.md")}, QDir::Files),
             QStringList());
}

void HistoryTest::runsAreListedForPeopleAndPrograms()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation()).status, 0);
    const QJsonObject row = rowsOf(cli).first().toObject();
    QCOMPARE(row[u"command"].toString(), QStringLiteral("validate"));
    QCOMPARE(row[u"device"].toString(), QStringLiteral("fake device"));
    QCOMPARE(row[u"conclusion"].toString(), QStringLiteral("passed"));
    QVERIFY(row[u"speedUps"].toArray().size() >= 1);
    for (const QStringList& line : {QStringList{kHistory}, QStringList{kHistory, QStringLiteral("list")}})
    {
        const auto result = cli.run(line);
        QCOMPARE(result.status, 0);
        const QString text = QString::fromUtf8(result.out);
        QVERIFY2(text.contains(row[u"id"].toString()) && text.contains(QStringLiteral("passed")), qPrintable(text));
        for (const QString& printed : text.split(QLatin1Char('\n')))
        {
            QVERIFY2(printed.size() <= 100, qPrintable(printed));
        }
    }
}

void HistoryTest::theListObeysItsFilters()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation()).status, 0);
    const auto count = [&](const char* option, const char* value) {
        return rowsOf(cli, {QString::fromUtf8(option), QString::fromUtf8(value)}).size();
    };
    QCOMPARE(count("--text", "validate fake"), 1);
    QCOMPARE(count("--text", "sweep"), 0);
    QCOMPARE(count("--device", "cpu"), 1);
    QCOMPARE(count("--device", "H200"), 0);
    QCOMPARE(count("--dtype", "float32"), 1);
    QCOMPARE(count("--conclusion", "failed"), 0);
    QCOMPARE(count("--command", "validate"), 1);
    QCOMPARE(count("--since", "1d"), 1);
    QCOMPARE(count("--until", "2020-01-01"), 0);
    QCOMPARE(count("--at-most", "1"), 1);
}

void HistoryTest::theBareCommandHasTheOptionsOfTheList()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation()).status, 0);
    const auto json = cli.run({kHistory, QStringLiteral("--json"), QStringLiteral("--device"), QStringLiteral("cpu")});
    QCOMPARE(QJsonDocument::fromJson(json.out).array().size(), 1);
    const auto other = cli.run({kHistory, QStringLiteral("--history"), cli.path(QStringLiteral("other"))});
    QVERIFY2(other.status == 0 && other.out.contains("No run is kept in"), other.err.constData());
    const auto tagged = cli.run({kHistory, QStringLiteral("--tag"), QStringLiteral("x"), QStringLiteral("list")});
    QVERIFY2(tagged.out.contains("No run of this kind"), tagged.out.constData());
}

void HistoryTest::anEmptyHistorySaysSo()
{
    const Cli cli;
    const auto result = cli.run({kHistory});
    QCOMPARE(result.status, 0);
    QVERIFY2(result.out.contains("No run is kept in"), result.out.constData());
    QVERIFY(!QFileInfo::exists(cli.runFolder()));
}

void HistoryTest::tagsAndNotesAreKept()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation()).status, 0);
    const QString id = idOf(cli);
    QCOMPARE(cli.run({kHistory, QStringLiteral("tag"), QStringLiteral("last"), QStringLiteral("h200"),
                      QStringLiteral("before")})
                 .status,
             0);
    QCOMPARE(
        cli.run({kHistory, QStringLiteral("note"), QStringLiteral("h200"), QStringLiteral("driver 580, cold")}).status,
        0);
    QCOMPARE(cli.run({kHistory, QStringLiteral("untag"), id, QStringLiteral("before")}).status, 0);
    QFile::remove(QDir(cli.runFolder()).filePath(QStringLiteral("index.sqlite")));
    const QJsonObject row = rowsOf(cli, {QStringLiteral("--tag"), QStringLiteral("h200")}).first().toObject();
    QCOMPARE(row[u"tags"].toArray(), QJsonArray{QStringLiteral("h200")});
    QCOMPARE(row[u"note"].toString(), QStringLiteral("driver 580, cold"));
    QCOMPARE(cli.run({kHistory, QStringLiteral("note"), id, QString()}).status, 0);
    QCOMPARE(rowsOf(cli).first().toObject()[u"note"].toString(), QString());
}

void HistoryTest::showHasTheRowAndTheReport()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation()).status, 0);
    const auto shown = cli.run({kHistory, QStringLiteral("show"), QStringLiteral("last")});
    QCOMPARE(shown.status, 0);
    QVERIFY(shown.out.contains(idOf(cli).toUtf8()));
    const auto report = cli.run({QStringLiteral("report"), QStringLiteral("last")});
    QVERIFY2(report.status == 0 && shown.out.endsWith(report.out), report.err.constData());
    const auto json = cli.run({kHistory, QStringLiteral("show"), QStringLiteral("last"), QStringLiteral("--json")});
    QVERIFY(QFileInfo::exists(QJsonDocument::fromJson(json.out).object()[u"path"].toString()));
}

void HistoryTest::exportWritesWhatIsAskedFor()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation()).status, 0);
    const QString verb = QStringLiteral("export");
    const QString last = QStringLiteral("last");
    QCOMPARE(cli.run({kHistory, verb, last, QStringLiteral("again.json")}).status, 0);
    QCOMPARE(cli.read(QStringLiteral("again.json")), cli.read(kJsonFile));
    const auto twice = cli.run({kHistory, verb, last, QStringLiteral("again.json")});
    QVERIFY2(twice.status == 3 && twice.err.contains("is there already and is kept"), twice.err.constData());
    QCOMPARE(cli.run({kHistory, verb, last, QStringLiteral("copy.journal.jsonl")}).status, 0);
    QCOMPARE(cli.read(QStringLiteral("copy.journal.jsonl")), cli.read(kJournalFile));
    const auto own = cli.run(
        {kHistory, verb, last, only(cli.runFolder(), QStringLiteral("*.journal.jsonl")), QStringLiteral("--force")});
    QVERIFY2(own.status == 3 && own.err.contains("is the run's own file"), own.err.constData());
    QVERIFY(!std::filesystem::equivalent(native(cli.path(QStringLiteral("copy.journal.jsonl"))),
                                         native(cli.path(kJournalFile))));
    QCOMPARE(cli.run({kHistory, verb, last, QStringLiteral("all/")}).status, 0);
    QCOMPARE(QDir(cli.path(QStringLiteral("all"))).entryList(QDir::Files).size(), 4);
    const auto odd = cli.run({kHistory, verb, last, QStringLiteral("x.doc")});
    QVERIFY2(odd.status == 3 && odd.err.contains("'x.doc' names no format"), odd.err.constData());
}

void HistoryTest::importTakesReportsIn()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation({QStringLiteral("--no-history")})).status, 0);
    QCOMPARE(cli.run({kHistory, QStringLiteral("import"), kJsonFile}).status, 0);
    const QJsonObject row = rowsOf(cli).first().toObject();
    QVERIFY(row[u"file"].toString().startsWith(QStringLiteral("imported/")));
    const auto again = cli.run({kHistory, QStringLiteral("import"), kJsonFile});
    QVERIFY2(again.status == 3 && again.err.contains("is in the history already"), again.err.constData());
    const auto resumed = cli.run({QStringLiteral("resume"), row[u"id"].toString()});
    QVERIFY2(resumed.status == 3 && resumed.err.contains("was imported without a journal"), resumed.err.constData());
    const auto foreign =
        cli.run({kHistory, QStringLiteral("import"), QStringLiteral(HEADROOM_TEST_DATA "/original_report.json")});
    QVERIFY2(foreign.status == 3 && foreign.err.contains("original tool"), foreign.err.constData());
}

void HistoryTest::removeNeedsTheWholeId()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation()).status, 0);
    const QString id = idOf(cli);
    const auto part = cli.run({kHistory, QStringLiteral("remove"), id.left(10)});
    QVERIFY2(part.status == 3 && part.err.contains("by its whole id"), part.err.constData());
    QCOMPARE(cli.run({kHistory, QStringLiteral("remove"), id}).status, 0);
    QCOMPARE(rowsOf(cli).size(), 0);
    QVERIFY(cli.read(kJournalFile).contains("runFinished"));
}

/// A filter shows what it means before anything goes, and keeps what a baseline needs.
void HistoryTest::removeChoosesAsListDoes()
{
    const Cli cli;
    QStringList ids;
    for (const char* folder : {"one", "two", "three"})
    {
        QCOMPARE(cli.run(smallValidation() + QStringList{QStringLiteral("--output-dir"), QString::fromLatin1(folder)})
                     .status,
                 0);
        ids << idOf(cli);
    }
    for (const auto& id : {ids[0], ids[1]})
    {
        QCOMPARE(cli.run({kHistory, QStringLiteral("tag"), id, QStringLiteral("old")}).status, 0);
    }
    writeBaseline(RunFolder(native(cli.runFolder())), {"nightly", {ids[0].toStdString()}, "", ""});
    const QStringList remove{kHistory, QStringLiteral("remove"), QStringLiteral("--tag"), QStringLiteral("old")};
    const auto shown = cli.run(remove);
    QCOMPARE(shown.status, 0);
    QVERIFY2(shown.out.contains(ids[1].toUtf8()) && !shown.out.contains(ids[2].toUtf8()), shown.out.constData());
    QVERIFY2(shown.out.contains("1 run would be removed; add --yes to remove it."), shown.out.constData());
    QVERIFY2(shown.err.contains("part of the baseline nightly"), shown.err.constData());
    QCOMPARE(rowsOf(cli).size(), 3);
    const auto removed = cli.run(remove + QStringList{QStringLiteral("--yes")});
    QVERIFY2(removed.status == 0 && removed.out.contains("1 run removed."), removed.out.constData());
    QCOMPARE(rowsOf(cli).size(), 2);
    const auto again = cli.run(remove + QStringList{QStringLiteral("--yes")});
    QVERIFY2(again.status == 0 && again.out.contains("There is no such run to remove."), again.out.constData());
    QCOMPARE(cli.run(remove + QStringList{QStringLiteral("--yes"), QStringLiteral("--force")}).status, 0);
    QCOMPARE(idOf(cli), ids[2]);
    QCOMPARE(rowsOf(cli).size(), 1);
    const auto all = cli.run({kHistory, QStringLiteral("remove"), QStringLiteral("--device"), QStringLiteral("cpu"),
                              QStringLiteral("--yes")});
    QVERIFY2(all.status == 0 && rowsOf(cli).isEmpty(), (all.out + all.err).constData());
}

void HistoryTest::trendTellsTheSidesOfAComparison()
{
    Cli cli;
    cli.pretend(R"({"forwardMs": {"flash": 2.0, "math": 2.0}})");
    const auto ab = cli.run({QStringLiteral("ab"), QStringLiteral("--seq-len"), QStringLiteral("64"),
                             QStringLiteral("--backend"), QStringLiteral("flash"), QStringLiteral("--quiet")});
    QVERIFY2(ab.status != 3, ab.err.constData());
    const auto many = cli.run({kHistory, QStringLiteral("trend")});
    QVERIFY2(many.out.contains("A: flash forward") && many.out.contains("B: flash forward"), many.out.constData());
}

/// `headroom-cli ... 2>&1 | head -1`: the run goes on, and all of it is kept.
void HistoryTest::aRunOutlivesWhoReadsItsProgress()
{
    Cli cli;
    cli.pretend(R"({"sampleSleepMs": 5})");
    int ends[2];
    QVERIFY(::pipe2(ends, O_CLOEXEC) == 0);
    const auto process = cli.start(smallValidation(), [&ends] { ::dup2(ends[1], STDERR_FILENO); });
    ::close(ends[1]);
    char letter = 0;
    while (letter != '\n')
    {
        QCOMPARE(::read(ends[0], &letter, 1), ssize_t{1});
    }
    ::close(ends[0]);
    QVERIFY(process->waitForFinished(60000));
    QCOMPARE(process->exitStatus(), QProcess::NormalExit);
    QCOMPARE(process->exitCode(), 0);
    QCOMPARE(rowsOf(cli).first().toObject()[u"state"].toString(), QStringLiteral("finished"));
}

void HistoryTest::aRunOfABaselineIsKept()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation()).status, 0);
    const QString id = idOf(cli);
    writeBaseline(RunFolder(native(cli.runFolder())), {"nightly", {id.toStdString()}, "", ""});
    const auto refused = cli.run({kHistory, QStringLiteral("remove"), id});
    QVERIFY2(refused.status == 3 && refused.err.contains("part of the baseline nightly"), refused.err.constData());
    QCOMPARE(cli.run({kHistory, QStringLiteral("remove"), id, QStringLiteral("--force")}).status, 0);
    QCOMPARE(rowsOf(cli).size(), 0);
}

void HistoryTest::trendShowsCases()
{
    const Cli cli;
    QCOMPARE(cli.run(smallValidation()).status, 0);
    QCOMPARE(cli.run(smallValidation({QStringLiteral("--force")})).status, 0);
    const auto all = cli.run({kHistory, QStringLiteral("trend"), QStringLiteral("--json")});
    const QJsonArray trends = QJsonDocument::fromJson(all.out).array();
    QVERIFY(trends.size() >= 4);
    const QJsonObject first = trends.first().toObject();
    QCOMPARE(first[u"points"].toArray().size(), 2);
    const auto one = cli.run({kHistory, QStringLiteral("trend"), first[u"caseId"].toString()});
    QVERIFY2(one.status == 0 && one.out.contains("A change of level is looked for from 8 runs on; here are 2."),
             one.out.constData());
    const auto many = cli.run({kHistory, QStringLiteral("trend"), QStringLiteral("math")});
    QVERIFY2(many.status == 0 && many.out.contains("history trend CASE"), many.out.constData());
    const auto none = cli.run({kHistory, QStringLiteral("trend"), QStringLiteral("nonsense")});
    QVERIFY2(none.status == 3 && none.err.contains("has a figure of such a case"), none.err.constData());
}

void HistoryTest::aFasterLevelIsTheShareOfWhatItTakesNow()
{
    const Cli cli;
    const RunFolder folder(native(cli.runFolder()));
    Noise noise(12);
    for (int day = 1; day <= 20; ++day)
    {
        testing::KeptRun run = testing::runOfDay(day);
        run.mathNs = (day > 10 ? 4e6 : 5e6) * (1 + 0.002 * noise.normal());
        testing::keep(folder, run);
    }
    const auto shown = cli.run({kHistory, QStringLiteral("trend"), QStringLiteral("math")});
    QVERIFY2(shown.out.contains("\n25 % faster from 20261111T120000"), shown.out.constData());
    QVERIFY2(shown.out.contains("nothing that Headroom records differs"), shown.out.constData());
}

void HistoryTest::trendMarksAChangeWithWhatElseChanged()
{
    const Cli cli;
    const RunFolder folder(native(cli.runFolder()));
    Noise noise(12);
    for (int day = 1; day <= 20; ++day)
    {
        testing::KeptRun run = testing::runOfDay(day);
        run.facts = testing::cudaCircumstances();
        run.input.device = DeviceKind::Cuda;
        run.facts.driverVersion = day > 10 ? "590.2" : "580.1";
        run.mathNs = (day > 10 ? 5e6 : 4e6) * (1 + 0.002 * noise.normal());
        testing::keep(folder, run);
    }
    const auto shown = cli.run({kHistory, QStringLiteral("trend"), QStringLiteral("math")});
    QCOMPARE(shown.status, 0);
    const QString text = QString::fromUtf8(shown.out);
    static const QRegularExpression change(
        QStringLiteral("25 % slower from 20261111T120000-0000000b on \\(20261110T120000-0000000a before"));
    QVERIFY2(change.match(text).hasMatch(), shown.out.constData());
    QVERIFY2(text.contains(QStringLiteral("driver: 580.1 before, 590.2 after")), shown.out.constData());
    const auto last = cli.run(
        {kHistory, QStringLiteral("trend"), QStringLiteral("math"), QStringLiteral("--at-most"), QStringLiteral("5")});
    QVERIFY2(last.out.contains("The last 5 of 20 runs; --at-most shows more."), last.out.constData());
    QVERIFY2(!last.out.contains("\n20261115T120000") && last.out.contains("\n20261116T120000"), last.out.constData());
    QVERIFY2(last.out.contains("25 % slower from 20261111T120000"), last.out.constData());
    const auto early = cli.run({kHistory, QStringLiteral("trend"), QStringLiteral("math"), QStringLiteral("--until"),
                                QStringLiteral("2026-11-10")});
    QVERIFY2(early.out.contains("No change of level is found in 10 runs."), early.out.constData());
}

void HistoryTest::misuseIsASentence_data()
{
    QTest::addColumn<QStringList>("line");
    QTest::addColumn<QByteArray>("said");
    const auto row = [](const char* line, const char* said)
    { QTest::newRow(line) << QString::fromUtf8(line).split(QLatin1Char(' ')) << QByteArray(said); };
    row("history lst", "There is no command 'lst'. Did you mean list?");
    row("history tag last", "headroom-cli history tag needs a TAG.");
    row("history tag last a,b", "'a,b' is no tag");
    row("history show nowhere", "There is no run 'nowhere'");
    row("history list --since yesterday", "'yesterday' is no time");
    row("history list --state done", "'done' is not a state of a run");
    row("history list --at-most 0", "--at-most is one or more");
    row("history --at-most -3", "--at-most is one or more");
    row("history remove", "Nothing says which runs to remove");
    row("history remove last --tag old", "not both");
    row("history remove --yes", "Nothing says which runs to remove");
    row("history --json show last", "--json stands before 'show'");
    row("history list --stat x", "does not take '--stat'. Did you mean --state?");
    row("history trend --until 2020-01-01", "has a figure that these options let pass");
    row("history trend --at-most 0", "--at-most is one or more");
    row("history trend --minimum-effect 2", "a share from 0 to 1 is needed");
}

void HistoryTest::misuseIsASentence()
{
    QFETCH(QStringList, line);
    QFETCH(QByteArray, said);
    const Cli cli;
    cli.run(smallValidation());
    const auto result = cli.run(line);
    QCOMPARE(result.status, 3);
    QVERIFY2(result.err.contains(said), result.err.constData());
    QCOMPARE(result.err.count('\n'), 1);
}

QTEST_GUILESS_MAIN(HistoryTest)
#include "tst_history.moc"
