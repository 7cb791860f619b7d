// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/recommendation_card.h"

#include "core/report/audit_trials.h"
#include "core/report/case_cells.h"
#include "core/report/format.h"
#include "ui/models/figure_paths.h"
#include "ui/models/report_words.h"
#include "ui/models/rival_names.h"
#include "ui/widgets/label.h"
#include "ui/widgets/snippet.h"

#include <QPushButton>

#include <algorithm>

namespace headroom::ui
{
namespace
{

constexpr std::size_t kMostEvidence = 6;

Tone toneOf(Severity severity)
{
    switch (severity)
    {
    case Severity::Good:
        return Tone::Good;
    case Severity::Advice:
        return Tone::Caution;
    case Severity::Problem:
        break;
    }
    return Tone::Bad;
}

const CaseReport* caseOfId(const Report& report, const std::string& id)
{
    const auto found = std::find_if(report.cases.begin(), report.cases.end(),
                                    [&](const CaseReport& row) { return row.result.caseId == id; });
    return found == report.cases.end() ? nullptr : &*found;
}

} // namespace

RecommendationCard::RecommendationCard(const Report& report, std::size_t index, Size size, const Theme& theme,
                                       QWidget* parent)
    : Card(textOf(report.recommendations[index].title), toneOf(report.recommendations[index].severity), theme, parent),
      m_theme(theme)
{
    const Recommendation& advice = report.recommendations[index];
    setObjectName(QStringLiteral("recommendation_") + textOf(advice.rule));
    const QString path = QStringLiteral("/headroom/recommendations/%1").arg(index);
    setFigure(*addText(textOf(advice.why)), {path + QStringLiteral("/why"), textOf(advice.why)});
    setFigure(*findChild<QLabel*>(QStringLiteral("cardTitle")),
              {path + QStringLiteral("/title"), textOf(advice.title)});
    if (!advice.gainText.empty())
    {
        Label* gain = addText(textOf(advice.gainText), advice.gain ? toneOf(advice.severity) : Tone::Plain, true);
        gain->setObjectName(QStringLiteral("gain"));
        gain->setToolTip(advice.gain ? tr("Measured in this report: the median ratio with its 95 % interval.")
                                     : tr("Not a measured gain."));
        setFigure(*gain, advice.gain ? Figure{path + QStringLiteral("/gain"), *advice.gain}
                                     : Figure{path + QStringLiteral("/gainText"), textOf(advice.gainText)});
    }
    addSnippets(advice, size);
    if (size == Size::Full)
    {
        addEvidence(report, advice);
        if (const std::string undo = advice.undo.empty() ? undoOf(advice) : advice.undo; !undo.empty())
        {
            addText(textOf(undo));
        }
    }
    addActions(report, advice);
}

void RecommendationCard::addEvidence(const Report& report, const Recommendation& advice)
{
    const Format format;
    std::size_t shown = 0;
    for (const auto& id : advice.evidence)
    {
        if (shown == kMostEvidence)
        {
            addText(tr("and %1 more").arg(advice.evidence.size() - shown))->setObjectName(QStringLiteral("more"));
            break;
        }
        ++shown;
        const auto* row = caseOfId(report, id);
        if (row == nullptr)
        {
            addText(tr("Seen in %1").arg(textOf(id)));
            continue;
        }
        const QString time = row->device ? textOf(format.duration(row->device->medianNs, row->device->medianIntervalNs))
                                         : textOf(whyEmpty(*row));
        Label* line =
            addText(tr("%1, %2: %3").arg(rivalName(report, *row), passName(row->measured.pass).toLower(), time));
        line->setObjectName(QStringLiteral("evidence"));
        line->setToolTip(textOf(describe(row->measured)));
        setFigure(*line, medianOf(report, *row));
    }
}

void RecommendationCard::addSnippets(const Recommendation& advice, Size size)
{
    if (!advice.python.empty())
    {
        addWidget(new Snippet(textOf(advice.python), QStringLiteral("Python"), m_theme));
    }
    if (!advice.cpp.empty() && (size == Size::Full || advice.python.empty()))
    {
        addWidget(new Snippet(textOf(advice.cpp), QStringLiteral("C++"), m_theme));
    }
}

void RecommendationCard::addActions(const Report& report, const Recommendation& advice)
{
    if (!advice.evidence.empty())
    {
        QPushButton* evidence = addAction(tr("Evidence"), QStringLiteral("showEvidence"));
        evidence->setToolTip(tr("The cases that this rests on, in the table of kernels"));
        evidence->setAccessibleName(tr("Evidence of: %1").arg(textOf(advice.title)));
        connect(evidence, &QPushButton::clicked, this, &RecommendationCard::evidenceRequested);
    }
    if (const auto trial = trialOf(report, advice))
    {
        QPushButton* again = addAction(!trial->changed   ? tr("Measure again")
                                       : isAudit(report) ? tr("Apply and measure again")
                                                         : tr("Try it and measure"),
                                       QStringLiteral("tryIt"), true);
        again->setToolTip(textOf(trial->what));
        again->setAccessibleName(QStringLiteral("%1: %2").arg(again->text(), textOf(advice.title)));
        connect(again, &QPushButton::clicked, this, [this, run = *trial] { Q_EMIT trialRequested(run); });
    }
}

} // namespace headroom::ui
