// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/stage_progress.h"

#include "core/report/format.h"
#include "core/report/queries.h"
#include "ui/models/report_words.h"
#include "ui/widgets/label.h"

#include <QGridLayout>
#include <QProgressBar>

namespace headroom::ui
{
namespace
{

constexpr std::array kStages{Stage::Compatibility, Stage::Accuracy, Stage::Performance, Stage::Recommendations};

QString stageName(Stage stage)
{
    switch (stage)
    {
    case Stage::Compatibility:
        return StageProgress::tr("Compatibility");
    case Stage::Accuracy:
        return StageProgress::tr("Accuracy");
    case Stage::Performance:
        return StageProgress::tr("Performance");
    case Stage::Recommendations:
        break;
    }
    return StageProgress::tr("Recommendations");
}

QString titleOf(const RunState& state)
{
    switch (state.phase)
    {
    case RunPhase::Starting:
        return StageProgress::tr("Starting the worker");
    case RunPhase::Paused:
        return state.inFlight.isEmpty() ? StageProgress::tr("Paused between two cases")
                                        : StageProgress::tr("Pausing, when the samples in flight are taken");
    case RunPhase::Cancelling:
        return StageProgress::tr("Cancelling; what is finished is kept");
    case RunPhase::Idle:
    case RunPhase::Running:
        break;
    }
    return StageProgress::tr("Running: %1 of %2 jobs").arg(state.done).arg(state.total);
}

} // namespace

StageProgress::StageProgress(const Theme& theme, QWidget* parent) : Panel(theme, parent)
{
    setObjectName(QStringLiteral("stageProgress"));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(theme.space(3));
    grid->setVerticalSpacing(theme.space(1));
    for (std::size_t at = 0; at < kStages.size(); ++at)
    {
        auto& row = m_rows[at];
        row.name = new Label(stageName(kStages[at]), theme, TextRole::Note);
        row.bar = new QProgressBar;
        row.bar->setTextVisible(false);
        row.bar->setObjectName(QStringLiteral("stage_") + textOf(toString(kStages[at])));
        row.bar->setAccessibleName(stageName(kStages[at]));
        row.done = new Label(theme, TextRole::Note);
        row.done->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        const int line = static_cast<int>(at);
        grid->addWidget(row.name, line, 0);
        grid->addWidget(row.bar, line, 1);
        grid->addWidget(row.done, line, 2);
    }
    grid->setColumnStretch(1, 1);
    body()->addLayout(grid);
    m_inFlight = new Label(theme, TextRole::Note);
    m_inFlight->setObjectName(QStringLiteral("stageInFlight"));
    m_inFlight->setWordWrap(true);
    body()->addWidget(m_inFlight);
}

void StageProgress::showReport(const Report& report)
{
    for (std::size_t at = 0; at < kStages.size(); ++at)
    {
        int total = 0;
        int done = 0;
        for (const auto& job : report.jobs)
        {
            total += job.stage == kStages[at] ? 1 : 0;
            done += job.stage == kStages[at] && job.finished ? 1 : 0;
        }
        auto& row = m_rows[at];
        const bool advice = kStages[at] == Stage::Recommendations;
        const bool advised = advice && report.finished.has_value();
        row.bar->setRange(0, std::max(total, 1));
        row.bar->setValue(advised ? std::max(total, 1) : done);
        row.done->setText(isSkipped(report, kStages[at]) ? tr("skipped")
                          : total > 0                    ? tr("%1 of %2").arg(done).arg(total)
                          : advice                       ? (advised ? tr("done") : tr("at the end"))
                                                         : tr("none"));
    }
}

void StageProgress::showState(const RunState& state)
{
    const Format format;
    setTitle(titleOf(state));
    setNote(remainingText(state));
    m_inFlight->setText(state.inFlight.isEmpty()
                            ? QString()
                            : tr("%1 · for %2").arg(state.inFlight, textOf(format.duration(state.ageSeconds * 1e9))));
    m_inFlight->setVisible(!state.inFlight.isEmpty());
}

} // namespace headroom::ui
