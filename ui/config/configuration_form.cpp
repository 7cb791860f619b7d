// SPDX-License-Identifier: GPL-3.0-or-later
// The widgets of the panel: how it is put together, and its menus. What it does stands in configuration_panel.cpp.
#include "ui/config/configuration_panel.h"

#include "ui/config/consequence_view.h"
#include "ui/config/field_row.h"
#include "ui/config/model_file_card.h"
#include "ui/config/model_form.h"
#include "ui/config/preset_menu.h"
#include "ui/theme/theme.h"

#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QLabel>
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
    m_presetMenu = new PresetMenu(m_presets);
    m_presets->setMenu(m_presetMenu);
    connect(m_presetMenu, &PresetMenu::chosen, this,
            [this](const QString& step, const PresetMenu::Change& change) { push(step, change(m_configuration)); });
    connect(m_presetMenu, &PresetMenu::saveRequested, this, &ConfigurationPanel::askNameAndSave);
    connect(m_presetMenu, &PresetMenu::failed, this, &ConfigurationPanel::failed);
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
    m_modelFile = new ModelFileCard(m_theme);
    column->addWidget(m_modelFile);
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
    connect(m_view, &ConsequenceView::machineWanted, this,
            [this]
            {
                m_whyNoMachine.clear();
                showAnswers();
                Q_EMIT machineWanted();
            });
    m_run = new QPushButton;
    m_run->setObjectName(QStringLiteral("run"));
    m_run->setProperty("role", QStringLiteral("primary"));
    m_run->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(m_run, &QPushButton::clicked, this, &ConfigurationPanel::requestRun);
    m_audit = new QPushButton(tr("Audit"));
    m_audit->setObjectName(QStringLiteral("audit"));
    m_audit->setSizePolicy(QSizePolicy::Minimum, QSizePolicy::Preferred);
    m_audit->hide();
    connect(m_audit, &QPushButton::clicked, this, &ConfigurationPanel::requestAudit);
    m_estimate = new QLabel;
    m_estimate->setObjectName(QStringLiteral("estimate"));
    m_estimate->setProperty("role", QStringLiteral("secondary"));
    m_estimate->setFont(m_theme.font(TextRole::Note));
    m_estimate->setWordWrap(true);
    column->addWidget(m_view);
    column->addSpacing(m_theme.space(1));
    auto* actions = new QHBoxLayout;
    actions->setSpacing(m_theme.space(2));
    actions->addWidget(m_run, 1);
    actions->addWidget(m_audit);
    column->addLayout(actions);
    column->addWidget(m_estimate);
}

void ConfigurationPanel::showSubject()
{
    const bool model = m_configuration.subject == ConfiguredSubject::Model;
    m_modelTab->setChecked(model);
    m_attentionTab->setChecked(!model);
    m_modelFile->setVisible(model);
    const bool fromFile = isFromFile(m_configuration);
    for (const auto& [field, row] : m_rows)
    {
        const bool ofSubject = !row->info().subject || *row->info().subject == m_configuration.subject;
        row->setVisible(ofSubject && !(fromFile && isOfBuiltInModel(field)));
    }
}

void ConfigurationPanel::saveAs(const QString& name)
{
    m_presetMenu->save(name, m_configuration);
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
        if (name.endsWith(QLatin1String(".safetensors"), Qt::CaseInsensitive) || looksLikeModel(name))
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
