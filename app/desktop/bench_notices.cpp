// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/bench_notices.h"

#include "app/desktop/notice_bar.h"
#include "app/desktop/overlay.h"
#include "app/desktop/workbench.h"

#include <QFileInfo>

namespace headroom::desktop
{
namespace
{

const QString kResume = QStringLiteral("resume");
const QString kTrial = QStringLiteral("trial");

} // namespace

BenchNotices::BenchNotices(Workbench& bench, NoticeBar& notices, Overlay& overlay, QObject* parent)
    : QObject(parent), m_bench(bench), m_notices(notices), m_overlay(overlay)
{
    connect(&bench, &Workbench::noticed, this, [this](const QString& sentence) { m_notices.say({sentence, {}, {}}); });
    connect(&bench, &Workbench::resumeOffered, this, &BenchNotices::offerResume);
    connect(&bench, &Workbench::trialDoubted, this, &BenchNotices::offerTrial);
    connect(&bench, &Workbench::originalOpened, this, &BenchNotices::showOriginal);
}

void BenchNotices::runBegan()
{
    m_notices.putAwayKind(kResume);
    m_notices.putAwayKind(kTrial);
}

void BenchNotices::offerResume(const QString& journal, const QString& sentence)
{
    m_notices.say({sentence,
                   {{tr("Go on with it"), [this, journal] { m_bench.resumeRun(journal); }},
                    {tr("Show what there is"), [this, journal] { m_bench.openFiles({journal}); }}},
                   kResume});
}

void BenchNotices::offerTrial(const Plan& plan, const QString& title, const QString& sentence)
{
    m_notices.say(
        {sentence, {{tr("Measure it here"), [this, plan, title] { m_bench.startRun(plan, title); }}}, kTrial});
}

void BenchNotices::showOriginal(const QString& path, const QString& text, const QString& problem)
{
    const QString name = QFileInfo(path).fileName();
    m_notices.say(
        {tr("%1 is a report of the Python tool that Headroom grew from. It has no samples, no baseline and no "
            "verdicts: %2")
             .arg(name, problem.isEmpty() ? tr("what it claims is laid over the charts and tables, greyed.") : problem),
         {{tr("Read what it claims"), [this, name, text] { m_overlay.showText(name, text); }}},
         {}});
}

} // namespace headroom::desktop
