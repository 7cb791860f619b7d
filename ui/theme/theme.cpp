// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include "ui/theme/fonts.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/system_scheme.h"

#include <QApplication>

#include <cmath>

namespace headroom::ui
{
namespace
{

QColor rgb(QRgb value)
{
    return QColor::fromRgb(value);
}

Colours lightColours()
{
    Colours colours;
    colours.page = rgb(0xF6F7F9);
    colours.panel = rgb(0xFFFFFF);
    colours.field = rgb(0xF6F7F9);
    colours.line = rgb(0xDDE1E7);
    colours.text = rgb(0x1B1F27);
    colours.secondary = rgb(0x5B6472);
    colours.accent = rgb(0x2458C6);
    colours.onAccent = rgb(0xFFFFFF);
    colours.selected = rgb(0xECF2FD);
    colours.good = rgb(0x1A7A48);
    colours.caution = rgb(0x9E5C00);
    colours.bad = rgb(0xB3261E);
    return colours;
}

Colours darkColours()
{
    Colours colours;
    colours.page = rgb(0x14171C);
    colours.panel = rgb(0x1C2027);
    colours.field = rgb(0x14171C);
    colours.line = rgb(0x2E343E);
    colours.text = rgb(0xE9ECF1);
    colours.secondary = rgb(0x9AA3B2);
    colours.accent = rgb(0x7AA2FF);
    colours.onAccent = rgb(0x14171C);
    colours.selected = rgb(0x242C3D);
    colours.good = rgb(0x58C48A);
    colours.caution = rgb(0xF0B35A);
    colours.bad = rgb(0xFF8A80);
    return colours;
}

} // namespace

Theme::Theme(QObject* parent) : QObject(parent), m_system(new SystemScheme(this))
{
    connect(m_system, &SystemScheme::changed, this, &Theme::updateScheme);
    updateScheme();
}

void Theme::setChoice(SchemeChoice choice)
{
    m_choice = choice;
    updateScheme();
}

void Theme::setScale(double scale)
{
    m_scale = scale;
    Q_EMIT changed();
}

const Colours& Theme::colours() const
{
    return coloursOf(m_scheme);
}

const Colours& Theme::coloursOf(Scheme scheme)
{
    static const Colours light = lightColours();
    static const Colours dark = darkColours();
    return scheme == Scheme::Light ? light : dark;
}

/// Okabe and Ito's set, lighter on dark.
QColor Theme::backendColour(Backend backend, Scheme scheme)
{
    const bool light = scheme == Scheme::Light;
    switch (backend)
    {
    case Backend::Cudnn:
        return rgb(light ? 0x0072B2 : 0x56B4E9);
    case Backend::Flash:
        return rgb(light ? 0xD55E00 : 0xFF9E4A);
    case Backend::MemoryEfficient:
        return rgb(light ? 0x009E73 : 0x3DD6A3);
    case Backend::Math:
        return rgb(light ? 0x8A8F98 : 0xA9B0BB);
    case Backend::Naive:
        return rgb(light ? 0xCC79A7 : 0xE6A5C8);
    case Backend::Fp64:
        return rgb(light ? 0xB79F00 : 0xF0E442);
    case Backend::Default:
        break;
    }
    return coloursOf(scheme).text;
}

QFont Theme::font(TextRole role) const
{
    static constexpr double kSizes[] = {34, 20, 13, 12, 12};
    QFont font(role == TextRole::Code ? QStringLiteral("DejaVu Sans Mono") : QStringLiteral("Inter"));
    font.setStyleStrategy(QFont::PreferAntialias);
    // As most desktops set it up; left to itself, a machine without font configuration would hint until text looks
    // bold.
    font.setHintingPreference(QFont::PreferVerticalHinting);
#if QT_VERSION >= QT_VERSION_CHECK(6, 7, 0)
    font.setFeature("tnum", 1); // figures below each other line up; older Qt has no way to ask for it
#endif
    font.setPixelSize(static_cast<int>(std::lround(kSizes[static_cast<int>(role)] * m_scale)));
    if (role == TextRole::Figure || role == TextRole::Sentence)
    {
        font.setWeight(QFont::DemiBold);
    }
    return font;
}

int Theme::space(int steps) const
{
    return static_cast<int>(std::lround(4.0 * steps * m_scale));
}

void Theme::applyTo(QApplication& application) const
{
    application.setPalette(paletteOf(*this));
    application.setFont(font(TextRole::Title));
    application.setStyleSheet(styleSheetOf(*this));
}

void Theme::loadFonts()
{
    loadProgramFonts();
}

void Theme::updateScheme()
{
    const Scheme wanted = m_choice == SchemeChoice::System  ? m_system->scheme()
                          : m_choice == SchemeChoice::Light ? Scheme::Light
                                                            : Scheme::Dark;
    if (wanted != m_scheme)
    {
        m_scheme = wanted;
        Q_EMIT changed();
    }
}

} // namespace headroom::ui
