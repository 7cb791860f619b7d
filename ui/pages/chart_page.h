// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/page.h"

#include <vector>

class QComboBox;
class QGridLayout;
class QHBoxLayout;
class QStackedLayout;
class QVBoxLayout;

namespace headroom::ui
{

class ChartLegend;
class CircumstanceLine;
class ChartView;
class Hint;
class Label;
class SentenceHeader;

/// A page of charts: the sentence, in what the reports that lie over each other are unlike, what can be chosen, one
/// legend, the charts, and a note on what is not in them. In place of all that a hint, while there is nothing to show.
class ChartPage : public Page
{
    Q_OBJECT

public:
    ChartPage(const Theme& theme, const QString& name, QWidget* parent = nullptr);

    /// The charts of the page, for whoever draws them to a file.
    const std::vector<ChartView*>& charts() const { return m_charts; }

protected:
    SentenceHeader& header() const { return *m_header; }
    ChartLegend& legend() const { return *m_legend; }
    QGridLayout& grid() const { return *m_grid; }
    QVBoxLayout& body() const { return *m_body; }

    /// A chart called \a name, which follows the legend.
    ChartView* addChart(const QString& name);

    /// A choice with its label, above the legend; each choice ends in refresh().
    QComboBox* addChoice(const QString& label, const QString& name);

    /// At the right end of the choices.
    void addToChoices(QWidget* widget);

    /// Fills \a choice with \a texts and keeps what was chosen; it is hidden where there is nothing to choose.
    static void setChoices(QComboBox* choice, const QStringList& texts);

    void setNote(const QString& note);
    void showContent();
    void showHint(const QString& title, const QString& text, bool actions = true);

private:
    void applySpacing();

    QString m_name;
    QStackedLayout* m_stack;
    Hint* m_hint = nullptr;
    QWidget* m_content;
    QVBoxLayout* m_body;
    SentenceHeader* m_header;
    CircumstanceLine* m_circumstances;
    QHBoxLayout* m_choices;
    ChartLegend* m_legend;
    QGridLayout* m_grid;
    Label* m_note;
    std::vector<ChartView*> m_charts;
};

} // namespace headroom::ui
