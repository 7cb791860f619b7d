// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/validation_plan.h"
#include "ui/config/interpretation.h"

#include <QObject>
#include <QString>

#include <map>
#include <optional>
#include <string>

namespace headroom::ui
{

/// What is in the files of the model that the form names, and what is wrong with them. Files are looked at on a thread
/// of the pool, once for each pair of files and sizes; an answer to an older question is dropped.
class ModelFileCheck : public QObject
{
    Q_OBJECT

public:
    explicit ModelFileCheck(QObject* parent) : QObject(parent) {}

    /// Looks at the files of \a request, where it has any. Ends in changed().
    void look(const std::optional<ValidationRequest>& request);

    /// While a file is looked at, that is its problem.
    const std::map<Field, FieldProblem>& problems() const { return m_problems; }

    /// Reads the sizes that the shapes in \a weights tell; what they do not is as in \a assumed. Ends in sizesRead(),
    /// or in nothing: what is wrong with a file look() says.
    void readSizes(const QString& weights, const ModelSpec& assumed);

Q_SIGNALS:
    void changed();
    void sizesRead(const QString& weights, const headroom::ModelSpec& sizes);

private:
    void ask(const ValidationRequest& request);

    std::map<Field, FieldProblem> m_problems;
    std::string m_asked;
};

} // namespace headroom::ui
