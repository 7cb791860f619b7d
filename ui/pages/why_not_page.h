// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/explanation.h"
#include "ui/pages/page.h"

#include <optional>
#include <vector>

class QComboBox;
class QHBoxLayout;
class QStackedWidget;
class QTableView;

namespace headroom::ui
{

class Panel;
class RuleModel;
class SentenceHeader;

/// Why a backend does not take a call: every rule with its value and limit, LibTorch's own words where a run asked it,
/// and the smallest change as a button. Answers for what the form holds without any run, and for each layer of a
/// report.
class WhyNotPage : public Page
{
    Q_OBJECT

public:
    explicit WhyNotPage(const Theme& theme, QWidget* parent = nullptr);

    QString id() const override { return QStringLiteral("why_not"); }
    QString title() const override { return tr("Why not"); }

    void showProblem(const AttentionProblem& problem, const DeviceFacts& device) override;

protected:
    void refresh() override;
    void forget() override { m_questions.clear(); }

private:
    /// Something that can be asked about.
    struct Question
    {
        QString name;
        QString source; ///< in the report's JSON; empty for the form's
        LayerEvidence evidence;
        DeviceFacts device;

        bool operator==(const Question&) const = default;
    };

    std::vector<Question> questions() const;
    void showQuestion();
    void showSentence(const Question& question);
    void showCards(const Question& question);
    class Card* cardFor(const Question& question, std::size_t answer);

    std::optional<Question> m_form;
    std::vector<Question> m_questions;
    QString m_shown; ///< the source of the chosen question
    RuleModel* m_rules;
    QStackedWidget* m_stack;
    SentenceHeader* m_header;
    QComboBox* m_choice;
    QHBoxLayout* m_cards;
    Panel* m_table;
    QTableView* m_view;
};

} // namespace headroom::ui
