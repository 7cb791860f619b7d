// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/sheets.h"

#include "app/desktop/overlay.h"
#include "app/desktop/window_actions.h"
#include "app/desktop/workbench.h"
#include "core/version/build_info.h"
#include "ui/theme/style_sheet.h"

#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QTimer>

namespace headroom::desktop
{

Sheets::Sheets(const ui::Theme& theme, Workbench& bench, const WindowActions& actions, Overlay& overlay)
    : QObject(&overlay), m_theme(theme), m_bench(bench), m_actions(actions), m_overlay(overlay)
{
}

void Sheets::showShortcuts(const QString& pageKeys)
{
    auto* content = new QWidget;
    auto* grid = new QGridLayout(content);
    grid->setHorizontalSpacing(m_theme.space(6));
    grid->setVerticalSpacing(m_theme.space(1));
    int row = 0;
    for (const auto& [keys, text] : m_actions.shortcutLines(pageKeys))
    {
        auto* key = new QLabel(keys);
        key->setFont(m_theme.font(ui::TextRole::Code));
        ui::setRole(key, "secondary");
        grid->addWidget(key, row, 0);
        grid->addWidget(new QLabel(text), row++, 1);
    }
    grid->setColumnStretch(1, 1);
    m_overlay.showWidget(tr("Keyboard shortcuts"), content);
}

void Sheets::showQueue()
{
    auto* content = new QWidget;
    auto* grid = new QGridLayout(content);
    int row = 0;
    const ui::RunState state = m_bench.runs().state();
    if (state.phase != ui::RunPhase::Idle)
    {
        grid->addWidget(new QLabel(tr("Now: %1").arg(state.title)), row++, 0);
    }
    for (const ui::QueuedRun& run : m_bench.runs().queued())
    {
        auto* remove = new QPushButton(tr("Take out"));
        remove->setObjectName(QStringLiteral("removeQueued_%1").arg(run.number));
        ui::setRole(remove, "link");
        connect(remove, &QPushButton::clicked, this,
                [this, number = run.number]
                {
                    m_bench.runs().removeQueued(number);
                    QTimer::singleShot(0, this, &Sheets::showQueue); // the button is inside what is replaced
                });
        grid->addWidget(new QLabel(run.title), row, 0);
        grid->addWidget(remove, row++, 1);
    }
    if (row == 0)
    {
        grid->addWidget(new QLabel(tr("No run waits. One that is started while another is on waits here.")), 0, 0);
    }
    grid->setColumnStretch(0, 1);
    grid->setRowStretch(row, 1);
    m_overlay.showWidget(tr("Runs"), content);
}

void Sheets::showAbout()
{
    const BuildInfo build = buildInfo();
    const QString hash = build.gitHash.empty() ? QString() : QStringLiteral(" (%1)").arg(QLatin1String(build.gitHash));
    m_overlay.showText(
        tr("About Headroom"),
        tr("Headroom %1%2 with Qt %3\nGPL-3.0-or-later\n\nWhich attention kernel really runs, whether its "
           "numbers are right,\nhow fast it is, and how sure that is.")
            .arg(QLatin1String(build.version), hash, QLatin1String(qVersion())));
}

} // namespace headroom::desktop
