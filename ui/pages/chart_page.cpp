// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/chart_page.h"

#include "ui/charts/chart_legend.h"
#include "ui/charts/chart_view.h"
#include "ui/pages/circumstance_line.h"
#include "ui/theme/theme.h"
#include "ui/widgets/hint.h"
#include "ui/widgets/label.h"
#include "ui/widgets/sentence_header.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QStackedLayout>

namespace headroom::ui
{

ChartPage::ChartPage(const Theme& theme, const QString& name, QWidget* parent) : Page(theme, parent), m_name(name)
{
    setObjectName(name + QStringLiteral("Page"));
    m_stack = new QStackedLayout(this);
    m_content = new QWidget(this);
    m_body = new QVBoxLayout(m_content);
    m_header = new SentenceHeader(theme, m_content);
    m_header->setObjectName(name + QStringLiteral("Header"));
    m_circumstances = new CircumstanceLine(theme, m_content);
    m_choices = new QHBoxLayout;
    m_choices->addStretch(1);
    m_legend = new ChartLegend(theme, m_content);
    m_grid = new QGridLayout;
    m_note = new Label(theme, TextRole::Note, m_content);
    m_note->setObjectName(name + QStringLiteral("Note"));
    m_note->setTone(Tone::Muted);
    m_note->setWordWrap(true);
    m_body->addWidget(m_header);
    m_body->addWidget(m_circumstances);
    m_body->addLayout(m_choices);
    m_body->addWidget(m_legend);
    m_body->addLayout(m_grid, 1);
    m_body->addWidget(m_note);
    m_stack->addWidget(m_content);
    applySpacing();
    connect(&theme, &Theme::changed, this, &ChartPage::applySpacing);
}

void ChartPage::applySpacing()
{
    m_body->setContentsMargins(theme().space(4), theme().space(4), theme().space(4), theme().space(3));
    m_body->setSpacing(theme().space(2));
    m_grid->setSpacing(theme().space(3));
    m_choices->setSpacing(theme().space(2));
}

ChartView* ChartPage::addChart(const QString& name)
{
    auto* chart = new ChartView(theme(), m_content);
    chart->setObjectName(name);
    m_legend->control(chart);
    m_charts.push_back(chart);
    return chart;
}

QComboBox* ChartPage::addChoice(const QString& label, const QString& name)
{
    auto* text = new Label(label, theme(), TextRole::Note, m_content);
    text->setTone(Tone::Muted);
    auto* choice = new QComboBox(m_content);
    choice->setObjectName(name);
    choice->setAccessibleName(label);
    choice->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    const auto applyFont = [this, choice] { choice->setFont(theme().font(TextRole::Note)); };
    applyFont();
    connect(&theme(), &Theme::changed, choice, applyFont);
    text->setBuddy(choice);
    choice->setProperty("label", QVariant::fromValue<QWidget*>(text));
    m_choices->insertWidget(m_choices->count() - 1, text);
    m_choices->insertWidget(m_choices->count() - 1, choice);
    connect(choice, &QComboBox::currentIndexChanged, this, [this] { refresh(); });
    return choice;
}

void ChartPage::addToChoices(QWidget* widget)
{
    m_choices->addWidget(widget);
}

void ChartPage::setChoices(QComboBox* choice, const QStringList& texts)
{
    const QSignalBlocker quiet(choice);
    QStringList present;
    for (int i = 0; i < choice->count(); ++i)
    {
        present << choice->itemText(i);
    }
    if (present != texts)
    {
        const QString chosen = choice->currentText();
        choice->clear();
        choice->addItems(texts);
        choice->setCurrentIndex(std::max(0, static_cast<int>(texts.indexOf(chosen))));
    }
    const bool useful = texts.size() > 1;
    choice->setVisible(useful);
    choice->property("label").value<QWidget*>()->setVisible(useful);
}

void ChartPage::setNote(const QString& note)
{
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
}

void ChartPage::showContent()
{
    m_circumstances->showReports(reports());
    m_stack->setCurrentWidget(m_content);
}

void ChartPage::showHint(const QString& title, const QString& text, bool actions)
{
    if (m_hint != nullptr)
    {
        m_stack->removeWidget(m_hint);
        m_hint->deleteLater();
    }
    m_hint = new Hint(title, text, theme(), this);
    m_hint->setObjectName(m_name + QStringLiteral("Hint"));
    if (actions)
    {
        m_hint->addUsualActions();
    }
    connect(m_hint, &Hint::actionRequested, this, &Page::actionRequested);
    m_stack->addWidget(m_hint);
    m_stack->setCurrentWidget(m_hint);
}

} // namespace headroom::ui
