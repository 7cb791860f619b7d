// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <QFontInfo>
#include <QLabel>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QtTest>

#include <algorithm>
#include <cmath>
#include <set>

using namespace headroom;
using namespace headroom::ui;

/// Colours that can be read, fonts that are there, and a style sheet without gaps.
class TestTheme : public QObject
{
    Q_OBJECT

    static double luminance(const QColor& colour)
    {
        const auto linear = [](double part)
        { return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4); };
        return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
    }

    /// As WCAG 2 defines it.
    static double contrast(const QColor& one, const QColor& other)
    {
        const auto [low, high] = std::minmax({luminance(one), luminance(other)});
        return (high + 0.05) / (low + 0.05);
    }

private Q_SLOTS:
    void textCanBeReadOnEverySurface_data()
    {
        QTest::addColumn<int>("scheme");
        QTest::newRow("light") << static_cast<int>(Scheme::Light);
        QTest::newRow("dark") << static_cast<int>(Scheme::Dark);
    }

    void textCanBeReadOnEverySurface()
    {
        QFETCH(int, scheme);
        constexpr double kLeast = 4.5;
        const Colours& c = Theme::coloursOf(static_cast<Scheme>(scheme));
        for (const QColor& surface : {c.page, c.panel, c.field, c.selected})
        {
            for (const QColor& ink : {c.text, c.secondary, c.accent, c.good, c.caution, c.bad})
            {
                const double found = contrast(surface, ink);
                QVERIFY2(found >= kLeast,
                         qPrintable(QStringLiteral("%1 on %2: %3").arg(ink.name(), surface.name()).arg(found)));
            }
        }
        QVERIFY(contrast(c.accent, c.onAccent) >= kLeast);
    }

    void everyBackendHasAColourOfItsOwn()
    {
        for (const Scheme scheme : {Scheme::Light, Scheme::Dark})
        {
            std::set<QRgb> colours;
            for (const auto& [backend, name] : EnumNames<Backend>::names)
            {
                colours.insert(Theme::backendColour(backend, scheme).rgb());
            }
            QCOMPARE(colours.size(), EnumNames<Backend>::names.size());
        }
    }

    void theStyleSheetHasNoGap()
    {
        Theme theme;
        for (const SchemeChoice choice : {SchemeChoice::Light, SchemeChoice::Dark})
        {
            theme.setChoice(choice);
            const QString sheet = styleSheetOf(theme);
            QVERIFY(!sheet.contains(QLatin1Char('@')));
            QVERIFY(!sheet.contains(QLatin1Char('%')));
            const QRegularExpression url(QStringLiteral("url\\(([^)]+)\\)"));
            for (auto matches = url.globalMatch(sheet); matches.hasNext();)
            {
                Theme::loadFonts();
                const QString file = matches.next().captured(1);
                QVERIFY2(QFile::exists(file), qPrintable(file));
            }
        }
    }

    void theProgramBringsItsFonts()
    {
        Theme::loadFonts();
        Theme theme;
        QCOMPARE(QFontInfo(theme.font(TextRole::Title)).family(), QStringLiteral("Inter"));
        QCOMPARE(QFontInfo(theme.font(TextRole::Code)).family(), QStringLiteral("DejaVu Sans Mono"));
    }

    void presentingEnlargesTextAndSpace()
    {
        Theme theme;
        QSignalSpy changed(&theme, &Theme::changed);
        const int figure = theme.font(TextRole::Figure).pixelSize();
        theme.setScale(1.5);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(theme.font(TextRole::Figure).pixelSize(), figure * 3 / 2);
        QCOMPARE(theme.space(2), 12);
    }

    void aChoiceStandsOverTheSystem()
    {
        Theme theme;
        theme.setChoice(SchemeChoice::Dark);
        QCOMPARE(theme.scheme(), Scheme::Dark);
        theme.setChoice(SchemeChoice::Light);
        QCOMPARE(theme.scheme(), Scheme::Light);
    }

    void aToneIsTakenBack()
    {
        QLabel label;
        setTone(&label, "bad");
        QCOMPARE(label.property("tone").toString(), QStringLiteral("bad"));
        setTone(&label, "");
        QVERIFY(label.property("tone").toString().isEmpty());
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
