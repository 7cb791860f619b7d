// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/form_link.h"

#include "app/desktop/notice_bar.h"
#include "app/desktop/page_stack.h"
#include "app/desktop/workbench.h"
#include "core/encoding/json.h"
#include "ui/config/configuration_panel.h"

#include <QFileInfo>

namespace headroom::desktop
{

FormLink::FormLink(ui::ConfigurationPanel& form, Workbench& bench, PageStack& pages, NoticeBar& notices)
    : QObject(&form), m_form(form), m_bench(bench), m_notices(notices)
{
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
        m_notices.say(
            {tr("%1 is neither weights nor a compiled package that a model can be made of.").arg(name), {}, {}});
    }
}

} // namespace headroom::desktop
