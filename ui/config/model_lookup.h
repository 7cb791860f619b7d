// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/run/model_question.h"

#include <QObject>
#include <QSet>
#include <QString>
#include <QTimer>

#include <deque>
#include <optional>

namespace headroom::ui
{

/// What is known of the models from files that the form was given: the worker's answers, which are kept, so that a step
/// back needs no worker, and the question that is open. Asks by asked(); whoever has the worker answers by take() or
/// takeFailure().
class ModelLookup : public QObject
{
    Q_OBJECT

public:
    explicit ModelLookup(QObject* parent);

    /// A model that the user wants in the form. Ends in one of loaded(), refused() and nativeCodeFound().
    void load(const ModelQuestion& question);

    /// What the form holds now. It is asked, where it is not known yet, once the form has rested for a moment.
    void need(const std::optional<ModelQuestion>& question);
    void retry(); ///< what the form holds, that failed before

    /// The user trusts the code in \a path, until the program ends.
    void allowNativeCode(const QString& path);

    SeenModel answerTo(const std::optional<ModelQuestion>& question) const;      ///< null: not known
    QString failureOf(const std::optional<ModelQuestion>& question) const;       ///< empty: none
    const std::optional<ModelQuestion>& open() const { return m_open; }          ///< that the worker is at
    bool isLoading() const { return m_open.has_value() && m_open == m_loading; } ///< asked by load()

    /// \a model is what \a question asks as well: numbers that the worker chose are now in the form.
    void keep(const ModelQuestion& question, const SeenModel& model);

public Q_SLOTS:
    void take(const headroom::ui::ModelQuestion& question, const headroom::ui::SeenModel& model);
    void takeFailure(const headroom::ui::ModelQuestion& question, const QString& sentence);

Q_SIGNALS:
    void asked(const headroom::ui::ModelQuestion& question);
    void changed(); ///< an answer came, or a question went out
    void loaded(const headroom::ui::ModelQuestion& question, const headroom::ui::SeenModel& model);
    void refused(const headroom::ui::ModelQuestion& question, const QString& sentence);
    void nativeCodeFound(const headroom::ui::ModelQuestion& question);

private:
    struct Answer
    {
        ModelQuestion question;
        SeenModel model; ///< null: it failed
        QString failure;
    };

    void ask(ModelQuestion question);
    void answer(Answer answer);
    const Answer* find(const std::optional<ModelQuestion>& question) const;

    std::deque<Answer> m_answers; ///< the latest first
    std::optional<ModelQuestion> m_open;
    std::optional<ModelQuestion> m_loading;
    std::optional<ModelQuestion> m_needed;
    QSet<QString> m_allowed;
    QTimer m_rest;
};

} // namespace headroom::ui
