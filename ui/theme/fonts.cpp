// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/fonts.h"

#include <QFont>
#include <QFontDatabase>
#include <QResource>
#include <QStringList>

/// Fonts, in the resource file that CMake makes, and the marks of the style sheet. In no namespace, as the macro wants
/// it.
static void initialiseThemeResources()
{
    Q_INIT_RESOURCE(headroom_fonts);
    Q_INIT_RESOURCE(headroom_theme);
}

namespace headroom::ui
{

void loadProgramFonts()
{
    static bool loaded = false;
    if (loaded)
    {
        return;
    }
    loaded = true;
    initialiseThemeResources();
    for (const char* name : {"Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "Inter-Bold.otf",
                             "DejaVuSansMono.ttf", "DejaVuSans.ttf"})
    {
        QFontDatabase::addApplicationFont(QStringLiteral(":/fonts/") + QLatin1String(name));
    }
    QFont::insertSubstitutions(QStringLiteral("Inter"), {QStringLiteral("DejaVu Sans")});
    QFont::insertSubstitutions(QStringLiteral("DejaVu Sans Mono"), {QStringLiteral("DejaVu Sans")});
}

} // namespace headroom::ui
