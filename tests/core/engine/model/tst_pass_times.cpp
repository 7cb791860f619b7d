// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/pass_times.h"

#include <ATen/ATen.h>

#include <QtTest>

#include <vector>

using namespace headroom::engine;

namespace
{

const c10::Device kCpu{c10::DeviceType::CPU};

at::Tensor heads(std::int64_t length)
{
    return at::randn({1, 2, length, 16});
}

} // namespace

class TestPassTimes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void partsOfAPassAreTimedByTheirNumbers()
    {
        const auto x = heads(64);
        const auto pass = [&]
        {
            const auto scaled = x * 2;                                                  // 1
            const auto seen = at::scaled_dot_product_attention(x, x, x);                // 2
            const auto sum = scaled + seen;                                             // 3
            static_cast<void>(at::softmax(at::matmul(sum, sum.transpose(-2, -1)), -1)); // 4 to 6
        };
        const auto times = timePass(pass, kCpu, std::vector<OperatorSpan>{{2, 2, 1}, {4, 6, 0}});
        QCOMPARE(times.spans.size(), std::size_t{2});
        QVERIFY(times.spans[0].value_or(0) > 0);
        QVERIFY(times.spans[1].value_or(0) > 0);
        QVERIFY(*times.spans[0] + *times.spans[1] <= times.ns);
    }

    void whatIsNestedHasNoNumber()
    {
        const auto x = heads(16);
        const auto pass = [&] { static_cast<void>(at::scaled_dot_product_attention(x, x, x)); };
        const auto times = timePass(pass, kCpu, std::vector<OperatorSpan>{{1, 1, 0}, {2, 2, 0}});
        QVERIFY(times.spans[0].has_value());
        QVERIFY(!times.spans[1].has_value());
    }

    void aPartThatDoesNotGoByHasNoTime()
    {
        const auto x = heads(16);
        const auto pass = [&] { static_cast<void>(x + x); };
        const auto times = timePass(pass, kCpu, std::vector<OperatorSpan>{{1, 9, 0}});
        QVERIFY(!times.spans[0].has_value());
        QVERIFY(times.ns > 0);
    }

    void attentionCallsAreTimedByTheirPlaceAmongThem()
    {
        const auto x = heads(64);
        const auto pass = [&]
        {
            for (int call = 0; call < 3; ++call)
            {
                static_cast<void>(at::scaled_dot_product_attention(x, x, x) + x);
            }
        };
        const auto times = timePass(pass, kCpu, std::vector<OperatorSpan>{{1, 1, 1}, {5, 5, 3}, {7, 7, 4}});
        QCOMPARE(times.spans.size(), std::size_t{3});
        QVERIFY(times.spans[0].value_or(0) > 0);
        QVERIFY(times.spans[1].value_or(0) > 0);
        QVERIFY(!times.spans[2].has_value()); // there is no fourth
        QVERIFY(*times.spans[0] + *times.spans[1] <= times.ns);
    }

    void aPassThatIsNotTimedIsLeftAlone()
    {
        const auto x = heads(16);
        const auto pass = [&] { return at::scaled_dot_product_attention(x, x, x); };
        const auto before = pass();
        timePass([&] { pass(); }, kCpu, std::vector<OperatorSpan>{{1, 1, 1}});
        QVERIFY(at::equal(pass(), before));
    }

    void anErrorOfThePassComesThrough()
    {
        const auto x = heads(16);
        const auto other = at::randn({1, 2, 16, 8});
        const auto wrong = [&] { static_cast<void>(at::scaled_dot_product_attention(x, other, x)); };
        QVERIFY_EXCEPTION_THROWN(timePass(wrong, kCpu, std::vector<OperatorSpan>{{1, 1, 1}}), c10::Error);
        const auto times = timePass([&] { static_cast<void>(at::scaled_dot_product_attention(x, x, x)); }, kCpu,
                                    std::vector<OperatorSpan>{{1, 1, 1}});
        QVERIFY(times.spans[0].has_value());
    }

    void attentionsBackwardOperatorsAreTimed()
    {
        auto x = heads(64).requires_grad_(true);
        const auto pass = [&] { at::scaled_dot_product_attention(x, x, x).sum().backward(); };
        pass();
        const auto times = timePass(pass, kCpu, {});
        QCOMPARE(times.backward.size(), std::size_t{1});
        QVERIFY2(times.backward[0].name.find("backward") != std::string::npos, times.backward[0].name.c_str());
        QVERIFY(times.backward[0].ns > 0 && times.backward[0].ns < times.ns);
    }
};

QTEST_GUILESS_MAIN(TestPassTimes)
#include "tst_pass_times.moc"
