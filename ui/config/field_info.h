// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/config/configuration.h"

#include <QList>
#include <QString>

#include <optional>
#include <span>

namespace headroom::ui
{

/// How a field is edited.
enum class EditorKind
{
    Number, ///< one size: "768", "4k"; arrow keys step it
    Sizes,  ///< a list of sizes: "128,256", "512..4k"
    Words,  ///< a list of words, typed or chosen
    Choice, ///< one of a few
    Switch, ///< yes or no
    File
};

/// How the form shows one field. Said once for the form, its tooltips and its documentation.
struct FieldInfo
{
    Field field;
    EditorKind editor;
    std::optional<ConfiguredSubject> subject; ///< nothing: of both
    bool more = false;                        ///< shown on demand
    const char* label = "";
    const char* tip = "";
};

/// In the order of the form.
std::span<const FieldInfo> fieldInfos();

QString labelOf(const FieldInfo& info);
QString tipOf(const FieldInfo& info);

/// A text of a field and what the form calls it.
struct FieldChoice
{
    QString text;
    QString label;
};

/// What a Choice or Words field may hold. The devices are the form's to name.
QList<FieldChoice> choicesOf(Field field);

} // namespace headroom::ui
