// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/set_up_error.h"
#include "core/launch/side_workers.h"

#include <QtTest>

#include <stdexcept>
#include <string>
#include <vector>

using namespace headroom;

class TestSideWorkers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { qputenv("HEADROOM_WORKER", "/bin/sh -c true"); }

    void sidesOfOneProcessHaveTheWorkerThatIsFound()
    {
        const std::vector<SideSettings> sides{{{"backend=math"}, {}, {}, {}}, {{"backend=flash"}, {}, {}, {}}};
        QCOMPARE(workerFor(sides).arguments, (std::vector<std::string>{"/bin/sh", "-c", "true"}));
        QCOMPARE(workerFor(Plan{}).arguments, (std::vector<std::string>{"/bin/sh", "-c", "true"}));
    }

    /// Threads that spin would take the processor from the other side's sample.
    void threadsOfBothSidesWaitPassively()
    {
        std::vector<SideSettings> sides(2);
        sides[1].environment["OMP_NUM_THREADS"] = "1";
        const auto workers = sideWorkers(sides);
        for (const auto& worker : workers)
        {
            QCOMPARE(worker.environment.at("OMP_WAIT_POLICY"), std::string("passive"));
            QCOMPARE(worker.environment.at("GOMP_SPINCOUNT"), std::string("0"));
        }
        QVERIFY(!workers[0].environment.contains("OMP_NUM_THREADS"));
        QCOMPARE(workers[1].environment.at("OMP_NUM_THREADS"), std::string("1"));
    }

    void theOneWorkerOfBothSidesWaitsPassively()
    {
        const std::vector<SideSettings> sides{{{"backend=math"}, {}, {}, {}}, {{"backend=flash"}, {}, {}, {}}};
        const auto worker = workerFor(sides);
        QCOMPARE(worker.environment.at("OMP_WAIT_POLICY"), std::string("passive"));
        QCOMPARE(worker.environment.at("GOMP_SPINCOUNT"), std::string("0"));
        QVERIFY(workerFor(Plan{}).environment.empty());
    }

    void whatTheEnvironmentSaysOfWaitingIsObeyed_data()
    {
        QTest::addColumn<QByteArray>("variable");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QString>("spinCount");
        QTest::newRow("active") << QByteArray("OMP_WAIT_POLICY") << QByteArray("active") << QString();
        QTest::newRow("passive") << QByteArray("OMP_WAIT_POLICY") << QByteArray("passive") << QStringLiteral("0");
        QTest::newRow("spins") << QByteArray("GOMP_SPINCOUNT") << QByteArray("300") << QStringLiteral("300");
    }

    void whatTheEnvironmentSaysOfWaitingIsObeyed()
    {
        QFETCH(QByteArray, variable);
        QFETCH(QByteArray, value);
        QFETCH(QString, spinCount);
        const QByteArray before = qgetenv(variable.constData());
        const auto putBack = qScopeGuard(
            [&] { before.isEmpty() ? qunsetenv(variable.constData()) : qputenv(variable.constData(), before); });
        qputenv(variable.constData(), value);
        std::vector<SideSettings> two(2);
        two[1].environment["OMP_NUM_THREADS"] = "1";
        for (const auto& worker : {workerFor(std::vector<SideSettings>(2)), sideWorkers(two)[0], sideWorkers(two)[1]})
        {
            const auto set = worker.environment.find("GOMP_SPINCOUNT");
            QCOMPARE(set == worker.environment.end() ? QString() : QString::fromStdString(set->second), spinCount);
            QCOMPARE(worker.environment.contains("OMP_WAIT_POLICY"), !spinCount.isEmpty());
        }
    }

    void aSideThatSetsHowItWaitsIsObeyed()
    {
        std::vector<SideSettings> sides(2);
        sides[0].environment["OMP_WAIT_POLICY"] = "active";
        const auto workers = sideWorkers(sides);
        QCOMPARE(workers[0].environment.at("OMP_WAIT_POLICY"), std::string("active"));
        QVERIFY(!workers[0].environment.contains("GOMP_SPINCOUNT"));
        QCOMPARE(workers[1].environment.at("OMP_WAIT_POLICY"), std::string("passive"));
    }

    void aSideNamesItsWorker()
    {
        std::vector<SideSettings> sides(2);
        sides[1].worker = "/bin/sh 'two words'";
        QCOMPARE(sideWorkers(sides)[1].arguments, (std::vector<std::string>{"/bin/sh", "two words"}));
        sides[1].worker = "/no/such/worker";
        QVERIFY_EXCEPTION_THROWN(sideWorkers(sides), SetUpError);
    }

    void commandsComeBackFromTheirText()
    {
        const WorkerCommand command{{"a b", "\"c\""}, {{"NAME", "value with 'quotes'"}}};
        const auto back = parseWorkerCommand(toText(command));
        QCOMPARE(back.arguments, command.arguments);
        QCOMPARE(back.environment, command.environment);
        QVERIFY_EXCEPTION_THROWN(parseWorkerCommand("{"), std::invalid_argument);
        QVERIFY_EXCEPTION_THROWN(parseWorkerCommand("{}"), std::invalid_argument);
    }
};

QTEST_GUILESS_MAIN(TestSideWorkers)
#include "tst_side_workers.moc"
