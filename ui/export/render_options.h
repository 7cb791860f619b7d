// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QSize>
#include <QString>
#include <QStringList>

#include <optional>
#include <string>

namespace headroom::ui
{

/// What `headroom --render` was asked for.
struct RenderOptions
{
    QStringList reports; ///< files; the first is in front, the others are compared with it
    QString output;      ///< folder
    QStringList formats{QStringLiteral("png")};
    Scheme scheme = Scheme::Light;
    QSize size{1280, 800};
    double scale = 1;
    QStringList pages; ///< ids; empty: all
    bool help = false;
};

/// Whether \a arguments, the program's without its name, ask for drawing.
bool wantsRendering(const QStringList& arguments);

/// Reads `--render REPORT... --output DIR [--format png,svg,pdf,html] [--scheme light|dark] [--size 1280x800]
/// [--scale 2] [--pages overview,...]`. \throws std::invalid_argument with a sentence.
RenderOptions readRenderOptions(const QStringList& arguments);

/// The text of `headroom --render --help`.
const char* renderHelp();

} // namespace headroom::ui
