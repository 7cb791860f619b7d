// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/journal.h"
#include "core/run/journal_lock.h"

#include "fake_plan.h"

#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace headroom;

namespace
{

Event eventOf(std::int64_t seq, const std::string& job, EventData data)
{
    return {1, "run", 1, seq, seq * 10, "2026-01-01T00:00:00.000Z", job, std::move(data)};
}

std::string textOf(const std::filesystem::path& path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

} // namespace

class TestJournal : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    std::filesystem::path pathOf(const char* name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

private Q_SLOTS:
    void whatWasAppendedIsReadBack()
    {
        const auto path = pathOf("a.jsonl");
        {
            auto journal = Journal::open(path);
            QVERIFY(journal.earlierEvents().empty());
            journal.append(eventOf(0, "", RunStarted{fakePlan(), "0.1.0", ""}));
            journal.append(eventOf(1, "probe", JobFinished{}));
        }
        const auto content = readJournal(path);
        QCOMPARE(content.events.size(), std::size_t{2});
        QVERIFY(!content.torn);
        QVERIFY(std::get<RunStarted>(content.events[0].data).plan == fakePlan());
        QCOMPARE(Journal::open(path).earlierEvents().size(), std::size_t{2});
    }

    void aTornLastLineIsCutOff()
    {
        const auto path = pathOf("torn.jsonl");
        const auto whole = toLine(eventOf(0, "", LogLine{})) + "\n";
        std::ofstream(path) << whole << "{\"v\":1,\"ru";
        QVERIFY(readJournal(path).torn);
        {
            auto journal = Journal::open(path);
            QCOMPARE(journal.earlierEvents().size(), std::size_t{1});
            journal.append(eventOf(1, "", LogLine{}));
        }
        QCOMPARE(readJournal(path).events.size(), std::size_t{2});
        QVERIFY(textOf(path).starts_with(whole));
    }

    void aDamagedLineIsNamed()
    {
        const auto path = pathOf("damaged.jsonl");
        std::ofstream(path) << toLine(eventOf(0, "", LogLine{})) << "\nrubbish\n";
        try
        {
            readJournal(path);
            QFAIL("a damaged journal was read");
        }
        catch (const std::runtime_error& error)
        {
            QVERIFY(QString::fromUtf8(error.what()).contains(QStringLiteral("line 2")));
        }
    }

    void twoProgramsCannotWriteOne()
    {
        const auto path = pathOf("locked.jsonl");
        const auto first = Journal::open(path);
        QVERIFY_EXCEPTION_THROWN(Journal::open(path), std::runtime_error);
    }

    void aJournalIsBeingWrittenAsLongAsItIsOpen()
    {
        const auto path = pathOf("held.jsonl");
        QVERIFY(!isBeingWritten(path));
        {
            const auto journal = Journal::open(path);
            QVERIFY(isBeingWritten(path));
        }
        QVERIFY(!isBeingWritten(path));
    }

    void aFullDiskIsSaid()
    {
        auto journal = Journal::open("/dev/full");
        QVERIFY_EXCEPTION_THROWN(journal.append(eventOf(0, "", LogLine{})), std::runtime_error);
    }

    void anUnwritableFolderAndAMissingFileAreSaid()
    {
        QVERIFY_EXCEPTION_THROWN(Journal::open("/nonexistent/x.jsonl"), std::runtime_error);
        QVERIFY_EXCEPTION_THROWN(readJournal(pathOf("missing.jsonl")), std::runtime_error);
    }

    void remainingJobsAreThoseWithoutAnEnd()
    {
        const auto plan = fakePlan();
        std::vector<Event> events{eventOf(0, "probe", JobStarted{}), eventOf(1, "probe", JobFinished{}),
                                  eventOf(2, "judge", JobStarted{})};
        QCOMPARE(remainingJobs(plan, events), (std::vector<std::size_t>{1, 2, 3}));
        events.push_back(eventOf(3, "judge", JobFinished{Outcome::Failed, Cause::WorkerDied, "", 0, {}}));
        events.push_back(eventOf(4, "forward", JobFinished{Outcome::Cancelled, Cause::None, "", 0, {}}));
        QCOMPARE(remainingJobs(plan, events), (std::vector<std::size_t>{2, 3}));
        events.push_back(eventOf(5, "probe", JobStarted{})); // begun again
        QCOMPARE(remainingJobs(plan, events), (std::vector<std::size_t>{0, 2, 3}));
    }
};

QTEST_APPLESS_MAIN(TestJournal)
#include "tst_journal.moc"
