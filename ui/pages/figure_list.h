// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/table.h"
#include "ui/models/figure.h"

#include <QString>
#include <QWidget>

#include <vector>

class QGridLayout;

namespace headroom::ui
{

class Label;
class Theme;

/// One line: a name, and what it comes to.
struct FigureLine
{
    QString name;
    QString text;
    QString definition; ///< tooltip of both
    Figure figure;
    Tone tone = Tone::Plain;
    bool part = false; ///< belongs to the line above: it stands further in
};

/// Figures below each other, names left and values right; a value that is one long word has a row of its own. Lines
/// keep their widgets while only their text changes.
class FigureList : public QWidget
{
    Q_OBJECT

public:
    explicit FigureList(const Theme& theme, QWidget* parent = nullptr);

    void setLines(const std::vector<FigureLine>& lines);

private:
    void growTo(std::size_t count);
    static int rowOf(std::size_t line);
    void place(std::size_t line, bool beneath);

    const Theme& m_theme;
    QGridLayout* m_grid;
    std::vector<std::pair<Label*, Label*>> m_labels;
};

} // namespace headroom::ui
