// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audit/audit_finding.h"
#include "core/engine/device/observed_circumstances.h"
#include "core/engine/model/inspect_model.h"
#include "tests/core/engine/model/sample_packages.h"

#include <ATen/ATen.h>
#include <ATen/Context.h>

#include <QtTest>

#include <algorithm>
#include <optional>
#include <string>

using namespace headroom;
using namespace headroom::engine;

namespace
{

/// LibTorch's flash attention switched off while it lives.
class WithoutFlash
{
public:
    WithoutFlash() : m_before(at::globalContext().userEnabledFlashSDP()) { at::globalContext().setSDPUseFlash(false); }
    ~WithoutFlash() { at::globalContext().setSDPUseFlash(m_before); }
    WithoutFlash(const WithoutFlash&) = delete;
    WithoutFlash& operator=(const WithoutFlash&) = delete;

private:
    bool m_before;
};

/// What the rules find in a sample as LibTorch runs it on \a device, with the inputs that it was made with.
QStringList findingsIn(const std::string& file, DeviceKind device, std::optional<DType> dtype)
{
    const DeviceSelection selection{device, 0};
    InspectionRequest request;
    request.path = samplePackage(file).string();
    request.inputFile = samplePackage(file.substr(0, file.rfind('.')) + ".inputs.safetensors").string();
    request.dtype = dtype;
    QStringList rules;
    for (const auto& finding :
         auditFindings(inspectModel(request, selection)->inspection, observeCircumstances(selection)))
    {
        rules.append(QString::fromStdString(finding.rule));
    }
    return rules;
}

} // namespace

/// Findings that were planted are found in what the engine sees. Those of CUDA's backends need a GPU.
class TestPlantedFindings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatWasPlantedIsFound_data()
    {
        REQUIRE_SAMPLE_PACKAGES();
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<bool>("cuda");
        QTest::addColumn<QByteArray>("dtype"); ///< empty: the model's own
        QTest::addColumn<QByteArray>("rule");
        const auto add = [](const char* file, bool cuda, const char* dtype, const char* rule)
        {
            QTest::addRow("%s on %s: %s", file, cuda ? "CUDA" : "the CPU", rule)
                << QByteArray(file) << cuda << QByteArray(dtype) << QByteArray(rule);
        };
        add("wide_values.pt", false, "", "head-dim-refused");
        add("scattered.pt", false, "", "layout-refused");
        add("odd_heads.pt", true, "bfloat16", "head-dim-refused");
        add("scattered.pt", true, "bfloat16", "layout-refused");
        add("bert_like.pt", true, "bfloat16", "mask-disables-flash");
        add("grouped.pt", true, "float32", "gqa-falls-to-math");
        add("causal.pt", true, "float32", "float32-outside-autocast");
        add("masked.pt", true, "bfloat16", "mask-is-causal");
        add("einsum.pt", true, "bfloat16", "hand-written");
        add("exponentials.pt", true, "float32", "hand-written");
    }
    void whatWasPlantedIsFound()
    {
        QFETCH(QByteArray, file);
        QFETCH(bool, cuda);
        QFETCH(QByteArray, dtype);
        QFETCH(QByteArray, rule);
        if (cuda && !at::hasCUDA())
        {
            QSKIP("needs a CUDA device");
        }
        const auto found = findingsIn(file.toStdString(), cuda ? DeviceKind::Cuda : DeviceKind::Cpu,
                                      fromString<DType>(dtype.toStdString()));
        QVERIFY2(found.contains(QString::fromUtf8(rule)), qPrintable(found.join(u' ')));
    }

    void whatIsWellHasNoFinding_data()
    {
        REQUIRE_SAMPLE_PACKAGES();
        QTest::addColumn<bool>("cuda");
        QTest::newRow("CPU") << false;
        QTest::newRow("CUDA") << true;
    }
    void whatIsWellHasNoFinding()
    {
        QFETCH(bool, cuda);
        if (cuda && !at::hasCUDA())
        {
            QSKIP("needs a CUDA device");
        }
        for (const char* file : {"causal.pt", "causal.pt2", "soft_gate.pt", "soft_gate.pt2", "vision.pt", "vision.pt2"})
        {
            const bool exported = std::string(file).ends_with("pt2");
            if (cuda && exported)
            {
                continue; // exported on the CPU
            }
            auto found = findingsIn(file, cuda ? DeviceKind::Cuda : DeviceKind::Cpu,
                                    exported ? std::nullopt : std::optional(DType::BFloat16));
            found.removeAll(QStringLiteral("float32-outside-autocast")); // of a processor with bfloat16 in hardware
            QVERIFY2(found.isEmpty(), qPrintable(QString::fromUtf8(file) + u' ' + found.join(u' ')));
        }
    }

    void aBackendThatIsSwitchedOffIsNamed_data()
    {
        REQUIRE_SAMPLE_PACKAGES();
        QTest::addColumn<bool>("cuda");
        QTest::newRow("CPU") << false;
        QTest::newRow("CUDA") << true;
    }
    void aBackendThatIsSwitchedOffIsNamed()
    {
        QFETCH(bool, cuda);
        if (cuda && !at::hasCUDA())
        {
            QSKIP("needs a CUDA device");
        }
        const WithoutFlash off;
        const auto found = findingsIn("causal.pt", cuda ? DeviceKind::Cuda : DeviceKind::Cpu, DType::BFloat16);
        QVERIFY2(found.contains(QStringLiteral("backend-forced-off")), qPrintable(found.join(u' ')));
    }
};

QTEST_GUILESS_MAIN(TestPlantedFindings)
#include "tst_planted_findings.moc"
