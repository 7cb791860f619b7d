// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/backend.h"
#include "core/plan/case.h"

#include <QString>

#include <string_view>

namespace headroom::ui
{

/// What things of a report are called on the screen.

inline QString textOf(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

/// \a text as it is read on a screen: a number keeps its unit at the end of a line, an option its dashes, and cuDNN its
/// spelling.
QString readable(const QString& text);

/// "cuDNN", "Flash", "Memory-efficient", "Math", "Naive", "fp64 reference", "LibTorch's choice".
QString backendName(Backend backend);

/// "Forward", "Backward", "Training step".
QString passName(Pass pass);

/// "GPT-2 small, batch 4 · sequence 128 · bfloat16 · causal" of what a report is about; empty where that is nothing.
QString subjectLine(const Subject& subject);

} // namespace headroom::ui
