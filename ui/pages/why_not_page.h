// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/explanation.h"
#include "ui/pages/faced_page.h"

#include <QTimer>

#include <optional>
#include <vector>

class QComboBox;
class QHBoxLayout;
class QTableView;

namespace headroom::ui
{

class Panel;
class RuleModel;
class SentenceHeader;

/// Why a backend does not take a call: every rule with its value and limit, LibTorch's own words where a run asked it,
/// and the smallest change as a button. Answers by the rules at once, for what the form holds and for each layer of a
/// report; where a worker is there, LibTorch is then asked for its own word on the call and on each change.
class WhyNotPage : public FacedPage
{
    Q_OBJECT

public:
    explicit WhyNotPage(const Theme& theme, QWidget* parent = nullptr);

    QString id() const override { return QStringLiteral("why_not"); }
    QString title() const override { return tr("Why not"); }

    void showProblem(const AttentionProblem& problem, const DeviceFacts& device) override;
    void showExplanation(const AttentionProblem& problem, const LayerEvidence& evidence) override;

protected:
    void refresh() override;
    void forget() override { m_questions.clear(); }
    void resizeEvent(QResizeEvent* event) override;

private:
    /// Something that can be asked about.
    struct Question
    {
        QString name;
        QString key;    ///< tells it apart from others
        QString source; ///< in the front report's JSON; empty for the form's and other reports'
        LayerEvidence evidence;
        DeviceFacts device;

        bool operator==(const Question&) const = default;
    };

    std::vector<Question> questions() const;
    void addQuestionsOf(const OpenReport& open, bool front, std::vector<Question>& all) const;
    const Question* shownQuestion() const;
    bool canAsk(const Question& question) const;
    const LayerEvidence* answerTo(const AttentionProblem& problem) const;
    void askNext();
    void addWordOfLibTorch(class Card& card, const Question& question, const Remedy& remedy) const;
    void fitColumns();
    void showQuestion();
    void showSentence(const Question& question);
    void showCards(const Question& question);
    class Card* cardFor(const Question& question, std::size_t answer);

    std::optional<Question> m_form;
    std::vector<Question> m_questions;
    QString m_shown;                           ///< the key of the chosen question
    std::vector<LayerEvidence> m_answers;      ///< LibTorch's, on the form's device
    std::optional<AttentionProblem> m_waiting; ///< asked, and not answered yet
    QTimer m_askSoon;                          ///< not at every key that is pressed
    RuleModel* m_rules;
    SentenceHeader* m_header;
    QComboBox* m_choice;
    QHBoxLayout* m_cards;
    Panel* m_table;
    QTableView* m_view;
};

} // namespace headroom::ui
