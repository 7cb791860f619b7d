// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/backend.h"

#include <QColor>
#include <QFont>
#include <QObject>

namespace headroom::ui
{

enum class Scheme
{
    Light,
    Dark
};

/// Which scheme the user wants; System follows the desktop.
enum class SchemeChoice
{
    System,
    Light,
    Dark
};

/// The surfaces and inks of one scheme. No colour is named anywhere else.
struct Colours
{
    QColor page;
    QColor panel;
    QColor field; ///< what is typed into
    QColor line;
    QColor text;
    QColor secondary;
    QColor accent;
    QColor onAccent; ///< text on the accent
    QColor selected; ///< a chosen row or page
    QColor good;
    QColor caution;
    QColor bad;
};

/// The roles of text.
enum class TextRole
{
    Figure,   ///< the big number of a panel, 34
    Sentence, ///< the answer that opens a page, 20
    Title,    ///< of a panel, and fields, 13
    Note,     ///< 12
    Code      ///< 12, fixed width
};

class SystemScheme;

/// Colours, fonts and sizes of everything on the screen. Made once by the program and handed to whoever draws; each
/// redraws itself on changed(). For the GUI thread.
class Theme : public QObject
{
    Q_OBJECT

public:
    explicit Theme(QObject* parent = nullptr);

    Scheme scheme() const { return m_scheme; }
    SchemeChoice choice() const { return m_choice; }
    void setChoice(SchemeChoice choice);

    /// Text and spacing are this much larger: 1, and more when presenting.
    double scale() const { return m_scale; }
    void setScale(double scale);

    const Colours& colours() const;
    static const Colours& coloursOf(Scheme scheme);

    /// The one colour of \a backend, for colour-blind readers.
    QColor backendColour(Backend backend) const { return backendColour(backend, m_scheme); }
    static QColor backendColour(Backend backend, Scheme scheme);

    QFont font(TextRole role) const;

    /// \a steps of 4 pixels, at the current scale.
    int space(int steps) const;

    /// The palette and style sheet of the whole program.
    void applyTo(class QApplication& application) const;

    /// Registers the fonts that the program brings. Call once, after the application is made and before the first text.
    static void loadFonts();

Q_SIGNALS:
    void changed();

private:
    void updateScheme();

    SystemScheme* m_system;
    SchemeChoice m_choice = SchemeChoice::System;
    Scheme m_scheme = Scheme::Light;
    double m_scale = 1;
};

} // namespace headroom::ui
