// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/model_lookup.h"

#include <algorithm>

namespace headroom::ui
{
namespace
{

constexpr int kRestMs = 700; ///< loading a model for each digit that is typed would be in vain
constexpr std::size_t kMostAnswers = 16;

/// What questions are told apart by: the permission is the user's, and no part of what is asked.
ModelQuestion plain(ModelQuestion question)
{
    question.request.allowNativeCode = false;
    return question;
}

QString pathOf(const ModelQuestion& question)
{
    return QString::fromStdString(question.request.path);
}

/// The worker's refusal names the option of the command line that lets it.
bool isOfNativeCode(const QString& sentence)
{
    return sentence.contains(QLatin1String("--allow-native-code"));
}

} // namespace

ModelLookup::ModelLookup(QObject* parent) : QObject(parent)
{
    m_rest.setSingleShot(true);
    m_rest.setInterval(kRestMs);
    connect(&m_rest, &QTimer::timeout, this,
            [this]
            {
                if (m_loading) // the user waits for that
                {
                    m_rest.start();
                }
                else if (m_needed && !find(m_needed) && m_open != m_needed)
                {
                    ask(*m_needed);
                }
            });
}

void ModelLookup::load(const ModelQuestion& question)
{
    m_loading = plain(question);
    ask(question);
}

void ModelLookup::need(const std::optional<ModelQuestion>& question)
{
    m_needed = question ? std::optional(plain(*question)) : std::nullopt;
    if (m_needed && !find(m_needed))
    {
        m_rest.start();
    }
    else
    {
        m_rest.stop();
    }
}

void ModelLookup::retry()
{
    if (m_needed)
    {
        std::erase_if(m_answers, [this](const Answer& kept) { return kept.question == *m_needed; });
        ask(*m_needed);
    }
}

void ModelLookup::allowNativeCode(const QString& path)
{
    m_allowed.insert(path);
    std::erase_if(m_answers, [&](const Answer& kept) { return !kept.model && pathOf(kept.question) == path; });
}

void ModelLookup::ask(ModelQuestion question)
{
    m_open = plain(question);
    question.request.allowNativeCode = m_allowed.contains(pathOf(question));
    Q_EMIT asked(question);
    Q_EMIT changed();
}

const ModelLookup::Answer* ModelLookup::find(const std::optional<ModelQuestion>& question) const
{
    const auto found =
        !question ? m_answers.end()
                  : std::find_if(m_answers.begin(), m_answers.end(),
                                 [wanted = plain(*question)](const Answer& kept) { return kept.question == wanted; });
    return found == m_answers.end() ? nullptr : &*found;
}

SeenModel ModelLookup::answerTo(const std::optional<ModelQuestion>& question) const
{
    const Answer* found = find(question);
    return found != nullptr ? found->model : SeenModel();
}

QString ModelLookup::failureOf(const std::optional<ModelQuestion>& question) const
{
    const Answer* found = find(question);
    return found != nullptr ? found->failure : QString();
}

void ModelLookup::keep(const ModelQuestion& question, const SeenModel& model)
{
    answer({plain(question), model, {}});
}

void ModelLookup::answer(Answer answer)
{
    std::erase_if(m_answers, [&](const Answer& kept) { return kept.question == answer.question; });
    m_answers.push_front(std::move(answer));
    m_answers.resize(std::min(m_answers.size(), kMostAnswers));
}

void ModelLookup::take(const ModelQuestion& question, const SeenModel& model)
{
    const ModelQuestion asked = plain(question);
    keep(asked, model);
    m_open = m_open == asked ? std::nullopt : m_open;
    if (m_loading == asked)
    {
        m_loading.reset();
        Q_EMIT loaded(asked, model);
    }
    Q_EMIT changed();
}

void ModelLookup::takeFailure(const ModelQuestion& question, const QString& sentence)
{
    const ModelQuestion asked = plain(question);
    const bool wanted = m_loading == asked;
    m_open = m_open == asked ? std::nullopt : m_open;
    if (wanted)
    {
        m_loading.reset();
    }
    const bool native = isOfNativeCode(sentence) && !m_allowed.contains(pathOf(asked));
    if (!wanted || m_needed == asked)
    {
        answer({asked, {}, native ? tr("It holds native code, which is loaded only when you say so.") : sentence});
    }
    if (native)
    {
        Q_EMIT nativeCodeFound(asked);
    }
    else if (wanted)
    {
        Q_EMIT refused(asked, sentence);
    }
    Q_EMIT changed();
}

} // namespace headroom::ui
