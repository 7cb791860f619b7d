// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/model_file_card.h"

#include "core/report/format.h"
#include "core/report/inspection_tables.h"
#include "ui/config/model_form.h"
#include "ui/models/report_words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/flow_layout.h"

#include <QDir>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

namespace headroom::ui
{
namespace
{

QLabel* note(const char* name, const Theme& theme)
{
    auto* label = new QLabel;
    label->setObjectName(QString::fromLatin1(name));
    label->setFont(theme.font(TextRole::Note));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->hide();
    return label;
}

QPushButton* link(const char* name, const QString& text)
{
    auto* button = new QPushButton(text);
    button->setObjectName(QString::fromLatin1(name));
    button->setProperty("role", QStringLiteral("link"));
    return button;
}

} // namespace

ModelFileCard::ModelFileCard(const Theme& theme, QWidget* parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("modelFileCard"));
    m_name = new QLabel;
    m_name->setObjectName(QStringLiteral("modelFileName"));
    m_name->setProperty("role", QStringLiteral("title"));
    m_name->setTextFormat(Qt::PlainText);
    m_name->setWordWrap(true);
    m_facts = note("modelFileFacts", theme);
    m_facts->setProperty("role", QStringLiteral("secondary"));
    m_problem = note("modelFileProblem", theme);
    m_problem->setProperty("tone", QStringLiteral("bad"));
    m_progress = note("modelFileProgress", theme);
    m_progress->setProperty("role", QStringLiteral("secondary"));
    m_load = link("loadModel", tr("Load model…"));
    m_load->setToolTip(tr("A model of yours in place of the built-in one; it can be dropped on the window as well"));
    auto* menu = new QMenu(m_load);
    auto* file = menu->addAction(tr("File: .pt, .ts, .pt2, config.json…"));
    file->setObjectName(QStringLiteral("loadModelFile"));
    auto* folder = menu->addAction(tr("Hugging Face folder…"));
    folder->setObjectName(QStringLiteral("loadModelFolder"));
    m_load->setMenu(menu);
    m_again = link("lookAtModelAgain", tr("Look again"));
    m_builtIn = link("builtInModel", tr("Built-in model"));
    m_builtIn->setToolTip(tr("Back to the transformer that Headroom brings"));
    connect(file, &QAction::triggered, this, &ModelFileCard::fileWanted);
    connect(folder, &QAction::triggered, this, &ModelFileCard::folderWanted);
    connect(m_again, &QPushButton::clicked, this, &ModelFileCard::retryWanted);
    connect(m_builtIn, &QPushButton::clicked, this, &ModelFileCard::builtInWanted);
    auto* buttons = new QWidget;
    auto* flow = new FlowLayout(theme.space(1), buttons);
    for (QPushButton* button : {m_load, m_again, m_builtIn})
    {
        flow->addWidget(button);
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.space(1));
    for (QLabel* label : {m_name, m_facts, m_problem, m_progress})
    {
        column->addWidget(label);
    }
    column->addWidget(buttons);
    showBuiltIn();
}

void ModelFileCard::showPath(const QString& path)
{
    m_name->setText(modelNameOf(path));
    m_name->setToolTip(QDir::toNativeSeparators(path));
    m_name->setVisible(!path.isEmpty());
    m_builtIn->setVisible(!path.isEmpty());
    m_again->hide();
    m_problem->hide();
}

void ModelFileCard::showFacts(const QString& text)
{
    m_facts->setText(text);
    m_facts->setVisible(!text.isEmpty());
}

void ModelFileCard::showBuiltIn()
{
    showPath({});
    showFacts({});
}

void ModelFileCard::showUnknown(const QString& path)
{
    showPath(path);
    showFacts({});
}

void ModelFileCard::showModel(const QString& path, const ModelInspection& seen)
{
    const Format format;
    showPath(path);
    const QString kind = seen.model.architecture.empty() ? tr("a model") : textOf(seen.model.architecture);
    const QString parameters =
        seen.parameters ? tr("%1 parameters%2")
                              .arg(textOf(format.metric(static_cast<double>(*seen.parameters), "")).trimmed(),
                                   seen.randomWeights ? tr(" (random)") : QString())
                        : tr("parameters not seen");
    const QString calls = seen.calls.empty() && isOpaque(seen)
                              ? tr("attention calls not seen")
                              : textOf(format.plural(static_cast<std::int64_t>(seen.calls.size()), "attention call"));
    showFacts(tr("%1, %2\n%3, %4").arg(kind, textOf(toString(seen.loader)), parameters, calls));
    m_facts->setToolTip(textOf(abilitiesOf(seen.loader).note));
}

void ModelFileCard::showFailure(const QString& path, const QString& sentence)
{
    showUnknown(path);
    m_problem->setText(sentence);
    m_problem->show();
    m_again->show();
}

void ModelFileCard::showProgress(const QString& sentence)
{
    m_progress->setText(sentence);
    m_progress->setVisible(!sentence.isEmpty());
    m_again->setVisible(m_again->isVisibleTo(this) && sentence.isEmpty());
    m_load->setEnabled(sentence.isEmpty());
}

} // namespace headroom::ui
