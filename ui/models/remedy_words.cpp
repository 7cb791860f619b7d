// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/remedy_words.h"

#include "ui/models/report_words.h"

#include <QCoreApplication>
#include <QStringList>

namespace headroom::ui
{

QString withoutRemedy(const Eligibility& refusal)
{
    QStringList steps;
    for (const auto& rule : refusal.rules)
    {
        if (!rule.passed && !rule.fix.empty() && !steps.contains(textOf(rule.fix)))
        {
            steps << textOf(rule.fix);
        }
    }
    return steps.isEmpty()
               ? QCoreApplication::translate("RemedyWords", "No change of the call would make it.")
               : QCoreApplication::translate("RemedyWords", "No change of the call alone would make it. It takes: %1.")
                     .arg(steps.join(QStringLiteral("; ")));
}

} // namespace headroom::ui
