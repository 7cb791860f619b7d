// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/model_file_check.h"

#include "core/launch/model_files.h"

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>

#include <exception>

#include <fmt/format.h>

namespace headroom::ui
{
namespace
{

std::map<Field, FieldProblem> problemsOfFiles(const ValidationRequest& request)
{
    std::map<Field, FieldProblem> problems;
    const auto look = [&](Field field, std::string ValidationRequest::*other)
    {
        ValidationRequest one = request;
        (one.*other).clear();
        try
        {
            checkModelFiles(one);
        }
        catch (const std::exception& error)
        {
            problems[field] = {field, error.what(), {}};
        }
    };
    look(Field::Weights, &ValidationRequest::compiledPackage);
    look(Field::Compiled, &ValidationRequest::weightsFile);
    return problems;
}

} // namespace

void ModelFileCheck::look(const std::optional<ValidationRequest>& request)
{
    const bool any = request && (!request->weightsFile.empty() || !request->compiledPackage.empty());
    const std::string asked = any ? fmt::format("{}\n{}\n{}", request->weightsFile, request->compiledPackage,
                                                parameterCount(request->input.model))
                                  : std::string();
    if (asked == m_asked)
    {
        return;
    }
    m_asked = asked;
    m_problems.clear();
    if (any)
    {
        const Field first = request->weightsFile.empty() ? Field::Compiled : Field::Weights;
        m_problems[first] = {first, tr("Looking at the file…").toStdString(), {}};
        ask(*request);
    }
    Q_EMIT changed();
}

void ModelFileCheck::ask(const ValidationRequest& request)
{
    QThreadPool::globalInstance()->start(
        [self = QPointer<ModelFileCheck>(this), request, asked = m_asked]
        {
            auto problems = problemsOfFiles(request);
            QMetaObject::invokeMethod(
                QCoreApplication::instance(),
                [self, problems = std::move(problems), asked]
                {
                    if (self && self->m_asked == asked)
                    {
                        self->m_problems = problems;
                        Q_EMIT self->changed();
                    }
                },
                Qt::QueuedConnection);
        });
}

void ModelFileCheck::readSizes(const QString& weights, const ModelSpec& assumed)
{
    QThreadPool::globalInstance()->start(
        [self = QPointer<ModelFileCheck>(this), weights, assumed]
        {
            ModelSpec sizes;
            try
            {
                sizes = sizesIn(weights.toStdString(), assumed);
            }
            catch (const std::exception&)
            {
                return;
            }
            QMetaObject::invokeMethod(
                QCoreApplication::instance(),
                [self, weights, sizes]
                {
                    if (self)
                    {
                        Q_EMIT self->sizesRead(weights, sizes);
                    }
                },
                Qt::QueuedConnection);
        });
}

} // namespace headroom::ui
