// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/form_link.h"

#include "app/desktop/file_dialogs.h"
#include "app/desktop/notice_bar.h"
#include "app/desktop/page_stack.h"
#include "app/desktop/window_actions.h"
#include "app/desktop/workbench.h"
#include "core/encoding/json.h"
#include "ui/config/configuration_panel.h"
#include "ui/config/model_form.h"
#include "ui/config/model_lookup.h"

#include <QFileInfo>

namespace headroom::desktop
{

FormLink::FormLink(ui::ConfigurationPanel& form, Workbench& bench, PageStack& pages, NoticeBar& notices)
    : QObject(&form), m_form(form), m_bench(bench), m_notices(notices)
{
    connectModels(pages);
    restore();
    connect(&form, &ui::ConfigurationPanel::runRequested, &bench, &Workbench::startRun);
    connect(&form, &ui::ConfigurationPanel::problemChanged, &pages, &PageStack::showProblem);
    connect(&form, &ui::ConfigurationPanel::failed, &bench, &Workbench::noticed);
    connect(&form, &ui::ConfigurationPanel::modelLoaded, &bench,
            [&bench](const QString& path) { bench.session().addRecentModel(QFileInfo(path).absoluteFilePath()); });
    connect(&form, &ui::ConfigurationPanel::machineWanted, &bench.runs(), &ui::RunController::describeMachine);
    connect(&bench, &Workbench::machineDescribed, &form, &ui::ConfigurationPanel::setMachine);
    connect(&bench, &Workbench::machineMissing, &form, &ui::ConfigurationPanel::setMachineMissing);
    connect(&bench, &Workbench::runStateChanged, &form,
            [&form](const ui::RunState& state) { form.setRunning(state.phase != ui::RunPhase::Idle); });
}

void FormLink::connectModels(PageStack& pages)
{
    ui::ModelLookup& models = m_form.models();
    ui::RunController& runs = m_bench.runs();
    const auto showWaiting = [this] { m_form.setModelWaits(m_bench.runs().inspectionWaits()); };
    connect(&models, &ui::ModelLookup::asked, &runs, &ui::RunController::inspect);
    connect(&models, &ui::ModelLookup::asked, this, showWaiting);
    connect(&m_bench, &Workbench::runStateChanged, this, showWaiting);
    connect(&runs, &ui::RunController::modelInspected, &models, &ui::ModelLookup::take);
    connect(&runs, &ui::RunController::inspectionFailed, &models, &ui::ModelLookup::takeFailure);
    connect(&models, &ui::ModelLookup::nativeCodeFound, this,
            [this](const ui::ModelQuestion& question)
            { offerNativeCode(QString::fromStdString(question.request.path)); });
    connect(&models, &ui::ModelLookup::loaded, this, [this] { Q_EMIT modelTaken(); });
    connect(&m_form, &ui::ConfigurationPanel::modelChanged, &pages, &PageStack::showModel);
}

void FormLink::connectWindow(const WindowActions& actions, FileDialogs& files)
{
    connect(actions.run, &QAction::triggered, &m_form, &ui::ConfigurationPanel::requestRun);
    connect(actions.runNext, &QAction::triggered, &m_form, &ui::ConfigurationPanel::requestQueuedRun);
    connect(actions.audit, &QAction::triggered, &m_form, &ui::ConfigurationPanel::requestAudit);
    connect(actions.loadModel, &QAction::triggered, &files, qOverload<>(&FileDialogs::askForModel));
    connect(actions.loadModelFolder, &QAction::triggered, &files, &FileDialogs::askForModelFolder);
    connect(&m_form, &ui::ConfigurationPanel::modelFileWanted, actions.loadModel, &QAction::trigger);
    connect(&m_form, &ui::ConfigurationPanel::modelFolderWanted, actions.loadModelFolder, &QAction::trigger);
    connect(&m_form, &ui::ConfigurationPanel::cancelRequested, actions.cancel, &QAction::trigger);
    connect(&files, &FileDialogs::modelGiven, this, &FormLink::takeModel);
}

/// Asked in the notice bar, where it stops nobody; without an answer nothing of it is run.
void FormLink::offerNativeCode(const QString& path)
{
    const QString kind = QStringLiteral("native");
    m_notices.say({tr("%1 holds native code: loading it runs what its maker put there, with your rights. Load it only "
                      "if you trust where it is from.")
                       .arg(ui::modelNameOf(path)),
                   {{tr("Load it"),
                     [this, path]
                     {
                         m_form.models().allowNativeCode(path);
                         takeModel(path);
                     }}},
                   kind});
}

void FormLink::restore()
{
    const QByteArray kept = m_bench.session().form();
    if (kept.isEmpty())
    {
        return;
    }
    try
    {
        m_form.setConfiguration(parseJson(kept.toStdString()).get<ui::Configuration>());
    }
    catch (const std::exception&)
    {
        m_bench.session().setForm({}); // another version's: the form begins anew
    }
}

void FormLink::remember()
{
    m_bench.session().setForm(QByteArray::fromStdString(toJsonLine(Json(m_form.configuration()))));
}

void FormLink::takeModel(const QString& path)
{
    if (!m_form.loadModelFile(path))
    {
        const QString name = QFileInfo(path).fileName();
        m_notices.say({tr("%1 is no model that can be loaded: those are folders with config.json, .pt, .ts, .pt2 and "
                          "config.json, "
                          "and .safetensors with weights of the built-in model.")
                           .arg(name),
                       {},
                       {}});
    }
}

} // namespace headroom::desktop
