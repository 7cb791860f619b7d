// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/device/core_wait_meter.h"
#include "tests/core/engine/device/system_files.h"

#include <QtTest>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

using namespace headroom;
using namespace headroom::engine;

namespace
{

constexpr double kMs = 1e6;

} // namespace

class TestCoreWaitMeter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_files = std::make_unique<SystemFiles>();
        m_tasks = m_files->root() / "proc/self/task";
    }

    void theWaitIsThatOfTheThreadThatWaitedLongest()
    {
        write(1, "900000000 5000000 10");
        write(2, "800000000 7000000 20");
        CoreWaitMeter meter(m_tasks);
        meter.begin();
        write(1, "901000000 5025000 11"); // a wake-up
        write(2, "802000000 10025000 21");
        QCOMPARE(meter.waitedNs(5 * kMs), std::optional(3 * kMs));
    }

    void eachCallBeginsAnew()
    {
        write(1, "900000000 5000000 10");
        CoreWaitMeter meter(m_tasks);
        meter.begin();
        write(1, "901000000 8025000 11");
        QCOMPARE(meter.waitedNs(5 * kMs), std::optional(3 * kMs));
        meter.begin();
        QCOMPARE(meter.waitedNs(5 * kMs), std::optional(0.0));
    }

    void aThreadThatEndedIsLeftOut()
    {
        write(1, "900000000 5000000 10");
        write(2, "800000000 7000000 20");
        CoreWaitMeter meter(m_tasks);
        meter.begin();
        write(1, "901000000 7025000 11");
        write(2, ""); // as a file of a thread reads that is no more
        QVERIFY(m_files->remove("proc/self/task/2"));
        QCOMPARE(meter.waitedNs(5 * kMs), std::optional(2 * kMs));
    }

    void nothingIsSaidWhereNothingIsCounted()
    {
        CoreWaitMeter missing(m_tasks / "none");
        missing.begin();
        QVERIFY(!missing.waitedNs(5 * kMs));
        write(1, "0 0 0"); // a kernel without the account
        CoreWaitMeter meter(m_tasks);
        meter.begin();
        QVERIFY(!meter.waitedNs(5 * kMs));
    }

    void threadsOfThisProcessAreSeenAsTheyComeAndGo()
    {
        CoreWaitMeter meter;
        meter.begin();
        if (!meter.waitedNs(kMs))
        {
            QSKIP("this system does not account for waits (no schedstat)");
        }
        for (int round = 0; round < 3; ++round)
        {
            meter.begin();
            std::atomic<bool> done = false;
            std::thread other([&done] { done.wait(false); });
            const auto waited = meter.waitedNs(2 * kMs);
            done = true;
            done.notify_all();
            other.join();
            QVERIFY(waited);
            QVERIFY(*waited >= 0 && *waited <= 2 * kMs);
        }
    }

private:
    void write(int thread, const std::string& text) const
    {
        m_files->write("proc/self/task/" + std::to_string(thread) + "/schedstat", text + (text.empty() ? "" : "\n"));
    }

    std::unique_ptr<SystemFiles> m_files;
    std::filesystem::path m_tasks;
};

QTEST_GUILESS_MAIN(TestCoreWaitMeter)
#include "tst_core_wait_meter.moc"
