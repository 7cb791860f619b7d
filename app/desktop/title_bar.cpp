// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/title_bar.h"

#include "app/desktop/workbench.h"
#include "ui/theme/style_sheet.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QToolButton>

namespace headroom::desktop
{
namespace
{

constexpr int kCudnnMajor = 10000;
constexpr int kCudnnMinor = 100;

QToolButton* addButton(QHBoxLayout& layout, const char* name, const QString& text, const QString& tip)
{
    auto* button = new QToolButton;
    button->setObjectName(QLatin1String(name));
    button->setText(text);
    button->setToolTip(tip);
    button->setAccessibleName(text);
    button->setFocusPolicy(Qt::StrongFocus);
    layout.addWidget(button);
    return button;
}

} // namespace

QString machineText(const Circumstances& machine)
{
    QStringList parts;
    if (const DeviceFacts* device = machine.selectedDevice())
    {
        parts.append(QString::fromStdString(device->name));
    }
    if (!machine.libtorchVersion.empty())
    {
        const QString version = QString::fromStdString(machine.libtorchVersion);
        parts.append(QStringLiteral("LibTorch ") + version.section(QLatin1Char('+'), 0, 0));
    }
    if (machine.selected.kind == DeviceKind::Cuda && machine.cudnnVersion > 0)
    {
        parts.append(QStringLiteral("cuDNN %1.%2")
                         .arg(machine.cudnnVersion / kCudnnMajor)
                         .arg(machine.cudnnVersion % kCudnnMajor / kCudnnMinor));
    }
    return parts.join(QStringLiteral(" · "));
}

TitleBar::TitleBar(const ui::Theme& theme, Workbench& bench, QWidget* parent)
    : QFrame(parent), m_theme(theme), m_bench(bench), m_menu(new QMenu(this)), m_reportMenu(new QMenu(this))
{
    setObjectName(QStringLiteral("titleBar"));
    ui::setRole(this, "bar");
    auto* layout = new QHBoxLayout(this);
    m_name = addButton(*layout, "programMenu", tr("Headroom"), tr("Files, view, run and help (F10)"));
    ui::setRole(m_name, "link");
    m_name->setMenu(m_menu);
    m_name->setPopupMode(QToolButton::InstantPopup);
    m_report =
        addButton(*layout, "reportMenu", {}, tr("The reports that are open; the one in front is told in each page"));
    ui::setRole(m_report, "link");
    m_report->setMenu(m_reportMenu);
    m_report->setPopupMode(QToolButton::InstantPopup);
    m_device = new QLabel;
    m_device->setObjectName(QStringLiteral("deviceLabel"));
    ui::setRole(m_device, "secondary");
    m_device->setAccessibleName(tr("Device and versions"));
    m_device->setToolTip(tr("What the report in front was measured on; without a report, what is here"));
    m_device->setMinimumWidth(0);
    m_device->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    layout->addWidget(m_device, 1);
    connect(addButton(*layout, "exportButton", tr("Export"), tr("Save the report or its pictures (Ctrl+E)")),
            &QToolButton::clicked, this, &TitleBar::exportRequested);
    connect(addButton(*layout, "compareButton", tr("Compare"),
                      tr("Open another report and set them side by side (Ctrl+D)")),
            &QToolButton::clicked, this, &TitleBar::compareRequested);
    connect(addButton(*layout, "presentButton", tr("Present"), tr("Full screen in large type (F5)")),
            &QToolButton::clicked, this, &TitleBar::presentationRequested);
    connect(&theme, &ui::Theme::changed, this, &TitleBar::applyTheme);
    connect(&bench, &Workbench::reportsChanged, this, &TitleBar::showReports);
    connect(&bench, &Workbench::liveReportChanged, this, &TitleBar::showReports);
    connect(&bench, &Workbench::machineDescribed, this, &TitleBar::showReports);
    connect(m_reportMenu, &QMenu::aboutToShow, this, &TitleBar::fillReportMenu);
    applyTheme();
    showReports();
}

void TitleBar::applyTheme()
{
    setFixedHeight(m_theme.space(11));
    layout()->setContentsMargins(m_theme.space(3), 0, m_theme.space(4), 0);
    layout()->setSpacing(m_theme.space(2));
    QFont name = m_theme.font(ui::TextRole::Title);
    name.setPixelSize(name.pixelSize() * 5 / 4);
    name.setWeight(QFont::Bold);
    m_name->setFont(name);
    // The style sheet's link colour is for words that lead somewhere; this is the program's name.
    m_name->setStyleSheet(QStringLiteral("QToolButton { color: %1; font-size: %2px; font-weight: 700; }")
                              .arg(m_theme.colours().text.name())
                              .arg(name.pixelSize()));
    m_device->setFont(m_theme.font(ui::TextRole::Note));
}

void TitleBar::showReports()
{
    const auto& entries = m_bench.entries();
    m_report->setVisible(!entries.empty());
    if (entries.empty())
    {
        m_device->setText(m_bench.machine() ? machineText(*m_bench.machine()) : QString());
        return;
    }
    const ui::OpenReport& front = entries.front().shown;
    QString text = front.name;
    if (entries.size() > 1)
    {
        text += tr(" and %1 more").arg(entries.size() - 1);
    }
    if (text + QStringLiteral(" ▾") != m_report->text())
    {
        m_report->setText(text + QStringLiteral(" ▾"));
        m_report->setAccessibleName(tr("Report in front: %1").arg(text));
    }
    m_device->setText(front.report->circumstances ? machineText(*front.report->circumstances) : QString());
}

void TitleBar::fillReportMenu()
{
    m_reportMenu->clear();
    for (const OpenEntry& entry : m_bench.entries())
    {
        QString text = entry.shown.name;
        text += entry.shown.live ? tr("  (running)") : entry.unsaved ? tr("  (not saved)") : QString();
        QAction* action = m_reportMenu->addAction(text);
        action->setCheckable(true);
        action->setChecked(&entry == &m_bench.entries().front());
        connect(action, &QAction::triggered, this, [this, path = entry.path] { m_bench.bringToFront(path); });
    }
    m_reportMenu->addSeparator();
    for (const OpenEntry& entry : m_bench.entries())
    {
        if (!entry.shown.live)
        {
            connect(m_reportMenu->addAction(tr("Close %1").arg(entry.shown.name)), &QAction::triggered, this,
                    [this, path = entry.path] { m_bench.closeEntry(path); });
        }
    }
}

} // namespace headroom::desktop
