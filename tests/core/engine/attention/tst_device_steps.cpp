// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/attention/device_steps.h"

#include <QtTest>

#include <vector>

using namespace headroom::engine;

class TestDeviceSteps : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_launched.clear();
        m_steps = DeviceSteps(c10::Device(c10::DeviceType::CPU));
        m_steps.add({step(0), step(1), step(2)});
        m_steps.add({step(3)});
    }

    void allAreLaunchedOnceInTheirOrder()
    {
        m_steps.launchAll();
        m_steps.launchAll();
        QCOMPARE(m_launched, (std::vector<int>{0, 1, 2, 3}));
    }

    void twoTellHowLongAStepTakes()
    {
        m_steps.launchFor(0);
        QCOMPARE(m_launched, (std::vector<int>{0, 1}));
        m_steps.launchFor(0);
        QCOMPARE(m_launched, (std::vector<int>{0, 1}));
        m_steps.launchFor(1e9);
        QCOMPARE(m_launched, (std::vector<int>{0, 1, 2, 3}));
    }

    void noneAreLeftAfterTheLast()
    {
        m_steps.launchFor(1e9);
        m_steps.launchFor(1e9);
        m_steps.launchAll();
        QCOMPARE(m_launched.size(), std::size_t{4});
    }

private:
    DeviceStep step(int number)
    {
        return {1.0, [this, number] { m_launched.push_back(number); }};
    }

    DeviceSteps m_steps{c10::Device(c10::DeviceType::CPU)};
    std::vector<int> m_launched;
};

QTEST_APPLESS_MAIN(TestDeviceSteps)
#include "tst_device_steps.moc"
