// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/metrics_server.h"
#include "core/launch/set_up_error.h"
#include "tests/app/cli/cli_process.h"

#include <QRegularExpression>
#include <QTest>

#include <httplib.h>

#include <csignal>

using namespace headroom::cli;

/// `monitor` with the worker that pretends, what it pretends being read anew by each of them; and its endpoint.
class TestMonitorCommand : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_cli = std::make_unique<Cli>();
        pretend(R"({"noise": 0.0005})");
        m_cli->write(QStringLiteral("worker.sh"), "HEADROOM_FAKE=$(cat " +
                                                      m_cli->path(QStringLiteral("fake.json")).toUtf8() +
                                                      ") exec " HEADROOM_FAKE_WORKER "\n");
        m_cli->set("HEADROOM_WORKER", QStringLiteral("sh ") + m_cli->path(QStringLiteral("worker.sh")));
        m_cli->set("HEADROOM_HISTORY", m_cli->path(QStringLiteral("history")));
        const auto made = m_cli->run(smallValidation());
        QVERIFY2(made.status == 0, (made.out + made.err).constData());
    }

    void repetitionsAreRunsOfTheHistory()
    {
        const auto result = monitor({QStringLiteral("--count"), QStringLiteral("5")});
        QVERIFY2(result.status == 0, (result.out + result.err).constData());
        QCOMPARE(QString::fromUtf8(result.out).count(QRegularExpression(QStringLiteral("T[0-9:]{8}  \\d passed"))), 5);
        QVERIFY2(result.out.contains("reference 2 of 2") || result.out.contains("not told"), result.out.constData());
        QVERIFY2(result.out.contains("5 repetitions: 5 passed"), result.out.constData());
        QCOMPARE(journals().size(), 5);
        const auto tagged = m_cli->run({QStringLiteral("compare"), QStringLiteral("monitor")});
        QVERIFY2(tagged.out.contains("\nE  "), tagged.out.constData()); // five runs, A to E
    }

    void aVerdictThatChangesIsAnAlarm()
    {
        auto process = m_cli->start(arguments({QStringLiteral("--json")}));
        QVERIFY(waitForLine(*process, 4));
        pretend(R"({"noise": 0.0005, "forwardMs": {"math": 4.0, "flash": 3.0}})");
        QVERIFY(waitFor(*process, "\"kind\":\"time\""));
        pretend(R"({"noise": 0.0005, "ranInstead": "math"})");
        QVERIFY(waitFor(*process, "\"kind\":\"backend\""));
        QVERIFY(send(*process, SIGINT));
        const auto result = finish(*process);
        QCOMPARE(result.status, 1);
        QVERIFY2(result.err.count('\n') <= 1, result.err.constData());
    }

    /// A worker that dies is replaced, its run fails, and the monitor goes on.
    void itSurvivesTheWorkersDeath()
    {
        auto process = m_cli->start(arguments({QStringLiteral("--json")}));
        QVERIFY(waitForLine(*process, 2));
        pretend(R"({"noise": 0.0005, "fault": "kill", "faultAtSample": 3})");
        QVERIFY(waitFor(*process, "\"kind\":\"run\""));
        pretend(R"({"noise": 0.0005})");
        QVERIFY(waitFor(*process, "The plan runs again."));
        QVERIFY(send(*process, SIGINT));
        QCOMPARE(finish(*process).status, 1);
    }

    void itsFiguresAreServed()
    {
        auto process = m_cli->start(arguments({QStringLiteral("--listen"), QStringLiteral("0")}));
        QVERIFY(waitForLine(*process, 3));
        m_err += process->readAllStandardError();
        const auto url = QRegularExpression(QStringLiteral("http://(127\\.0\\.0\\.1):(\\d+)/metrics"))
                             .match(QString::fromUtf8(m_err));
        QVERIFY2(url.hasMatch(), m_err.constData());
        httplib::Client client(url.captured(1).toStdString(), url.captured(2).toInt());
        const auto answer = client.Get("/metrics");
        QVERIFY(answer && answer->status == 200);
        QVERIFY(answer->get_header_value("Content-Type").starts_with("text/plain; version=0.0.4"));
        const QByteArray text = QByteArray::fromStdString(answer->body);
        QVERIFY2(text.contains("headroom_monitor_runs_total{outcome=\"passed\"} "), text.constData());
        QVERIFY2(text.contains("headroom_attention_latency_median_seconds{"), text.constData());
        QVERIFY2(text.endsWith('\n'), text.constData());
        const auto other = client.Get("/other");
        QVERIFY(other && other->status == 404);
        QVERIFY(send(*process, SIGTERM));
        const auto result = finish(*process);
        QVERIFY2(result.status == 0 || result.status == 2, (result.out + result.err).constData());
        QVERIFY(!client.Get("/metrics"));
    }

    void mistakesAreOneSentence_data()
    {
        QTest::addColumn<QString>("more");
        QTest::addColumn<QByteArray>("says");
        const auto row = [](const char* name, const char* more, const char* says)
        { QTest::newRow(name) << QString::fromLatin1(more) << QByteArray(says); };
        row("time", "--every soon", "is no time");
        row("address", "--listen nowhere", "is no address");
        row("IPv6 without brackets", "--listen ::1:9464", "is no address");
        row("not here", "--listen 192.0.2.1:9464", "Choose another with --listen");
        row("count", "--count 0", "--count is one or more");
        row("reference", "--reference 1", "two or more");
        row("effect", "--min-effect -1", "minimum effect");
        row("baseline", "--baseline none", "none");
        row("two references", "--reference 3 --baseline none", "give one of the two");
        row("tag", "--tag a,b", "tag");
        row("history", "--history /proc/none", "cannot be written");
    }

    void mistakesAreOneSentence()
    {
        QFETCH(QString, more);
        QFETCH(QByteArray, says);
        const auto result = monitor(more.split(u' '));
        QVERIFY2(result.status == 3, (result.out + result.err).constData());
        QVERIFY2(result.err.contains(says), result.err.constData());
        QVERIFY(journals().isEmpty());
    }

    /// What is wrong in the reference would be no alarm, and cases of another plan are none of it.
    void aBaselineIsLookedAtAsTheGatesIs()
    {
        const auto say = [this](const char* line) { return m_cli->run(QString::fromLatin1(line).split(u' ')); };
        QCOMPARE(say("baseline record good --runs 2 --like last --quiet").status, 0);
        const QStringList once{QStringLiteral("--count"), QStringLiteral("1")};
        const auto good = monitor(QStringList{QStringLiteral("--baseline"), QStringLiteral("good")} + once);
        QVERIFY2(good.status != 3, good.err.constData());
        pretend(R"({"noise": 0.0005, "inaccurate": ["flash"]})");
        QVERIFY(say("baseline record wrong --runs 2 --like last --quiet --force").status != 3);
        const QStringList wrong = QStringList{QStringLiteral("--baseline"), QStringLiteral("wrong")} + once;
        const auto refused = monitor(wrong);
        QVERIFY2(refused.status == 3 && refused.err.contains("failed"), refused.err.constData());
        QVERIFY2(refused.err.contains("--force"), refused.err.constData());
        const auto forced = monitor(wrong + QStringList{QStringLiteral("--force")});
        QVERIFY2(forced.status != 3, forced.err.constData());
        pretend(R"({"noise": 0.0005})");
        QCOMPARE(say("baseline record other --runs 2 --sweep cpu --device cpu --quiet").status, 0);
        const QStringList other = QStringList{QStringLiteral("--baseline"), QStringLiteral("other")} + once;
        const auto unlike = monitor(other);
        QVERIFY2(unlike.status == 3 && unlike.err.contains("is of another plan"), unlike.err.constData());
        QVERIFY(monitor(other + QStringList{QStringLiteral("--force")}).status != 3);
    }

    void aPortThatIsTakenIsASentence()
    {
        const MetricsServer taken{ListenAddress{}};
        const auto result = monitor({QStringLiteral("--listen"), QString::number(taken.address().port)});
        QCOMPARE(result.status, 3);
        QVERIFY2(result.err.contains("another program does"), result.err.constData());
        QVERIFY_EXCEPTION_THROWN(MetricsServer(taken.address()), headroom::SetUpError);
    }

    void addressesAreRead_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<bool>("loopback");
        QTest::newRow("port") << QByteArray("9464") << QByteArray("http://127.0.0.1:9464/metrics") << true;
        QTest::newRow("colon") << QByteArray(":9464") << QByteArray("http://127.0.0.1:9464/metrics") << true;
        QTest::newRow("host") << QByteArray("0.0.0.0:1") << QByteArray("http://0.0.0.0:1/metrics") << false;
        QTest::newRow("IPv6") << QByteArray("[::1]:9464") << QByteArray("http://[::1]:9464/metrics") << true;
        QTest::newRow("name") << QByteArray("localhost:80") << QByteArray("http://localhost:80/metrics") << true;
    }

    void addressesAreRead()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, url);
        QFETCH(bool, loopback);
        const ListenAddress address = listenAddress(text.toStdString());
        QCOMPARE(QByteArray::fromStdString(metricsUrl(address)), url);
        QCOMPARE(isLoopback(address), loopback);
    }

private:
    static constexpr int kPatienceMs = 60000;

    /// Whole or not at all, for a worker may start meanwhile.
    void pretend(const char* json) const
    {
        m_cli->write(QStringLiteral("next.json"), json);
        ::rename(m_cli->path(QStringLiteral("next.json")).toUtf8().constData(),
                 m_cli->path(QStringLiteral("fake.json")).toUtf8().constData());
    }

    QStringList arguments(const QStringList& more) const
    {
        const bool otherReference =
            more.contains(QStringLiteral("--baseline")) && !more.contains(QStringLiteral("--reference"));
        return QStringList{QStringLiteral("monitor"),  kJsonFile,
                           QStringLiteral("--every"),  QStringLiteral("10ms"),
                           QStringLiteral("--window"), QStringLiteral("2")} +
               (otherReference ? QStringList() : QStringList{QStringLiteral("--reference"), QStringLiteral("2")}) +
               more;
    }

    CliResult monitor(const QStringList& more) const { return m_cli->run(arguments(more)); }

    QStringList journals() const
    {
        return QDir(m_cli->path(QStringLiteral("history"))).entryList({QStringLiteral("*monitor*.journal.jsonl")});
    }

    template <typename Condition> bool waitUntil(QProcess& process, const Condition& condition)
    {
        m_out.clear();
        m_err.clear();
        while (!condition())
        {
            if (!process.waitForReadyRead(kPatienceMs))
            {
                qWarning("%s%s", m_out.constData(), process.readAllStandardError().constData());
                return false;
            }
            m_out += process.readAllStandardOutput();
        }
        return true;
    }

    bool waitFor(QProcess& process, const char* text)
    {
        return waitUntil(process, [&] { return m_out.contains(text); });
    }

    bool waitForLine(QProcess& process, int lines)
    {
        return waitUntil(process, [&] { return m_out.count('\n') >= lines; });
    }

    std::unique_ptr<Cli> m_cli;
    QByteArray m_out;
    QByteArray m_err;
};

QTEST_GUILESS_MAIN(TestMonitorCommand)
#include "tst_monitor_command.moc"
