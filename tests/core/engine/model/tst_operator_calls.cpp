// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/operator_calls.h"
#include "core/engine/attention/attention_call.h"

#include <ATen/ATen.h>

#include <QtTest>

using namespace headroom;
using namespace headroom::engine;

namespace
{

constexpr std::int64_t kBatch = 2;
constexpr std::int64_t kLength = 6;
constexpr std::int64_t kWidth = 8;
constexpr std::int64_t kHeads = 2;

/// The weights of a multi-head attention.
struct Weights
{
    at::Tensor in = at::randn({3 * kWidth, kWidth});
    at::Tensor inBias = at::randn({3 * kWidth});
    at::Tensor out = at::randn({kWidth, kWidth});
    at::Tensor outBias = at::randn({kWidth});
};

at::Tensor source()
{
    return at::randn({kBatch, kLength, kWidth});
}

/// What a multi-head attention gives by the query, key and value that were read from its arguments.
at::Tensor attended(const AttentionInputs& inputs, const Weights& weights)
{
    const auto heads = attend(Backend::Fp64, inputs).to(at::kFloat);
    return at::linear(heads.transpose(1, 2).reshape({kBatch, -1, kWidth}), weights.out, weights.outBias);
}

Arguments headsArguments(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                         const Weights& weights, const c10::IValue& mask, const c10::IValue& maskType)
{
    return {query,           key,  value, kWidth, kHeads,  weights.in, weights.inBias, weights.out,
            weights.outBias, mask, true,  true,   maskType};
}

double errorOf(const at::Tensor& actual, const at::Tensor& expected)
{
    return (actual - expected).abs().max().item<double>();
}

} // namespace

class TestOperatorCalls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { at::manual_seed(3); }

    void fusedHeadsComputeWhatIsReadFromThem_data()
    {
        QTest::addColumn<int>("maskType");
        QTest::newRow("no mask") << -1;
        QTest::newRow("a mask of scores") << 0;
        QTest::newRow("padding") << 1;
    }
    void fusedHeadsComputeWhatIsReadFromThem()
    {
        QFETCH(int, maskType);
        const Weights weights;
        const auto x = source();
        std::optional<at::Tensor> mask;
        if (maskType == 0)
        {
            mask = at::ones({kLength, kLength}, at::kBool).triu(1);
        }
        else if (maskType == 1)
        {
            mask = at::zeros({kBatch, kLength}, at::kBool);
            mask->narrow(1, kLength - 2, 2).fill_(true);
        }
        const auto type = maskType < 0 ? std::nullopt : std::optional<std::int64_t>(maskType);
        const auto [output, unused] = at::_native_multi_head_attention(
            x, x, x, kWidth, kHeads, weights.in, weights.inBias, weights.out, weights.outBias, mask, true, true, type);
        const auto arguments = headsArguments(x, x, x, weights, mask ? c10::IValue(*mask) : c10::IValue(),
                                              type ? c10::IValue(*type) : c10::IValue());
        const auto inputs = fusedInputs(kFusedHeads, arguments);
        QVERIFY(inputs.has_value());
        QCOMPARE(inputs->query.sizes().vec(), (std::vector<std::int64_t>{kBatch, kHeads, kLength, kWidth / kHeads}));
        QVERIFY2(errorOf(attended(*inputs, weights), output) < 1e-5,
                 qPrintable(QString::number(errorOf(attended(*inputs, weights), output))));
    }

    void keysOfAnotherTensorAreProjectedFromIt()
    {
        const Weights weights;
        const auto x = source();
        const auto other = source();
        const auto [output, unused] = at::_native_multi_head_attention(
            x, other, other, kWidth, kHeads, weights.in, weights.inBias, weights.out, weights.outBias, {}, true, true);
        const auto inputs =
            fusedInputs(kFusedHeads, headsArguments(x, other, other, weights, c10::IValue(), c10::IValue()));
        QVERIFY(inputs.has_value());
        QVERIFY(errorOf(attended(*inputs, weights), output) < 1e-5);
    }

    void aFusedLayerIsReadBehindItsNormalisation_data()
    {
        QTest::addColumn<bool>("normFirst");
        QTest::newRow("before attention") << true;
        QTest::newRow("behind it") << false;
    }
    void aFusedLayerIsReadBehindItsNormalisation()
    {
        QFETCH(bool, normFirst);
        const Weights weights;
        const auto x = source();
        const auto one = at::rand({kWidth});
        const auto zero = at::rand({kWidth});
        // A feed-forward part of zeros leaves what attention adds to x, normalised where that comes behind it.
        const auto none = at::zeros({kWidth, kWidth});
        const auto noBias = at::zeros({kWidth});
        const auto output = at::_transformer_encoder_layer_fwd(x, kWidth, kHeads, weights.in, weights.inBias,
                                                               weights.out, weights.outBias, false, normFirst, 1e-5,
                                                               one, zero, one, zero, none, noBias, none, noBias);
        const Arguments arguments{x,     kWidth,    kHeads, weights.in, weights.inBias, weights.out,  weights.outBias,
                                  false, normFirst, 1e-5,   one,        zero,           one,          zero,
                                  none,  noBias,    none,   noBias,     c10::IValue(),  c10::IValue()};
        const auto inputs = fusedInputs(kFusedLayer, arguments);
        QVERIFY(inputs.has_value());
        const auto norm = [&](const at::Tensor& of) { return at::layer_norm(of, {kWidth}, one, zero, 1e-5); };
        const auto added = x + attended(*inputs, weights);
        const auto expected = normFirst ? added : norm(norm(added));
        QVERIFY2(errorOf(output, expected) < 1e-4, qPrintable(QString::number(errorOf(output, expected))));
    }

    void operatorsOfAttentionAreKnownByName()
    {
        QVERIFY(isAttentionOperator(kSdpa));
        QVERIFY(isAttentionOperator(kFusedLayer));
        QVERIFY(isAttentionOperator("aten::_scaled_dot_product_flash_attention_for_cpu"));
        QVERIFY(!isAttentionOperator("aten::_scaled_dot_product_flash_attention_for_cpu_backward"));
        QVERIFY(!isAttentionOperator("aten::matmul"));
    }
};

QTEST_GUILESS_MAIN(TestOperatorCalls)
#include "tst_operator_calls.moc"
