// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/start_page.h"

#include "app/desktop/reference_reports.h"
#include "ui/theme/style_sheet.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace headroom::desktop
{

StartPage::StartPage(const ui::Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme)
{
    setObjectName(QStringLiteral("startPage"));
    setAccessibleName(tr("Start"));
    auto* layout = new QVBoxLayout(this);
    m_sentence = new QLabel(tr("Which attention kernel really runs, is it right, and how fast is it?"));
    m_sentence->setWordWrap(true);
    m_note = new QLabel(tr("Headroom measures it on the machine in front of you, and says how sure it is. Configure a "
                           "model or a shape at the left and press Run, or begin with one of these."));
    m_note->setWordWrap(true);
    ui::setRole(m_note, "secondary");
    layout->addWidget(m_sentence);
    layout->addWidget(m_note);

    QVBoxLayout* body = nullptr;
    layout->addWidget(makePanel(tr("See it work"), body));
    m_demonstration = new QPushButton(tr("Run the 20-second demonstration"));
    m_demonstration->setObjectName(QStringLiteral("demonstrationButton"));
    ui::setRole(m_demonstration, "primary");
    setFocusProxy(m_demonstration);
    connect(m_demonstration, &QPushButton::clicked, this, &StartPage::demonstrationRequested);
    m_demonstrationNote = new QLabel;
    ui::setRole(m_demonstrationNote, "secondary");
    m_demonstrationNote->setWordWrap(true);
    m_notes.push_back(m_demonstrationNote);
    body->addWidget(m_demonstration, 0, Qt::AlignLeft);
    body->addWidget(m_demonstrationNote);

    layout->addWidget(makePanel(tr("Look at what was measured elsewhere"), body));
    for (const ReferenceReport& report : referenceReports())
    {
        auto* button = addFile(*body, QStringLiteral("reference_") + QFileInfo(report.path).completeBaseName(),
                               report.title, report.note);
        connect(button, &QPushButton::clicked, this, [this, path = report.path] { Q_EMIT fileRequested(path); });
    }
    auto* open = new QPushButton(tr("Open a report or a journal…"));
    open->setObjectName(QStringLiteral("openButton"));
    ui::setRole(open, "link");
    open->setToolTip(tr("Ctrl+O, or drop files on the window"));
    connect(open, &QPushButton::clicked, this, &StartPage::openRequested);
    body->addWidget(open, 0, Qt::AlignLeft);

    m_recentPanel = makePanel(tr("Opened before"), m_recent);
    layout->addWidget(m_recentPanel);
    layout->addStretch(1);
    connect(&theme, &ui::Theme::changed, this, &StartPage::applyTheme);
    showRecent({}, {});
    showDemonstration({});
    applyTheme();
}

QWidget* StartPage::makePanel(const QString& title, QVBoxLayout*& body)
{
    auto* panel = new QFrame;
    ui::setRole(panel, "panel");
    body = new QVBoxLayout(panel);
    m_bodies.push_back(body);
    auto* label = new QLabel(title);
    ui::setRole(label, "title");
    body->addWidget(label);
    return panel;
}

QPushButton* StartPage::addFile(QVBoxLayout& into, const QString& name, const QString& title, const QString& note)
{
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* button = new QPushButton(title);
    button->setObjectName(name);
    ui::setRole(button, "link");
    button->setToolTip(note);
    auto* label = new QLabel(note);
    ui::setRole(label, "secondary");
    label->setFont(m_theme.font(ui::TextRole::Note));
    label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    layout->addWidget(button);
    layout->addWidget(label, 1);
    into.addWidget(row);
    return button;
}

void StartPage::applyTheme()
{
    const int side = m_theme.space(6);
    layout()->setContentsMargins(side, side, side, side);
    layout()->setSpacing(m_theme.space(3));
    for (QVBoxLayout* body : m_bodies)
    {
        body->setContentsMargins(m_theme.space(4), m_theme.space(3), m_theme.space(4), m_theme.space(3));
        body->setSpacing(m_theme.space(2));
    }
    m_sentence->setFont(m_theme.font(ui::TextRole::Sentence));
    m_note->setFont(m_theme.font(ui::TextRole::Title));
    for (QLabel* note : m_notes)
    {
        note->setFont(m_theme.font(ui::TextRole::Note));
    }
}

void StartPage::showRecent(const QStringList& files, const QStringList& models)
{
    while (m_recent->count() > 1)
    {
        QLayoutItem* item = m_recent->takeAt(1);
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
    constexpr int kShown = 5;
    const auto list = [this](const QStringList& paths, const char* name, const QString& note, auto signal, int most)
    {
        for (qsizetype at = 0; at < std::min<qsizetype>(most, paths.size()); ++at)
        {
            const QFileInfo file(paths.at(at));
            auto* button =
                addFile(*m_recent, QLatin1String(name) + QString::number(at), file.fileName(), note.arg(file.path()));
            connect(button, &QPushButton::clicked, this,
                    [this, signal, path = paths.at(at)] { (this->*signal)(path); });
        }
    };
    constexpr int kModels = 3;
    list(files, "recent_", QStringLiteral("%1"), &StartPage::fileRequested, kShown);
    list(models, "recentModel_", tr("model, for the form · %1"), &StartPage::modelRequested, kModels);
    m_recentPanel->setVisible(!files.isEmpty() || !models.isEmpty());
}

void StartPage::showDemonstration(const QString& state)
{
    m_demonstration->setEnabled(state.isEmpty());
    m_demonstrationNote->setText(
        state.isEmpty()
            ? tr("A small transformer on this machine's processor, measured for real: every page fills while "
                 "it goes on.")
            : state);
}

} // namespace headroom::desktop
