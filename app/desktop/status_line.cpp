// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/status_line.h"

#include "core/report/format.h"
#include "core/run/run_progress.h"
#include "ui/theme/style_sheet.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QStringList>

#include <algorithm>
#include <cmath>

namespace headroom::desktop
{
namespace
{

constexpr double kNsPerSecond = 1e9;
const QString kSeparator = QStringLiteral(" · ");

QString text(std::string_view value)
{
    return QString::fromUtf8(value.data(), static_cast<qsizetype>(value.size()));
}

QString whole(double value)
{
    return text(Format().count(std::llround(value)));
}

/// Readings that say that nothing limits the device.
bool limits(const std::string& reason)
{
    return reason.find("idle") == std::string::npos;
}

bool limitsItself(const Telemetry& reading)
{
    return std::any_of(reading.throttleReasons.begin(), reading.throttleReasons.end(), limits);
}

QPushButton* linkButton(const char* name, const QString& label, const QString& tip)
{
    auto* button = new QPushButton(label);
    button->setObjectName(QLatin1String(name));
    ui::setRole(button, "link");
    button->setToolTip(tip);
    button->hide();
    return button;
}

} // namespace

QString progressText(const ui::RunState& state)
{
    QStringList parts;
    if (state.phase == ui::RunPhase::Starting)
    {
        parts.append(StatusLine::tr("Starting the worker"));
    }
    else if (state.total > 0)
    {
        QString share = QStringLiteral("%1 %").arg(100 * state.done / state.total);
        if (state.stage)
        {
            share += QLatin1Char(' ') + text(toString(*state.stage));
        }
        parts.append(share + StatusLine::tr(", %1 of %2").arg(state.done).arg(state.total));
    }
    if (state.phase == ui::RunPhase::Paused)
    {
        parts.append(state.inFlight.isEmpty() ? StatusLine::tr("paused")
                                              : StatusLine::tr("paused, when the samples in flight are taken"));
    }
    if (state.phase == ui::RunPhase::Cancelling)
    {
        parts.append(StatusLine::tr("cancelling; what is finished is kept"));
        return parts.join(kSeparator);
    }
    if (!state.inFlight.isEmpty())
    {
        parts.append(state.inFlight);
        parts.append(text(roughDuration(state.ageSeconds)));
    }
    if (const QString remaining = ui::remainingText(state); !remaining.isEmpty())
    {
        parts.append(remaining);
    }
    return parts.join(kSeparator);
}

QString telemetryText(const Telemetry& reading, const std::optional<DeviceFacts>& device)
{
    QStringList parts;
    if (reading.smClockMhz)
    {
        parts.append(QStringLiteral("SM %1 MHz").arg(whole(*reading.smClockMhz)));
    }
    if (reading.processorClockMhz)
    {
        parts.append(QStringLiteral("%1 MHz").arg(whole(*reading.processorClockMhz)));
    }
    if (reading.powerW)
    {
        const bool limited = device && device->powerLimitW;
        parts.append(limited ? StatusLine::tr("%1 of %2 W").arg(whole(*reading.powerW), whole(*device->powerLimitW))
                             : QStringLiteral("%1 W").arg(whole(*reading.powerW)));
    }
    if (reading.temperatureC)
    {
        parts.append(QStringLiteral("%1 °C").arg(whole(*reading.temperatureC)));
    }
    for (const std::string& reason : reading.throttleReasons)
    {
        if (limits(reason))
        {
            parts.append(text(reason));
        }
    }
    return parts.join(kSeparator);
}

StatusLine::StatusLine(const ui::Theme& theme, QWidget* parent) : QFrame(parent), m_theme(theme)
{
    setObjectName(QStringLiteral("statusLine"));
    setAccessibleName(tr("Status"));
    ui::setRole(this, "bar");
    auto* layout = new QHBoxLayout(this);
    m_bar = new QProgressBar;
    m_bar->setObjectName(QStringLiteral("progressBar"));
    m_bar->setAccessibleName(tr("Progress of the run"));
    m_bar->setTextVisible(false);
    m_bar->hide();
    m_text = new QLabel;
    m_text->setObjectName(QStringLiteral("statusText"));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_queue = linkButton("queueButton", {}, tr("The runs that wait"));
    m_pause = linkButton("pauseButton", tr("Pause"), tr("Hold the run between two cases, or let it go on (Ctrl+P)"));
    m_cancel = linkButton("cancelButton", tr("Cancel"), tr("End the run; what is finished is kept (Ctrl+.)"));
    m_telemetry = new QLabel;
    m_telemetry->setObjectName(QStringLiteral("telemetryText"));
    m_telemetry->setAccessibleName(tr("Clocks and power"));
    m_telemetry->setToolTip(tr("The device's latest reading: SM clock, power of its limit, temperature, and what the "
                               "hardware holds its clock down for"));
    layout->addWidget(m_bar);
    layout->addWidget(m_text, 1);
    for (QWidget* widget : {static_cast<QWidget*>(m_queue), static_cast<QWidget*>(m_pause),
                            static_cast<QWidget*>(m_cancel), static_cast<QWidget*>(m_telemetry)})
    {
        layout->addWidget(widget);
    }
    connect(m_cancel, &QPushButton::clicked, this, &StatusLine::cancelRequested);
    connect(m_queue, &QPushButton::clicked, this, &StatusLine::queueRequested);
    connect(m_pause, &QPushButton::clicked, this,
            [this] { m_phase == ui::RunPhase::Paused ? Q_EMIT resumeRequested() : Q_EMIT pauseRequested(); });
    connect(&theme, &ui::Theme::changed, this, &StatusLine::applyTheme);
    m_summary = tr("Ready");
    applyTheme();
    showText(m_summary);
}

void StatusLine::applyTheme()
{
    setFixedHeight(m_theme.space(7));
    layout()->setContentsMargins(m_theme.space(4), 0, m_theme.space(4), 0);
    layout()->setSpacing(m_theme.space(3));
    m_bar->setFixedWidth(m_theme.space(50));
    for (QWidget* widget : {static_cast<QWidget*>(m_text), static_cast<QWidget*>(m_telemetry)})
    {
        widget->setFont(m_theme.font(ui::TextRole::Note));
    }
}

/// Long texts are cut by the label at its right; all of it is in the tooltip.
void StatusLine::showText(const QString& text)
{
    m_text->setText(text);
    m_text->setToolTip(text);
    m_text->setAccessibleName(text);
}

void StatusLine::showState(const ui::RunState& state)
{
    m_phase = state.phase;
    const bool on = state.phase != ui::RunPhase::Idle;
    m_bar->setVisible(on);
    m_bar->setRange(0, on && state.phase == ui::RunPhase::Starting ? 0 : static_cast<int>(state.total));
    m_bar->setValue(static_cast<int>(state.done));
    m_pause->setVisible(on && state.phase != ui::RunPhase::Cancelling);
    m_pause->setText(state.phase == ui::RunPhase::Paused ? tr("Go on") : tr("Pause"));
    m_cancel->setVisible(on && state.phase != ui::RunPhase::Cancelling);
    m_queue->setVisible(state.queued > 0);
    m_queue->setText(tr("%n waiting", nullptr, static_cast<int>(state.queued)));
    showText(on ? progressText(state) : m_summary);
    if (state.telemetry)
    {
        m_telemetry->setText(telemetryText(*state.telemetry, m_device));
        ui::setTone(m_telemetry, limitsItself(*state.telemetry) ? "caution" : "");
    }
}

void StatusLine::showSummary(const QString& sentence)
{
    m_summary = sentence;
    if (m_phase == ui::RunPhase::Idle)
    {
        showText(m_summary);
    }
}

void StatusLine::showReading(const QString& name, double share)
{
    if (m_phase != ui::RunPhase::Idle)
    {
        return;
    }
    m_bar->setVisible(share >= 0);
    m_bar->setRange(0, 100);
    m_bar->setValue(static_cast<int>(100 * share));
    showText(share < 0 ? m_summary : share < 1 ? tr("Reading %1").arg(name) : tr("Understanding %1").arg(name));
}

} // namespace headroom::desktop
