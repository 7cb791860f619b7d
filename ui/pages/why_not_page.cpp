// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/why_not_page.h"

#include "core/attention/remedy.h"
#include "core/launch/device_choice.h"
#include "core/report/queries.h"
#include "ui/models/report_words.h"
#include "ui/models/rule_model.h"
#include "ui/theme/theme.h"
#include "ui/widgets/card.h"
#include "ui/widgets/case_delegate.h"
#include "ui/widgets/hint.h"
#include "ui/widgets/label.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/sentence_header.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace headroom::ui
{
namespace
{

/// LibTorch's own answer where a run has it, else that of the rules.
bool takes(const BackendAnswer& answer)
{
    return accepts(answer);
}

QString listOf(const std::vector<Backend>& backends)
{
    QStringList names;
    for (const Backend backend : backends)
    {
        names.append(backendName(backend));
    }
    if (names.size() < 2)
    {
        return names.join(QString());
    }
    const QString last = names.takeLast();
    return WhyNotPage::tr("%1 and %2").arg(names.join(QStringLiteral(", ")), last);
}

/// Layers with the same call and answers are one question.
bool isSameQuestion(const LayerEvidence& first, const LayerEvidence& second)
{
    return first.problem == second.problem && first.answers == second.answers;
}

} // namespace

WhyNotPage::WhyNotPage(const Theme& theme, QWidget* parent)
    : Page(theme, parent), m_rules(new RuleModel(this)), m_stack(new QStackedWidget),
      m_header(new SentenceHeader(theme)), m_choice(new QComboBox), m_cards(new QHBoxLayout),
      m_table(new Panel(tr("Every rule"), QString(), theme)), m_view(new QTableView)
{
    setObjectName(QStringLiteral("page-why_not"));
    auto* hint =
        new Hint(tr("Who takes this call, and why not"),
                 tr("As soon as the form holds sizes that can be, this page lists every rule of every backend for "
                    "them, with the smallest change that would make it run. No run is needed."),
                 theme);
    hint->addUsualActions();
    connect(hint, &Hint::actionRequested, this, &Page::actionRequested);
    m_choice->setObjectName(QStringLiteral("question"));
    m_choice->setAccessibleName(tr("What is asked about"));
    m_choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    connect(m_choice, &QComboBox::activated, this,
            [this]
            {
                m_shown = m_choice->currentData().toString();
                showQuestion();
            });
    m_view->setObjectName(QStringLiteral("rules"));
    m_view->setAccessibleName(tr("Every rule"));
    m_view->setModel(m_rules);
    m_view->setItemDelegate(new CaseDelegate(theme, m_view));
    m_view->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_view->setStyleSheet(QStringLiteral("QTableView::item { padding: 0px; border: none; }"));
    m_view->setShowGrid(false);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(theme.space(7));
    m_view->horizontalHeader()->setStretchLastSection(true);
    m_view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_view->setTabKeyNavigation(false);
    m_table->body()->addWidget(m_view);
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(theme.space(4), theme.space(4), theme.space(4), theme.space(4));
    column->setSpacing(theme.space(3));
    m_cards->setSpacing(theme.space(3));
    column->addWidget(m_header);
    column->addWidget(m_choice);
    column->addLayout(m_cards);
    column->addWidget(m_table, 1);
    m_stack->addWidget(hint);
    m_stack->addWidget(content);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_stack);
}

void WhyNotPage::showProblem(const AttentionProblem& problem, const DeviceFacts& device)
{
    m_form = Question{tr("The form: %1").arg(textOf(describe(problem))), QString(), evidenceByRules(problem, device),
                      device};
    if (isVisible())
    {
        refresh();
    }
}

std::vector<WhyNotPage::Question> WhyNotPage::questions() const
{
    std::vector<Question> all;
    if (m_form)
    {
        all.push_back(*m_form);
    }
    if (reports().empty())
    {
        return all;
    }
    const Report& report = *reports().front().report;
    const DeviceFacts* device = report.circumstances ? report.circumstances->selectedDevice() : nullptr;
    std::vector<std::size_t> kept;
    for (std::size_t at = 0; at < report.layers.size(); ++at)
    {
        const auto& layer = report.layers[at];
        const bool known = std::any_of(kept.begin(), kept.end(),
                                       [&](std::size_t other) { return isSameQuestion(report.layers[other], layer); });
        if (!known)
        {
            kept.push_back(at);
            const auto alike = std::count_if(report.layers.begin(), report.layers.end(),
                                             [&](const LayerEvidence& other) { return isSameQuestion(other, layer); });
            const QString path = layer.path.empty() ? tr("the call") : textOf(layer.path);
            all.push_back(
                {tr("%1: %2%3, %4")
                     .arg(reports().front().name, path, alike > 1 ? tr(" and %1 like it").arg(alike - 1) : QString(),
                          textOf(describe(layer.problem))),
                 QStringLiteral("/headroom/layers/%1").arg(at), layer, device != nullptr ? *device : DeviceFacts()});
        }
    }
    return all;
}

void WhyNotPage::refresh()
{
    std::vector<Question> asked = questions();
    m_stack->setCurrentIndex(asked.empty() ? 0 : 1);
    if (asked == m_questions || asked.empty())
    {
        return; // a run that goes on changes its samples, and seldom what is asked here
    }
    m_questions = std::move(asked);
    m_choice->clear();
    for (const auto& question : m_questions)
    {
        m_choice->addItem(question.name, question.source);
    }
    m_choice->setCurrentIndex(std::max(0, m_choice->findData(m_shown)));
    m_choice->setVisible(m_questions.size() > 1);
    showQuestion();
}

void WhyNotPage::showQuestion()
{
    const auto index = static_cast<std::size_t>(std::max(0, m_choice->currentIndex()));
    if (index >= m_questions.size())
    {
        return;
    }
    const Question& question = m_questions[index];
    showSentence(question);
    showCards(question);
    m_rules->setEvidence(question.evidence, question.source);
    m_view->resizeColumnsToContents();
    m_view->setColumnWidth(RuleModel::Value, std::min(m_view->columnWidth(RuleModel::Value), theme().space(40)));
    m_view->setColumnWidth(RuleModel::Limit, std::min(m_view->columnWidth(RuleModel::Limit), theme().space(50)));
    m_table->setNote(question.source.isEmpty() ? tr("by Headroom's rules for LibTorch 2.11")
                                               : tr("as the run recorded them"));
}

void WhyNotPage::showSentence(const Question& question)
{
    std::vector<Backend> yes;
    std::vector<Backend> no;
    for (const auto& answer : question.evidence.answers)
    {
        (takes(answer) ? yes : no).push_back(answer.rules.backend);
    }
    const Backend chosen = question.evidence.libtorchDefault.value_or(question.evidence.predictedDefault);
    QString sentence = no.empty() ? tr("Every backend takes this call; LibTorch runs %1.").arg(backendName(chosen))
                       : yes.empty()
                           ? tr("No backend takes this call.")
                           : tr("%1 %2 not take this call; LibTorch runs %3.")
                                 .arg(listOf(no), no.size() == 1 ? tr("does") : tr("do"), backendName(chosen));
    m_header->setSentence(sentence);
    const QString asked =
        question.evidence.libtorchDefault ? tr("LibTorch was asked") : tr("by the rules, LibTorch was not asked");
    const QString where =
        question.device.name.empty() ? QString() : QStringLiteral(" · ") + textOf(describeDevice(question.device));
    m_header->setNote(QStringLiteral("%1%2 · %3").arg(textOf(describe(question.evidence.problem)), where, asked));
}

void WhyNotPage::showCards(const Question& question)
{
    while (auto* item = m_cards->takeAt(0))
    {
        if (item->widget() != nullptr)
        {
            item->widget()->hide();
            item->widget()->deleteLater();
        }
        delete item;
    }
    for (std::size_t answer = 0; answer < question.evidence.answers.size(); ++answer)
    {
        m_cards->addWidget(cardFor(question, answer), 1, Qt::AlignTop);
    }
}

Card* WhyNotPage::cardFor(const Question& question, std::size_t at)
{
    const BackendAnswer& answer = question.evidence.answers[at];
    const Backend backend = answer.rules.backend;
    const bool yes = takes(answer);
    auto* card = new Card(yes ? tr("%1 takes it").arg(backendName(backend)) : tr("%1: no").arg(backendName(backend)),
                          yes ? Tone::Good : Tone::Caution, theme());
    card->setObjectName(QStringLiteral("why-") + textOf(toString(backend)));
    for (const auto& rule : answer.rules.rules)
    {
        if (!rule.passed)
        {
            card->addText(tr("%1; it takes %2").arg(textOf(rule.value), textOf(rule.limit)));
        }
    }
    if (answer.libtorchAccepts && *answer.libtorchAccepts != answer.rules.eligible)
    {
        card->addText(tr("LibTorch and the rules disagree: believe LibTorch, and report it to Headroom."), Tone::Bad);
    }
    for (const auto& words : answer.libtorchReasons)
    {
        card->addText(tr("LibTorch: “%1”").arg(textOf(words)), Tone::Muted);
    }
    if (yes)
    {
        return card;
    }
    const auto remedy = remedyFor(backend, question.evidence.problem, question.device);
    if (!remedy)
    {
        card->addText(tr("No change of the call would make it."), Tone::Muted);
        return card;
    }
    for (const auto& step : remedy->steps)
    {
        card->addText(QStringLiteral("→ ") + textOf(step), Tone::Good);
    }
    card->addText(tr("Gives %1.").arg(textOf(describe(remedy->effect))), Tone::Muted);
    if (remedy->calls.size() == 1)
    {
        auto* use = card->addAction(tr("Change the form so"), QStringLiteral("fix-") + textOf(toString(backend)));
        use->setToolTip(textOf(describe(remedy->calls.front())));
        connect(use, &QPushButton::clicked, this,
                [this, problem = remedy->calls.front()] { Q_EMIT problemProposed(problem); });
    }
    return card;
}

} // namespace headroom::ui
