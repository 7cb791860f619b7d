// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/table.h"
#include "ui/models/figure.h"

#include <QFrame>

class QVBoxLayout;

namespace headroom::ui
{

class Label;
class Theme;

/// What a BigFigure shows.
struct BigFigureContent
{
    QString label;      ///< "Training step, against math"
    QString text;       ///< "5.07×"
    QString note;       ///< "5.04 – 5.09, 95 % · 37.6 ms"
    QString definition; ///< of the figure, for the tooltip
    Tone tone = Tone::Plain;
    Figure figure;             ///< where the text comes from
    QList<Figure> basis;       ///< or what it is worked out from
    QList<Figure> noteFigures; ///< where the numbers of the note come from
};

/// One figure in type that can be read from the back of a room, with its name above and its interval below.
class BigFigure : public QFrame
{
    Q_OBJECT

public:
    explicit BigFigure(const Theme& theme, QWidget* parent = nullptr);

    void setContent(const BigFigureContent& content);
    QString text() const;

    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void applyTheme();
    void fit();

    const Theme& m_theme;
    Label* m_label;
    Label* m_figure;
    Label* m_note;
    QVBoxLayout* m_layout;
};

} // namespace headroom::ui
