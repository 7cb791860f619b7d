// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/device_facts.h"
#include "core/plan/audit_plan.h"
#include "core/plan/validation_plan.h"
#include "ui/config/configuration.h"
#include "ui/run/model_question.h"

#include <QString>
#include <QStringList>

#include <optional>

namespace headroom::ui
{

/// What the form holds of a model from a file, and which of its fields such a model leaves to the user.

/// Whether \a configuration asks about a model from a file.
bool isFromFile(const Configuration& configuration);

/// What a worker is to be asked for \a configuration on \a device; nothing where it is of no model from a file, or
/// where a number in it cannot be read. Whether native code may be loaded is no matter of the form.
std::optional<ModelQuestion> questionOf(const Configuration& configuration, const DeviceFacts& device);

/// The form of the model in \a path, with what was seen in it: batch, sequence, data type.
Configuration withModelFile(Configuration configuration, const QString& path, const ModelInspection& seen);

/// \a configuration with the built-in model in place of that from a file.
Configuration withBuiltInModel(Configuration configuration);

/// Whether \a field is of the built-in model's own: a model from a file brings it, and the form has no such field then.
bool isOfBuiltInModel(Field field);

/// Why \a field cannot be changed for the model \a seen, in a sentence; empty where it can.
QString whyFieldIsOff(Field field, const ModelInspection& seen);

/// The audit of the model that \a validation is of, measured in the same way.
AuditRequest auditOf(const ValidationRequest& validation);

/// What a name says of a path that was dropped or given to the program: a folder with config.json, a file that torch
/// wrote, a config.json. A JSON file of another name is taken for a report.
bool looksLikeModel(const QString& path);

/// "bert-base" of its path, file or folder.
QString modelNameOf(const QString& path);

/// For a file dialog: "Models (*.pt *.ts *.pt2 *.json)".
QString modelFileFilter();

} // namespace headroom::ui
