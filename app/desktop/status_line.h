// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/hardware/device_facts.h"
#include "ui/run/run_state.h"
#include "ui/theme/theme.h"

#include <QFrame>

#include <optional>

class QLabel;
class QProgressBar;
class QPushButton;

namespace headroom::desktop
{

/// "62 % performance · flash, 24 samples · 0.8 s · about 7 s left", and without a run what the last one came to.
QString progressText(const ui::RunState& state);

/// "SM 1 755 MHz · 612 W of 700 W · 58 °C · power cap"; empty where the device says nothing.
QString telemetryText(const Telemetry& reading, const std::optional<DeviceFacts>& device);

/// The bottom of the window: how far the run is, what is in flight and for how long, and how the device fares, in amber
/// when the hardware limits itself.
class StatusLine : public QFrame
{
    Q_OBJECT

public:
    StatusLine(const ui::Theme& theme, QWidget* parent);

    void showState(const ui::RunState& state);
    void showSummary(const QString& sentence);           ///< between two runs
    void showReading(const QString& name, double share); ///< of a file; below 0: no more
    void setDevice(const std::optional<DeviceFacts>& device) { m_device = device; }

Q_SIGNALS:
    void cancelRequested();
    void pauseRequested();
    void resumeRequested();
    void queueRequested();

private:
    void applyTheme();
    void showText(const QString& text);

    const ui::Theme& m_theme;
    std::optional<DeviceFacts> m_device;
    ui::RunPhase m_phase = ui::RunPhase::Idle;
    QString m_summary;
    QProgressBar* m_bar;
    QLabel* m_text;
    QPushButton* m_queue;
    QPushButton* m_pause;
    QPushButton* m_cancel;
    QLabel* m_telemetry;
};

} // namespace headroom::desktop
