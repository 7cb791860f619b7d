// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/kernel_name.h"

#include <QtTest>

using namespace headroom;

class TestKernelName : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesAreAsOneSaysThem_data()
    {
        QTest::addColumn<QString>("whole");
        QTest::addColumn<QString>("name");
        QTest::newRow("template") << QStringLiteral("void pytorch_flash::flash_fwd_kernel<Traits<64, 4, a::b<2> >, "
                                                    "false>(pytorch_flash::Flash_fwd_params)")
                                  << QStringLiteral("pytorch_flash::flash_fwd_kernel");
        QTest::newRow("anonymous") << QStringLiteral("void at::native::(anonymous namespace)::cunn_SoftMax<4, "
                                                     "float>(float*, int)")
                                   << QStringLiteral("at::native::cunn_SoftMax");
        QTest::newRow("no template") << QStringLiteral("fmha_cutlassF_bf16(Kernel<4>::Params)")
                                     << QStringLiteral("fmha_cutlassF_bf16");
        QTest::newRow("cuDNN") << QStringLiteral("cudnn_generated_sdpa_64x128x64")
                               << QStringLiteral("cudnn_generated_sdpa_64x128x64");
        QTest::newRow("operator") << QStringLiteral("aten::_flash_attention")
                                  << QStringLiteral("aten::_flash_attention");
        QTest::newRow("not closed") << QStringLiteral("kernel<4") << QStringLiteral("kernel<4");
        QTest::newRow("not opened") << QStringLiteral("a > b") << QStringLiteral("a > b");
        QTest::newRow("nothing left") << QStringLiteral("(anonymous)") << QStringLiteral("(anonymous)");
        QTest::newRow("empty") << QString() << QString();
    }

    void namesAreAsOneSaysThem()
    {
        QFETCH(QString, whole);
        QFETCH(QString, name);
        QCOMPARE(QString::fromStdString(shortKernelName(whole.toStdString())), name);
    }
};

QTEST_MAIN(TestKernelName)
#include "tst_kernel_name.moc"
