// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/rival_names.h"

#include "core/report/audit_trials.h"
#include "ui/models/report_words.h"

#include <QCoreApplication>

namespace headroom::ui
{
namespace
{

bool isProperName(Backend backend)
{
    return backend != Backend::Math && backend != Backend::Naive && backend != Backend::MemoryEfficient;
}

} // namespace

QString rivalName(const Report& report, const CaseReport& row)
{
    if (!row.measured.captured || !isTrial(report, row.jobId))
    {
        return backendName(row.measured.backend);
    }
    return row.measured.captured->change == CallChange::None ? QCoreApplication::translate("RivalNames", "as it is")
                                                             : QCoreApplication::translate("RivalNames", "changed");
}

QString rivalInSentence(const Report& report, const CaseReport& row)
{
    const QString name = rivalName(report, row);
    return isProperName(row.measured.backend) ? name : name.toLower();
}

} // namespace headroom::ui
