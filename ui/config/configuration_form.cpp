// SPDX-License-Identifier: GPL-3.0-or-later
// The widgets of the panel: how it is put together, and its menus. What it does stands in configuration_panel.cpp.
#include "ui/config/configuration_panel.h"

#include "ui/config/consequence_view.h"
#include "ui/config/field_row.h"
#include "ui/models/report_words.h"
#include "ui/theme/theme.h"

#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QToolButton>
#include <QUndoStack>
#include <QVBoxLayout>

namespace headroom::ui
{
namespace
{

constexpr int kWidthSteps = 62;

QPushButton* tab(const char* name, const QString& text)
{
    auto* button = new QPushButton(text);
    button->setObjectName(QString::fromLatin1(name));
    button->setCheckable(true);
    button->setAutoExclusive(true);
    return button;
}

} // namespace

QSize ConfigurationPanel::sizeHint() const
{
    return {m_theme.space(kWidthSteps), QWidget::sizeHint().height()};
}

void ConfigurationPanel::build()
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(m_theme.space(4), m_theme.space(4), m_theme.space(4), m_theme.space(4));
    column->setSpacing(m_theme.space(2));
    buildHeader(column);
    buildFields(column);
    buildFooter(column);
    connect(&m_theme, &Theme::changed, this, &QWidget::updateGeometry);
}

void ConfigurationPanel::buildHeader(QVBoxLayout* column)
{
    auto* title = new QLabel(tr("Configuration"));
    title->setProperty("role", QStringLiteral("title"));
    m_presets = new QToolButton;
    m_presets->setObjectName(QStringLiteral("presets"));
    m_presets->setAccessibleName(tr("Presets and saved configurations"));
    m_presets->setToolTip(tr("Published models, sweeps with a name, and what you have saved"));
    m_presets->setProperty("role", QStringLiteral("link"));
    m_presets->setPopupMode(QToolButton::InstantPopup);
    m_presets->setArrowType(Qt::NoArrow);
    m_presetMenu = new QMenu(m_presets);
    m_presetMenu->setToolTipsVisible(true);
    m_presets->setMenu(m_presetMenu);
    connect(m_presetMenu, &QMenu::aboutToShow, this, &ConfigurationPanel::fillPresetMenu);
    auto* line = new QHBoxLayout;
    line->addWidget(title);
    line->addStretch();
    line->addWidget(m_presets);
    column->addLayout(line);

    m_modelTab = tab("subject-model", tr("Model"));
    m_modelTab->setToolTip(tr("A transformer with an input"));
    m_attentionTab = tab("subject-attention", tr("Attention"));
    m_attentionTab->setToolTip(tr("One attention call, or lists of sizes, masks and passes"));
    auto* tabs = new QHBoxLayout;
    tabs->setSpacing(m_theme.space(1));
    tabs->addWidget(m_modelTab, 1);
    tabs->addWidget(m_attentionTab, 1);
    column->addLayout(tabs);
    const auto choose = [this](ConfiguredSubject subject)
    {
        auto after = m_configuration;
        after.subject = subject;
        push(tr("Change the subject"), after);
    };
    connect(m_modelTab, &QPushButton::clicked, this, [choose] { choose(ConfiguredSubject::Model); });
    connect(m_attentionTab, &QPushButton::clicked, this, [choose] { choose(ConfiguredSubject::Attention); });
}

void ConfigurationPanel::buildFields(QVBoxLayout* column)
{
    auto* area = new QScrollArea;
    area->setObjectName(QStringLiteral("fields"));
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFocusPolicy(Qt::NoFocus);
    auto* content = new QWidget;
    auto* rows = new QVBoxLayout(content);
    rows->setContentsMargins(0, 0, m_theme.space(2), 0);
    rows->setSpacing(m_theme.space(1));
    m_more = new QWidget;
    auto* moreRows = new QVBoxLayout(m_more);
    moreRows->setContentsMargins(0, 0, 0, 0);
    moreRows->setSpacing(m_theme.space(1));
    for (const auto& info : fieldInfos())
    {
        addRow(info, info.more ? moreRows : rows);
    }
    m_moreButton = new QPushButton;
    m_moreButton->setObjectName(QStringLiteral("moreFields"));
    m_moreButton->setProperty("role", QStringLiteral("link"));
    m_moreButton->setCheckable(true);
    connect(m_moreButton, &QPushButton::clicked, this, &ConfigurationPanel::showMore);
    rows->addWidget(m_moreButton, 0, Qt::AlignLeft);
    rows->addWidget(m_more);
    rows->addStretch();
    area->setWidget(content);
    column->addWidget(area, 1);
    showMore(false);
}

void ConfigurationPanel::showMore(bool shown)
{
    m_more->setVisible(shown);
    m_moreButton->setChecked(shown);
    m_moreButton->setText(shown ? tr("Fewer fields") : tr("More fields"));
}

void ConfigurationPanel::addRow(const FieldInfo& info, QVBoxLayout* rows)
{
    auto* row = new FieldRow(info, m_theme, this);
    rows->addWidget(row);
    m_rows[info.field] = row;
    const Field field = info.field;
    connect(row, &FieldRow::edited, this, [this, field](const QString& text) { edit(field, text); });
    connect(row, &FieldRow::committed, this, [this] { ++m_burst; });
    connect(row, &FieldRow::suggestionTaken, this,
            [this, row, field](const QString& suggestion)
            {
                auto after = m_configuration;
                after.setText(field, suggestion.toStdString());
                row->editor()->setFocus();
                push(tr("Use %1").arg(suggestion), after);
            });
    connect(row, &FieldRow::undoRequested, m_history, &QUndoStack::undo);
    connect(row, &FieldRow::redoRequested, m_history, &QUndoStack::redo);
    if (field == Field::Device)
    {
        row->setChoices({{QString(), tr("automatic")}});
    }
}

void ConfigurationPanel::buildFooter(QVBoxLayout* column)
{
    m_view = new ConsequenceView(m_theme);
    connect(m_view, &ConsequenceView::remedyTaken, this, &ConfigurationPanel::setProblem);
    connect(m_view, &ConsequenceView::allRulesRequested, this, &ConfigurationPanel::explanationRequested);
    m_run = new QPushButton;
    m_run->setObjectName(QStringLiteral("run"));
    m_run->setProperty("role", QStringLiteral("primary"));
    m_run->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(m_run, &QPushButton::clicked, this, &ConfigurationPanel::requestRun);
    m_estimate = new QLabel;
    m_estimate->setObjectName(QStringLiteral("estimate"));
    m_estimate->setProperty("role", QStringLiteral("secondary"));
    m_estimate->setFont(m_theme.font(TextRole::Note));
    m_estimate->setWordWrap(true);
    column->addWidget(m_view);
    column->addSpacing(m_theme.space(1));
    column->addWidget(m_run);
    column->addWidget(m_estimate);
}

void ConfigurationPanel::showSubject()
{
    const bool model = m_configuration.subject == ConfiguredSubject::Model;
    m_modelTab->setChecked(model);
    m_attentionTab->setChecked(!model);
    for (const auto& [field, row] : m_rows)
    {
        row->setVisible(!row->info().subject || *row->info().subject == m_configuration.subject);
    }
}

void ConfigurationPanel::fillPresetMenu()
{
    m_presetMenu->clear();
    m_presetMenu->addSection(tr("Models"));
    for (const auto& preset : modelPresets())
    {
        auto* action = m_presetMenu->addAction(textOf(preset.title));
        action->setToolTip(preset.note.empty()
                               ? textOf(preset.what)
                               : QStringLiteral("%1\n%2").arg(textOf(preset.what), textOf(preset.note)));
        connect(action, &QAction::triggered, this,
                [this, &preset]
                { push(tr("Preset %1").arg(textOf(preset.title)), withModelPreset(m_configuration, preset)); });
    }
    auto* sweeps = m_presetMenu->addMenu(tr("Attention sweeps"));
    sweeps->setToolTipsVisible(true);
    for (const auto& preset : sweepPresets())
    {
        auto* action = sweeps->addAction(textOf(preset.name));
        action->setToolTip(textOf(preset.what));
        connect(action, &QAction::triggered, this,
                [this, &preset]
                { push(tr("Preset %1").arg(textOf(preset.name)), withSweepPreset(m_configuration, preset)); });
    }
    addSavedMenu(m_presetMenu);
}

void ConfigurationPanel::addSavedMenu(QMenu* menu)
{
    menu->addSeparator();
    auto* saved = menu->addMenu(tr("Saved"));
    auto* forget = menu->addMenu(tr("Forget"));
    for (const auto& name : m_saved.names())
    {
        connect(saved->addAction(name), &QAction::triggered, this, [this, name] { loadSaved(name); });
        connect(forget->addAction(name), &QAction::triggered, this, [this, name] { forgetSaved(name); });
    }
    saved->setEnabled(!saved->isEmpty());
    forget->setEnabled(!forget->isEmpty());
    connect(menu->addAction(tr("Save this as…")), &QAction::triggered, this, &ConfigurationPanel::askNameAndSave);
}

void ConfigurationPanel::loadSaved(const QString& name)
{
    try
    {
        push(tr("Load %1").arg(name), m_saved.load(name));
    }
    catch (const std::exception& error)
    {
        Q_EMIT failed(QString::fromUtf8(error.what()));
    }
}

void ConfigurationPanel::forgetSaved(const QString& name)
{
    try
    {
        m_saved.remove(name);
    }
    catch (const std::exception& error)
    {
        Q_EMIT failed(QString::fromUtf8(error.what()));
    }
}

void ConfigurationPanel::saveAs(const QString& name)
{
    const QString problem = SavedConfigurations::problemWithName(name);
    try
    {
        if (problem.isEmpty())
        {
            m_saved.save(name.trimmed(), m_configuration);
            return;
        }
        Q_EMIT failed(problem);
    }
    catch (const std::exception& error)
    {
        Q_EMIT failed(QString::fromUtf8(error.what()));
    }
}

void ConfigurationPanel::askNameAndSave()
{
    auto* dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Save the configuration"));
    dialog->setLabelText(tr("Its name"));
    dialog->setTextValue(m_presets->text() == tr("Presets") ? QString() : m_presets->text());
    connect(dialog, &QInputDialog::textValueSelected, this, &ConfigurationPanel::saveAs);
    dialog->open();
}

void ConfigurationPanel::dragEnterEvent(QDragEnterEvent* event)
{
    for (const auto& url : event->mimeData()->urls())
    {
        const auto name = url.toLocalFile();
        if (name.endsWith(QLatin1String(".safetensors"), Qt::CaseInsensitive) ||
            name.endsWith(QLatin1String(".pt2"), Qt::CaseInsensitive))
        {
            event->acceptProposedAction();
        }
    }
}

void ConfigurationPanel::dropEvent(QDropEvent* event)
{
    for (const auto& url : event->mimeData()->urls())
    {
        loadModelFile(url.toLocalFile());
    }
}

} // namespace headroom::ui
