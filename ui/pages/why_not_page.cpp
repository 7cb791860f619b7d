// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/why_not_page.h"

#include "core/attention/remedy.h"
#include "core/launch/device_choice.h"
#include "core/report/queries.h"
#include "ui/models/remedy_words.h"
#include "ui/models/report_words.h"
#include "ui/models/rule_model.h"
#include "ui/theme/theme.h"
#include "ui/widgets/card.h"
#include "ui/widgets/case_delegate.h"
#include "ui/widgets/hint.h"
#include "ui/widgets/label.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/plain_table.h"
#include "ui/widgets/sentence_header.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace headroom::ui
{
namespace
{

constexpr int kAskSoonMs = 250;
const QString kForm = QStringLiteral("form");

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
    : FacedPage(theme, parent), m_rules(new RuleModel(this)), m_header(new SentenceHeader(theme)),
      m_choice(new QComboBox), m_cards(new QHBoxLayout), m_table(new Panel(tr("Every rule"), QString(), theme)),
      m_view(new QTableView)
{
    setObjectName(QStringLiteral("page-why_not"));
    auto* hint =
        new Hint(tr("Who takes this call, and why not"),
                 tr("As soon as the form holds sizes that can be, this page lists every rule of every backend for "
                    "them, with the smallest change that would make it run. No run is needed."),
                 theme);
    hint->addUsualActions();
    m_choice->setObjectName(QStringLiteral("question"));
    m_choice->setAccessibleName(tr("What is asked about"));
    m_choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    connect(m_choice, &QComboBox::activated, this,
            [this]
            {
                m_shown = m_choice->currentData().toString();
                m_waiting.reset();
                showQuestion();
            });
    m_askSoon.setSingleShot(true);
    m_askSoon.setInterval(kAskSoonMs);
    connect(&m_askSoon, &QTimer::timeout, this, &WhyNotPage::askNext);
    m_view->setObjectName(QStringLiteral("rules"));
    m_view->setAccessibleName(tr("Every rule"));
    m_view->setModel(m_rules);
    m_view->setItemDelegate(new CaseDelegate(theme, m_view));
    makePlainTable(*m_view, theme);
    m_view->setWordWrap(true); // a limit is read in full, over two lines where it is long
    m_view->horizontalHeader()->setStretchLastSection(true);
    m_view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
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
    setFaces(hint, content);
}

void WhyNotPage::showProblem(const AttentionProblem& problem, const DeviceFacts& device)
{
    if (m_form && !(m_form->device == device))
    {
        m_answers.clear();
        m_waiting.reset();
    }
    if (m_form && !(m_form->evidence.problem == problem))
    {
        m_waiting.reset(); // nobody waits for the answer any longer
    }
    m_form = Question{tr("The form: %1").arg(textOf(describe(problem))), kForm, QString(),
                      evidenceByRules(problem, device), device};
    if (const auto* known = answerTo(problem))
    {
        m_form->evidence = *known;
    }
    if (isVisible())
    {
        refresh();
    }
}

void WhyNotPage::showExplanation(const AttentionProblem& problem, const LayerEvidence& evidence)
{
    const bool byLibTorch = std::any_of(evidence.answers.begin(), evidence.answers.end(),
                                        [](const BackendAnswer& answer) { return answer.libtorchAccepts.has_value(); });
    if (!byLibTorch)
    {
        return; // a run is on: the worker's word comes when it is over
    }
    LayerEvidence answer = evidence;
    answer.problem = problem;
    m_answers.push_back(std::move(answer));
    if (m_waiting == problem)
    {
        m_waiting.reset();
    }
    if (m_form && m_form->evidence.problem == problem)
    {
        m_form->evidence = m_answers.back();
    }
    if (isVisible())
    {
        refresh();
        showQuestion();
    }
}

const LayerEvidence* WhyNotPage::answerTo(const AttentionProblem& problem) const
{
    const auto found = std::find_if(m_answers.begin(), m_answers.end(),
                                    [&](const LayerEvidence& answer) { return answer.problem == problem; });
    return found == m_answers.end() ? nullptr : &*found;
}

/// The worker is on this machine: what it says holds for the device that the form has chosen.
bool WhyNotPage::canAsk(const Question& question) const
{
    return m_form && !m_form->device.name.empty() && question.device.kind == m_form->device.kind &&
           question.device.name == m_form->device.name;
}

/// One question after the other: the call itself, then what each change makes of it.
void WhyNotPage::askNext()
{
    const Question* question = isVisible() ? shownQuestion() : nullptr;
    if (question == nullptr || !canAsk(*question) || m_waiting)
    {
        return;
    }
    std::vector<AttentionProblem> wanted;
    if (question->key == kForm)
    {
        wanted.push_back(question->evidence.problem);
    }
    for (const auto& answer : question->evidence.answers)
    {
        const auto remedy = takes(answer)
                                ? std::nullopt
                                : remedyFor(answer.rules.backend, question->evidence.problem, question->device);
        if (remedy)
        {
            wanted.insert(wanted.end(), remedy->calls.begin(), remedy->calls.end());
        }
    }
    const auto next = std::find_if(wanted.begin(), wanted.end(),
                                   [this](const AttentionProblem& one) { return answerTo(one) == nullptr; });
    if (next != wanted.end())
    {
        m_waiting = *next;
        Q_EMIT explanationWanted({m_form->device.kind, m_form->device.ordinal}, *next);
    }
}

std::vector<WhyNotPage::Question> WhyNotPage::questions() const
{
    std::vector<Question> all;
    if (m_form)
    {
        all.push_back(*m_form);
    }
    for (const auto& open : reports().reports)
    {
        addQuestionsOf(open, &open == &reports().reports.front(), all);
    }
    return all;
}

void WhyNotPage::addQuestionsOf(const OpenReport& open, bool front, std::vector<Question>& all) const
{
    const Report& report = *open.report;
    const DeviceFacts* device = report.circumstances ? report.circumstances->selectedDevice() : nullptr;
    std::vector<std::size_t> kept;
    for (std::size_t at = 0; at < report.layers.size(); ++at)
    {
        const auto& layer = report.layers[at];
        const bool known = std::any_of(kept.begin(), kept.end(),
                                       [&](std::size_t other) { return isSameQuestion(report.layers[other], layer); });
        if (known)
        {
            continue;
        }
        kept.push_back(at);
        const auto alike = std::count_if(report.layers.begin(), report.layers.end(),
                                         [&](const LayerEvidence& other) { return isSameQuestion(other, layer); });
        const QString path = layer.path.empty() ? tr("the call") : textOf(layer.path);
        const QString source = QStringLiteral("/headroom/layers/%1").arg(at);
        all.push_back({tr("%1: %2%3, %4")
                           .arg(open.name, path, alike > 1 ? tr(" and %1 like it").arg(alike - 1) : QString(),
                                textOf(describe(layer.problem))),
                       open.name + source, front ? source : QString(), layer,
                       device != nullptr ? *device : DeviceFacts()});
    }
}

void WhyNotPage::refresh()
{
    std::vector<Question> asked = questions();
    showFace(asked.empty() ? Face::Hint : Face::Content);
    if (asked == m_questions || asked.empty())
    {
        return; // a run that goes on changes its samples, and seldom what is asked here
    }
    m_questions = std::move(asked);
    m_choice->clear();
    for (const auto& question : m_questions)
    {
        m_choice->addItem(question.name, question.key);
    }
    m_choice->setCurrentIndex(std::max(0, m_choice->findData(m_shown)));
    m_choice->setVisible(m_questions.size() > 1);
    showQuestion();
}

const WhyNotPage::Question* WhyNotPage::shownQuestion() const
{
    const auto index = static_cast<std::size_t>(std::max(0, m_choice->currentIndex()));
    return index < m_questions.size() ? &m_questions[index] : nullptr;
}

void WhyNotPage::showQuestion()
{
    const Question* question = shownQuestion();
    if (question == nullptr)
    {
        return;
    }
    showSentence(*question);
    showCards(*question);
    m_rules->setEvidence(question->evidence, question->source);
    fitColumns();
    m_table->setNote(question->key == kForm ? tr("by Headroom's rules for LibTorch 2.11")
                                            : tr("as the run recorded them"));
    m_askSoon.start();
}

/// What a backend takes is read in full: the changes have a column only where one is needed.
void WhyNotPage::fitColumns()
{
    const auto& answers = shownQuestion()->evidence.answers;
    const bool fixes =
        std::any_of(answers.begin(), answers.end(),
                    [](const BackendAnswer& answer)
                    {
                        return std::any_of(answer.rules.rules.begin(), answer.rules.rules.end(),
                                           [](const RuleCheck& rule) { return !rule.passed && !rule.fix.empty(); });
                    });
    m_view->setColumnHidden(RuleModel::Fix, !fixes);
    m_view->horizontalHeader()->setStretchLastSection(false); // it would count as wide content
    m_view->resizeColumnsToContents();
    const auto widthOf = [this](int column)
    { return m_view->isColumnHidden(column) ? 0 : m_view->columnWidth(column); };
    // Of the page, for the table itself is laid out later: margins of the page and of the panel, and the scroll bar.
    int room = width() - theme().space(20);
    for (const int column : {RuleModel::BackendName, RuleModel::Rule, RuleModel::Holds, RuleModel::Fix})
    {
        room -= widthOf(column);
    }
    const int least = theme().space(28);
    const int value = std::min(widthOf(RuleModel::Value), std::max(room * 45 / 100, room - widthOf(RuleModel::Limit)));
    m_view->setColumnWidth(RuleModel::Value, std::max(least, value));
    m_view->setColumnWidth(RuleModel::Limit, std::max(least, std::min(widthOf(RuleModel::Limit), room - value)));
    m_view->horizontalHeader()->setStretchLastSection(true);
    m_view->resizeRowsToContents();
    const int twoLines = 2 * m_view->fontMetrics().height();
    for (int row = 0; row < m_rules->rowCount(); ++row)
    {
        const int height = m_view->rowHeight(row); // the lines of one rule stay together
        m_view->setRowHeight(row, height < twoLines ? theme().space(7) : height + theme().space(2));
    }
}

void WhyNotPage::resizeEvent(QResizeEvent* event)
{
    Page::resizeEvent(event);
    if (shownQuestion() != nullptr)
    {
        fitColumns();
    }
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
    const QString asked = question.evidence.libtorchDefault ? tr("LibTorch was asked")
                          : m_waiting == std::optional(question.evidence.problem)
                              ? tr("by the rules, LibTorch is asked")
                              : tr("by the rules, LibTorch was not asked");
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
    const auto figureAt = [&](const QString& below, const std::string& value)
    {
        return question.source.isEmpty()
                   ? Figure()
                   : Figure{QStringLiteral("%1/answers/%2%3").arg(question.source).arg(at).arg(below), textOf(value)};
    };
    for (std::size_t index = 0; index < answer.rules.rules.size(); ++index)
    {
        const auto& rule = answer.rules.rules[index];
        if (!rule.passed)
        {
            setFigure(*card->addText(tr("%1; it takes %2").arg(textOf(rule.value), textOf(rule.limit))),
                      figureAt(QStringLiteral("/rules/rules/%1/value").arg(index), rule.value));
        }
    }
    if (answer.libtorchAccepts && *answer.libtorchAccepts != answer.rules.eligible)
    {
        card->addText(tr("LibTorch and the rules disagree: believe LibTorch, and report it to Headroom."), Tone::Bad);
    }
    for (std::size_t index = 0; index < answer.libtorchReasons.size(); ++index)
    {
        const std::string& words = answer.libtorchReasons[index];
        setFigure(*card->addText(tr("LibTorch: “%1”").arg(textOf(words)), Tone::Muted),
                  figureAt(QStringLiteral("/libtorchReasons/%1").arg(index), words));
    }
    if (yes)
    {
        return card;
    }
    const auto remedy = remedyFor(backend, question.evidence.problem, question.device);
    if (!remedy)
    {
        card->addText(withoutRemedy(answer.rules), Tone::Muted);
        return card;
    }
    for (const auto& step : remedy->steps)
    {
        card->addText(QStringLiteral("→ ") + textOf(step), Tone::Good)->setObjectName(QStringLiteral("remedyStep"));
    }
    card->addText(tr("Gives %1.").arg(textOf(describe(remedy->effect))), Tone::Muted);
    addWordOfLibTorch(*card, question, *remedy);
    if (remedy->calls.size() == 1)
    {
        auto* use = card->addAction(tr("Change the form so"), QStringLiteral("fix-") + textOf(toString(backend)));
        use->setToolTip(textOf(describe(remedy->calls.front())));
        connect(use, &QPushButton::clicked, this,
                [this, problem = remedy->calls.front()] { Q_EMIT problemProposed(problem); });
    }
    return card;
}

/// Whether LibTorch takes what \a remedy makes of the call.
void WhyNotPage::addWordOfLibTorch(Card& card, const Question& question, const Remedy& remedy) const
{
    if (!canAsk(question))
    {
        return;
    }
    bool agrees = true;
    QString reasons;
    for (const auto& call : remedy.calls)
    {
        const auto* answer = answerTo(call);
        if (answer == nullptr)
        {
            auto* waiting = card.addText(tr("LibTorch is asked whether it agrees …"), Tone::Muted);
            waiting->setObjectName(QStringLiteral("libtorch-") + textOf(toString(remedy.backend)));
            return;
        }
        for (const auto& backend : answer->answers)
        {
            if (backend.rules.backend == remedy.backend && backend.libtorchAccepts == false)
            {
                agrees = false;
                reasons = backend.libtorchReasons.empty() ? QString() : textOf(backend.libtorchReasons.front());
            }
        }
    }
    auto* word = card.addText(agrees ? tr("LibTorch agrees: it takes the changed call.")
                              : reasons.isEmpty()
                                  ? tr("LibTorch disagrees: it refuses the changed call as well.")
                                  : tr("LibTorch disagrees: it refuses the changed call as well (“%1”).").arg(reasons),
                              agrees ? Tone::Good : Tone::Bad);
    word->setObjectName(QStringLiteral("libtorch-") + textOf(toString(remedy.backend)));
}

} // namespace headroom::ui
