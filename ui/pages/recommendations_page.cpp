// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/recommendations_page.h"

#include "core/report/answer.h"
#include "core/report/audit_trials.h"
#include "ui/models/figure_paths.h"
#include "ui/models/report_words.h"
#include "ui/pages/recommendation_card.h"
#include "ui/theme/theme.h"
#include "ui/widgets/hint.h"
#include "ui/widgets/scroll_column.h"
#include "ui/widgets/sentence_header.h"
#include "ui/widgets/tile_layout.h"

#include <QPushButton>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace headroom::ui
{
namespace
{

QString sentenceOf(const Report& report)
{
    const auto& all = report.recommendations;
    const auto count = [&](Severity severity)
    {
        return static_cast<int>(
            std::count_if(all.begin(), all.end(), [&](const Recommendation& one) { return one.severity == severity; }));
    };
    QStringList parts;
    if (const int problems = count(Severity::Problem); problems > 0)
    {
        parts << (problems == 1 ? RecommendationsPage::tr("one thing is wrong")
                                : RecommendationsPage::tr("%1 things are wrong").arg(problems));
    }
    if (const int advices = count(Severity::Advice); advices > 0)
    {
        parts << (advices == 1 ? RecommendationsPage::tr("one thing could be better")
                               : RecommendationsPage::tr("%1 things could be better").arg(advices));
    }
    if (const int good = count(Severity::Good); good > 0)
    {
        parts << (good == 1 ? RecommendationsPage::tr("one thing is worth keeping")
                            : RecommendationsPage::tr("%1 things are worth keeping").arg(good));
    }
    QString text = parts.join(QStringLiteral(", "));
    if (!text.isEmpty())
    {
        text[0] = text[0].toUpper();
        text += QLatin1Char('.');
    }
    return text;
}

} // namespace

RecommendationsPage::RecommendationsPage(const Theme& theme, QWidget* parent)
    : Page(theme, parent), m_stack(new QStackedLayout(this)), m_scroll(new ScrollColumn(theme)),
      m_header(new SentenceHeader(theme))
{
    m_empty =
        new Hint(tr("No recommendations yet"),
                 tr("Here will be what to change, why, what it gained when it was measured, and the lines of code "
                    "to copy."),
                 theme);
    m_empty->addUsualActions();
    m_nothing = new Hint({}, {}, theme);
    m_nothing->addAction(tr("Run validation"), QStringLiteral("run"));
    for (Hint* hint : {m_empty, m_nothing})
    {
        connect(hint, &Hint::actionRequested, this, &Page::actionRequested);
        m_stack->addWidget(hint);
    }
    m_stack->addWidget(m_scroll);
    m_scroll->column()->addWidget(m_header);
    m_scroll->column()->addStretch(1);
}

void RecommendationsPage::refresh()
{
    if (reports().empty())
    {
        m_stack->setCurrentWidget(m_empty);
        return;
    }
    const OpenReport& open = reports().front();
    const Report& report = *open.report;
    if (report.recommendations.empty())
    {
        const bool advises = isAudit(report) || report.plan.command == "validate";
        const bool whole = report.finished && report.finished->outcome != Outcome::Cancelled;
        m_nothing->setTitle(open.live          ? tr("They come when the figures are there")
                            : advises && whole ? tr("Nothing to change")
                                               : tr("No recommendations in this report"));
        m_nothing->setText(open.live ? tr("Recommendations are made at the run's end, from what was measured in it.")
                           : advises && !whole ? tr("The run ended before its figures were there.")
                           : isAudit(report)   ? tr("The audit found nothing to change in the model's attention.")
                           : advises ? tr("What was measured in this report gives no reason to change anything.")
                                     : tr("A run of “%1” makes none: they come of a validation or an audit.")
                                           .arg(textOf(report.plan.command)));
        for (auto* button : m_nothing->findChildren<QPushButton*>())
        {
            button->setVisible(!open.live);
        }
        setFigure(*m_nothing, conclusionOf(report));
        m_stack->setCurrentWidget(m_nothing);
        return;
    }
    m_header->setSentence(sentenceOf(report), conclusionOf(report));
    m_header->setNote(textOf(answerOf(report, Format())));
    showCards(report);
    m_stack->setCurrentWidget(m_scroll);
}

void RecommendationsPage::showCards(const Report& report)
{
    delete m_cards;
    m_cards = new QWidget;
    auto* layout = new TileLayout(theme().space(95), m_cards);
    layout->setSpacing(theme().space(3));
    layout->setMostColumns(2);
    for (std::size_t at = 0; at < report.recommendations.size(); ++at)
    {
        auto* card = new RecommendationCard(report, at, RecommendationCard::Size::Full, theme());
        connect(card, &RecommendationCard::evidenceRequested, this,
                [this] { Q_EMIT pageRequested(QStringLiteral("kernels")); });
        connect(card, &RecommendationCard::trialRequested, this,
                [this](const Trial& trial) { Q_EMIT planProposed(trial.plan, textOf(trial.title)); });
        layout->addWidget(card);
    }
    m_scroll->column()->insertWidget(1, m_cards);
}

} // namespace headroom::ui
