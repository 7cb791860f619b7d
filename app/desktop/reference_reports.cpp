// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/reference_reports.h"

#include <QCoreApplication>
#include <QResource>

/// Of the resource file resources/headroom.qrc. In no namespace, as the macro wants it.
static void initialiseReportResources()
{
    Q_INIT_RESOURCE(headroom);
}

namespace headroom::desktop
{
namespace
{

QString say(const char* text)
{
    return QCoreApplication::translate("ReferenceReports", text);
}

} // namespace

std::vector<ReferenceReport> referenceReports()
{
    initialiseReportResources();
    return {
        {QStringLiteral(":/reports/nvidia_h200_validate_bfloat16.json"), say("A transformer on an H200, bfloat16"),
         say("validation: which backend ran, whether it is right, how fast")},
        {QStringLiteral(":/reports/nvidia_h200_fa3_paper.json"), say("The FlashAttention-3 paper's shapes on an H200"),
         say("sweep over head dims, lengths and masks")},
        {QStringLiteral(":/reports/nvidia_h200_battery.json"), say("LibTorch's known attention defects on an H200"),
         say("which of them are present, with their evidence")},
        {QStringLiteral(":/reports/cpu_validate_bfloat16.json"),
         say("A transformer on 16 cores of a processor, bfloat16"),
         say("validation; lay it over the H200's to compare hardware")},
        {QStringLiteral(":/reports/nvidia_h200_audit_t5.json"), say("The attention of T5 on an H200, bfloat16"),
         say("audit of a model from a file: what each fix gains")},
    };
}

} // namespace headroom::desktop
