// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"
#include "ui/widgets/label.h"

#include <QtTest>

using namespace headroom;
using namespace headroom::ui;

/// A label that is asked its height many times answers as one that is asked for the first time.
class TestLabel : public QObject
{
    Q_OBJECT

    Theme m_theme;

    const QString m_long =
        QStringLiteral("a sentence that is long enough to be wrapped at most widths that a page has");

    /// What a label of its own says.
    int heightOf(const QString& text, int width, bool strong = false)
    {
        Label fresh(text, m_theme);
        fresh.setWordWrap(true);
        fresh.setStrong(strong);
        return fresh.heightForWidth(width);
    }

private Q_SLOTS:
    void initTestCase() { Theme::loadFonts(); }

    void theSameIsSaidTwice()
    {
        Label label(m_long, m_theme);
        label.setWordWrap(true);
        label.setTextInteractionFlags(Qt::TextSelectableByMouse);
        for (const int width : {80, 400, 80, 400})
        {
            QCOMPARE(label.heightForWidth(width), heightOf(m_long, width));
        }
        QVERIFY(label.heightForWidth(80) > label.heightForWidth(400));
    }

    void anotherTextHasAnotherHeight()
    {
        Label label(m_long, m_theme);
        label.setWordWrap(true);
        QVERIFY(label.heightForWidth(80) > 0);
        label.setText(QStringLiteral("short"));
        QCOMPARE(label.heightForWidth(80), heightOf(QStringLiteral("short"), 80));
    }

    void aLargerFontIsHigher()
    {
        Label label(m_long, m_theme);
        label.setWordWrap(true);
        const int before = label.heightForWidth(200);
        m_theme.setScale(2);
        QVERIFY(label.heightForWidth(200) > before);
        QCOMPARE(label.heightForWidth(200), heightOf(m_long, 200));
        m_theme.setScale(1);
        QCOMPARE(label.heightForWidth(200), before);
    }

    void wrappingCanBeSwitched()
    {
        Label label(m_long, m_theme);
        const int line = label.heightForWidth(80);
        label.setWordWrap(true);
        QCOMPARE(label.heightForWidth(80), heightOf(m_long, 80));
        label.setWordWrap(false);
        QCOMPARE(label.heightForWidth(80), line);
    }

    void aToneIsSeenAfterItWasShown()
    {
        Label label(m_long, m_theme);
        label.setTone(Tone::Bad); // before a style sheet has met it
        label.setStyleSheet(
            QStringLiteral("QLabel[tone=\"bad\"] { color: #ff0000; } QLabel[tone=\"good\"] { color: #00ff00; }"));
        label.show();
        QVERIFY(QTest::qWaitForWindowExposed(&label));
        QCOMPARE(label.palette().color(QPalette::WindowText), QColor(Qt::red));
        label.setTone(Tone::Good);
        QCOMPARE(label.palette().color(QPalette::WindowText), QColor(Qt::green));
    }
};

QTEST_MAIN(TestLabel)
#include "tst_label.moc"
