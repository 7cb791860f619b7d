// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"
#include "ui/run/run_state.h"
#include "ui/widgets/panel.h"

#include <array>

class QProgressBar;

namespace headroom::ui
{

/// A run on its way: its four stages with what is done of each, the case in flight and the time that is left.
class StageProgress : public Panel
{
    Q_OBJECT

public:
    explicit StageProgress(const Theme& theme, QWidget* parent = nullptr);

    void showReport(const Report& report);
    void showState(const RunState& state);

private:
    struct Row
    {
        Label* name;
        QProgressBar* bar;
        Label* done;
    };
    std::array<Row, 4> m_rows;
    Label* m_inFlight;
};

} // namespace headroom::ui
